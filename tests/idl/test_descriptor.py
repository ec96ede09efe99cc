"""Descriptors lose nothing, and whatever is no descriptor is refused in one sentence."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mycelium.codegen.cli import main
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.descriptor import DescriptorError, from_descriptor, to_descriptor
from mycelium.idl.digest import message_digests
from mycelium.idl.schema import Schema

REPOSITORY = Path(__file__).resolve().parents[2]
CASES = Path(__file__).with_name("cases") / "valid"
ROOTS = [
    REPOSITORY / "schemas",
    *sorted(path for path in CASES.iterdir() if path.suffix in (".myc", "")),
    *sorted(path for path in (REPOSITORY / "tests" / "interop" / "schemas").iterdir() if path.is_dir()),
]


def compiled(root: Path) -> Schema:
    """The schema of a folder or of one file."""
    compilation = compile_schemas(root) if root.is_dir() else compile_schemas(root.parent, [root])
    assert compilation.schema is not None
    return compilation.schema


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.stem)
def test_nothing_is_lost(root: Path) -> None:
    schema = compiled(root)
    text = json.dumps(to_descriptor(schema), allow_nan=False)
    again = from_descriptor(json.loads(text))
    assert again == schema
    assert message_digests(again) == message_digests(schema)
    assert json.dumps(to_descriptor(again), allow_nan=False) == text


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every (container, key) of a document."""
    if isinstance(value, dict | list):
        for key, inside in value.items() if isinstance(value, dict) else enumerate(value):
            yield value, key
            yield from places(inside)


STRANGE: tuple[Any, ...] = (
    None, True, -1, 0, 7, 2**70, 0.5, 1e308, "", "no name!", "enum", "NaN", [], {}, [[]], {"type": "bool"},
)  # fmt: skip


@pytest.mark.parametrize("root", [CASES / "conformance.myc", CASES / "types.myc", CASES / "defaults.myc"])
def test_damage_is_refused_or_gives_another_valid_schema(root: Path) -> None:
    whole = to_descriptor(compiled(root))
    chance = random.Random(7)
    refused = 0
    for _ in range(800):
        damaged = copy.deepcopy(whole)
        container, key = chance.choice(list(places(damaged)))
        if chance.random() < 0.2:
            del container[key]
        else:
            container[key] = chance.choice(STRANGE)
        try:
            schema = from_descriptor(damaged)
        except DescriptorError as error:
            assert error.path and error.reason and "\n" not in str(error)
            refused += 1
        else:
            assert from_descriptor(to_descriptor(schema)) == schema
    assert refused > 400


MESSAGE = {"kind": "message", "name": "M", "block": [], "fields": []}
FIELD = {"tag": 1, "name": "f", "type": {"type": "bool"}, "presence": "required"}
LEVEL = {"type": "struct", "name": "p.S", "size": 1}


def document(*declarations: object) -> dict[str, Any]:
    """A descriptor of one package."""
    package = {"name": "p", "imports": [], "constants": [], "declarations": list(declarations)}
    return {"descriptor": "mycelium-descriptor-1", "packages": [package]}


def with_field(**changed: object) -> dict[str, Any]:
    """A descriptor of one message with one field."""
    return document({**MESSAGE, "fields": [FIELD | changed]})


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ([], "$: an object is expected, not an array"),
        ({}, "$: `descriptor` is missing: this is no descriptor"),
        ({"descriptor": "mycelium-descriptor-2"}, "this version reads `mycelium-descriptor-1`"),
        (document({**MESSAGE, "colour": 1}), "$.packages[0].declarations[0]: `colour` is not known here"),
        (document(MESSAGE, MESSAGE), "declarations of p: M is there twice"),
        (with_field(tag=0), "$.packages[0].declarations[0].fields[0].tag: 0 is outside 1..65535"),
        (with_field(presence="often"), "one of required, defaulted, optional is expected"),
        (with_field(default=True), "`default` stands exactly where the presence is `defaulted`"),
        (with_field(type={"type": "u8"}), "no type is called `u8`"),
        (with_field(type={"type": "message", "name": "p.N"}), "p.M: it refers to"),
        (with_field(type={"type": "message", "name": "p.M"}), "`M` has no finite value"),
        (
            with_field(type={"type": "integer", "bits": 8, "signed": False, "maximum": 300}),
            "300 is outside 0..255",
        ),
        (
            document(
                {
                    "kind": "struct",
                    "name": "S",
                    "size": 1,
                    "fields": [{"name": "s", "type": LEVEL, "offset": 0}],
                }
            ),
            "p.S: a struct that holds itself",
        ),
    ],
)
def test_refusals_say_where_and_why(given: object, says: str) -> None:
    with pytest.raises(DescriptorError) as caught:
        from_descriptor(given)
    assert says in str(caught.value)


def test_deep_documents_are_refused() -> None:
    type_: dict[str, object] = {"type": "bool"}
    for _ in range(5000):
        type_ = {"type": "list", "element": type_}
    with pytest.raises(DescriptorError, match="nested more than"):
        from_descriptor(with_field(type=type_))


@pytest.fixture
def schema_folder(tmp_path: Path) -> Path:
    (tmp_path / "shop.myc").write_text("package shop;\nmessage Order = 1000 { 1 item: string; }\n")
    return tmp_path


def test_command_prints(schema_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["descriptor", str(schema_folder)]) == 0
    assert from_descriptor(json.loads(capsys.readouterr().out)) == compiled(schema_folder)


def test_command_writes(schema_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = schema_folder / "made" / "shop.json"
    assert main(["descriptor", str(schema_folder), "--out", str(out)]) == 0
    assert capsys.readouterr().out == ""
    assert from_descriptor(json.loads(out.read_text())) == compiled(schema_folder)
    assert main(["descriptor", str(schema_folder), "--out", str(out / "below")]) == 2
    assert "below" in capsys.readouterr().err


def test_command_reports_mistakes(schema_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (schema_folder / "shop.myc").write_text("package shop;\nmessage Order { 1 item: strin; }\n")
    assert main(["descriptor", str(schema_folder)]) == 1
    captured = capsys.readouterr()
    assert captured.out == "" and "strin" in captured.err
