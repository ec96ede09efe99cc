"""docs/descriptor.md names every member a descriptor can have, and none that it cannot."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import MISSING, fields
from pathlib import Path
from typing import Any

import pytest

from mycelium.idl.compiler import compile_schemas
from mycelium.idl.descriptor import DESCRIPTOR_FORM, to_descriptor
from mycelium.idl.descriptor.form import TYPE_CLASSES

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENT = (REPOSITORY / "docs" / "descriptor.md").read_text()
REMARKS = {"doc", "deprecated", "sensitive"}


def rows(section: str) -> dict[str, str]:
    """What the table of a section says, by first column."""
    _, _, text = DOCUMENT.partition(f"## {section}")
    return {
        name: members
        for names, members in re.findall(r"^\| (.*?) \| (.*) \|$", text.partition("\n## ")[0], re.MULTILINE)
        for name in names.replace("`", "").split(", ")
    }


def documented(row: str) -> set[str]:
    """The members a row names, those of its parts too."""
    names = set(re.findall(r"`(\w+)`", row))
    return names | REMARKS if "remarks" in row else names


def objects(value: Any, kind: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every object of a descriptor, under the name the document gives it."""
    members_named = {
        "packages": "package",
        "constants": "constant",
        "block": "block field",
        "reserved": "reserved",
    }
    if isinstance(value, list):
        for each in value:
            yield from objects(each, kind)
    if isinstance(value, dict):
        kind = value.get("kind", kind)
        yield kind, value
        for name, inside in value.items():
            if name in ("type", "default", "value"):
                continue
            inner = "field" if (kind, name) == ("message", "fields") else members_named.get(name, kind)
            yield from objects(inside, inner)


@pytest.fixture(scope="module")
def written() -> dict[str, set[str]]:
    """The members that occur, by kind of object, in everything there is to say."""
    found: dict[str, set[str]] = {}
    cases = sorted((REPOSITORY / "tests" / "idl" / "cases" / "valid").glob("*.myc"))
    for path in [*cases, REPOSITORY / "tests" / "codegen" / "reference" / "schemas"]:
        compilation = compile_schemas(path) if path.is_dir() else compile_schemas(path.parent, [path])
        assert compilation.schema is not None
        for kind, members in objects(to_descriptor(compilation.schema), "document"):
            found.setdefault(kind, set()).update(members)
    return found


@pytest.mark.parametrize(
    "kind",
    [
        "document",
        "package",
        "constant",
        "enum",
        "struct",
        "union",
        "message",
        "block field",
        "field",
        "reserved",
    ],
)
def test_members_of_objects(kind: str, written: dict[str, set[str]]) -> None:
    named = documented(rows("The form")[kind])
    assert written[kind] <= named
    assert named - written[kind] <= REMARKS


def test_members_of_types() -> None:
    table = rows("Types")
    for name, made in TYPE_CLASSES.items():
        expected = {attribute.name: attribute.default is not MISSING for attribute in fields(made)}
        given = {member: optional == "?" for member, optional in re.findall(r"`(\w+)`(\??)", table[name])}
        assert given == expected, name


def test_the_version_is_named() -> None:
    assert f"## The form, `{DESCRIPTOR_FORM}`" in DOCUMENT
