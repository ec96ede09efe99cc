"""The bounds that docs/security.md names are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
RUST = REPOSITORY / "runtime" / "rust"
_ROW = re.compile(
    r"^\| [^|]+ \| (?P<value>[^|]+) \| `(?P<constant>\w+)` in `(?P<file>[^`]+)` \|$", re.MULTILINE
)
_UNITS = {"": 1, "KiB": 1 << 10, "MiB": 1 << 20, "s": 1}


def rows() -> list[tuple[str, str, str]]:
    text = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    return [(row["value"], row["constant"], row["file"]) for row in _ROW.finditer(text)]


def documented(value: str) -> int:
    number, _, unit = value.partition(" ")
    return int(number) * _UNITS[unit]


def in_code(constant: str, file: str) -> int:
    source = (RUST / file).read_text(encoding="utf-8")
    found = re.search(rf"const {constant}: \w+ =\s*(?:Duration::from_secs\()?([\d_ *<]+)\)?;", source)
    assert found is not None, f"{file} has no constant {constant}"
    product = 1
    for factor in found.group(1).replace("_", "").split("*"):
        base, _, shift = factor.partition("<<")
        product *= int(base) << int(shift or 0)
    return product


def test_every_bound_has_a_constant() -> None:
    text = (REPOSITORY / "docs" / "security.md").read_text(encoding="utf-8")
    table = text.partition("| bound |")[2].partition("\n\n")[0]
    assert len(rows()) == len(table.splitlines()) - 2 > 15


@pytest.mark.parametrize(("value", "constant", "file"), rows(), ids=lambda part: str(part))
def test_the_bound_is_that_of_the_code(value: str, constant: str, file: str) -> None:
    assert documented(value) == in_code(constant, file)
