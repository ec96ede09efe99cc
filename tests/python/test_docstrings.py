"""Documentation comments of any text become docstrings that black leaves alone and that say the same."""

from __future__ import annotations

import ast

import black
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mycelium.codegen.python.docstrings import docstring
from mycelium.codegen.python.types import string_text

PIECES = ("a", "b ", " ", '"', "'", "\\", "\n", "\t", '"""', "\n  ", "é", "\r", "x" * 40, "\f", "\u2028", ".")
texts = st.lists(st.sampled_from(PIECES), min_size=1, max_size=12).map("".join)


@settings(max_examples=150, deadline=None)
@example('ends in a quote"')
@example('"begins with one')
@example("ends in a backslash\\")
@given(text=texts)
def test_black_leaves_docstrings_alone(text: str) -> None:
    lines = docstring([text], 1)
    source = "\n".join(["class A:", *lines, *([""] if lines else []), "    x = 1", ""])
    assert black.format_str(source, mode=black.Mode()) == source
    node = ast.parse(source).body[0]
    assert isinstance(node, ast.ClassDef)
    said = ast.get_docstring(node) or ""
    assert (
        [character for character in said if character in "abxé\"'."]
        == [character for character in text if character in "abxé\"'."]
        or "\r" in text
        or "\f" in text
        or "\u2028" in text
    )


@settings(max_examples=150, deadline=None)
@given(text=texts | st.text(max_size=12))
def test_string_literals_mean_their_text(text: str) -> None:
    literal = string_text(text)
    assert ast.literal_eval(literal) == text
    assert black.format_str(f"x = {literal}\n", mode=black.Mode()) == f"x = {literal}\n"


def test_paragraphs_are_kept_apart() -> None:
    assert docstring(["First.", "", "Second\n  line."], 1) == (
        '    """First.',
        "",
        "    Second",
        "    line.",
        '    """',
    )
