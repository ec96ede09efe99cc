"""One layout: nothing is lost but white space, and what is formatted stays as it is."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mycelium.idl.codes import Code
from mycelium.idl.formatter import format_source
from mycelium.idl.language import COMMENTS, scan
from mycelium.idl.parser import parse
from mycelium.idl.schema import Span
from mycelium.idl.source import Source

CASES = Path(__file__).with_name("cases")
VALID = {path.stem: path.read_text(encoding="utf-8-sig") for path in sorted(CASES.glob("valid/**/*.myc"))}
SEPARATORS = (
    " ",
    "\n",
    "\n\n\n",
    "\t\r\n",
    " // a comment  \n",
    "\n// one\n\n// two\n",
    " /* between */ ",
    "\n/* over\n   lines */\n",
    "\n/// documented\n",
    " /// behind\n",
)


def formatted(text: str) -> str:
    result, diagnostics = format_source(Source("schema.myc", text))
    assert result is not None, diagnostics
    return result


def meaning(node: object) -> object:
    """A syntax tree without the places of its nodes."""
    if isinstance(node, tuple):
        return tuple(meaning(one) for one in node)
    if is_dataclass(node) and not isinstance(node, type):
        values = (getattr(node, one.name) for one in fields(node))
        return (type(node).__name__, *(meaning(value) for value in values if not isinstance(value, Span)))
    return node


def comments(text: str) -> list[str]:
    """All comments, without white space at the ends of their lines."""
    found = (piece for type_, piece, _ in scan(text) if type_ in COMMENTS)
    return ["\n".join(line.rstrip() for line in piece.split("\n")) for piece in found]


@st.composite
def laid_out_schemas(draw: st.DrawFn) -> str:
    """A valid schema with other white space and more comments."""
    pieces = [
        piece
        for type_, piece, _ in scan(draw(st.sampled_from(sorted(VALID.values()))))
        if type_ not in COMMENTS
    ]
    separators = draw(st.lists(st.sampled_from(SEPARATORS), min_size=1, max_size=12))
    return "".join(separators[i % len(separators)] + piece for i, piece in enumerate(pieces))


def assert_only_white_space_changes(text: str) -> None:
    result = formatted(text)
    assert formatted(result) == result
    assert meaning(parse(Source("", result))[0].items) == meaning(parse(Source("", text))[0].items)
    assert comments(result) == comments(text)
    assert all(line == line.rstrip() for line in result.split("\n"))
    assert "\n\n\n" not in result and not result.startswith("\n") and not result.endswith("\n\n")


def test_the_layout() -> None:
    golden = CASES / "layout" / "everything.formatted"
    assert formatted((CASES / "layout" / "everything.myc").read_text()) == golden.read_text()


@pytest.mark.parametrize("name", VALID)
def test_valid_schemas(name: str) -> None:
    assert_only_white_space_changes(VALID[name])


@settings(max_examples=300, deadline=None)
@given(text=laid_out_schemas())
def test_any_layout(text: str) -> None:
    assert_only_white_space_changes(text)


def test_a_file_with_syntax_errors_is_left_alone() -> None:
    result, diagnostics = format_source(Source("schema.myc", "package example;\nmessage {"))
    assert result is None
    assert [one.code for one in diagnostics] == [Code.UNEXPECTED_TOKEN]


def test_a_byte_order_mark_goes() -> None:
    assert formatted("\N{BYTE ORDER MARK}package example;") == "package example;\n"


def test_an_empty_file_stays_empty() -> None:
    assert formatted("") == ""
    assert formatted("\n\n") == ""
