"""The compiled grammar: the parser's tables, and the scanner that cuts text into pieces."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import lark
from lark.lexer import PatternStr

from mycelium.idl.ast_builder import AstBuilder

COMMENTS = frozenset({"LINE_COMMENT", "BLOCK_COMMENT", "DOC_COMMENT"})
"""The types of the pieces the parser never sees."""


@dataclass(frozen=True, slots=True)
class _Scanner:
    pattern: re.Pattern[str]
    words: Mapping[str, str]


@cache
def language() -> lark.Lark:
    """The grammar; read once, when first needed."""
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    return lark.Lark(
        grammar,
        start=["file", "unparsed"],
        parser="lalr",
        lexer="basic",
        transformer=AstBuilder(),
        maybe_placeholders=True,
    )


def scan(text: str) -> Iterator[tuple[str, str, int]]:
    """Cut any text into (type, text, offset), comments and unknown characters included, white space left out.

    The words of the language are names too, so what a piece is does not depend on where it stands. That makes one
    regular expression of all terminals enough, several times faster than a lexer that asks the parser.
    """
    scanner = _scanner()
    words = scanner.words
    for match in scanner.pattern.finditer(text):
        type_ = match.lastgroup or ""
        piece = match[type_]
        yield words.get(piece, type_) if type_ == "NAME" else type_, piece, match.start(type_)


@cache
def _scanner() -> _Scanner:
    terminals = [terminal for terminal in language().terminals if terminal.name != "WHITE_SPACE"]
    terminals.sort(key=lambda terminal: (-terminal.priority, -terminal.pattern.max_width, terminal.name))
    words = {
        terminal.pattern.value: terminal.name
        for terminal in terminals
        if isinstance(terminal.pattern, PatternStr) and terminal.pattern.value.isalpha()
    }
    pieces = "|".join(
        f"(?P<{terminal.name}>{terminal.pattern.to_regexp()})"
        for terminal in terminals
        if terminal.name not in words.values()
    )
    return _Scanner(re.compile(rf"[ \t\r\n\f]*(?:{pieces})"), words)
