"""One layout for every schema: text in, text out, nothing lost but white space.

Four spaces of indent, one item per line, one blank line around every declaration with a body, at most one blank line
elsewhere where there was one. Comments stay: on a line of their own, or behind what they stood behind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from mycelium.idl.diagnostics import Diagnostic
from mycelium.idl.language import COMMENTS, scan
from mycelium.idl.parser import parse
from mycelium.idl.source import Source

_INDENT = "    "
_BODIES = frozenset({"ENUM", "CLOSED", "STRUCT", "UNION", "MESSAGE"})

_NO_SPACE_BEFORE = frozenset(
    {"SEMICOLON", "COMMA", "MORETHAN", "RSQB", "RPAR", "OPTIONAL", "DOT", "COLON", "LPAR", "LESSTHAN"}
)
_NO_SPACE_AFTER = frozenset({"LESSTHAN", "LSQB", "LPAR", "DOT", "AT"})


def format_source(source: Source) -> tuple[str | None, tuple[Diagnostic, ...]]:
    """The text in its one layout, or None and the syntax errors. Formatting twice changes nothing more."""
    source = replace(source, text=source.text.removeprefix("\N{BYTE ORDER MARK}"))
    _, diagnostics = parse(source)
    if diagnostics:
        return None, diagnostics
    items, comments = _Reader(source.text).file()
    return "".join(f"{line}\n" for line in _Printer().file(items, comments)), ()


@dataclass(frozen=True, slots=True)
class _Piece:
    """A token or comment. ``lines_before`` counts the line ends between it and the piece before."""

    type: str
    text: str
    lines_before: int

    @property
    def is_comment(self) -> bool:
        return self.type in COMMENTS


@dataclass(slots=True)
class _Item:
    """A statement with what belongs to it: comments above, tokens and comments within, comments behind."""

    above: list[_Piece]
    pieces: list[_Piece] = field(default_factory=list)
    behind: list[_Piece] = field(default_factory=list)
    body: list[_Item] | None = None
    behind_opening: list[_Piece] = field(default_factory=list)
    body_end: list[_Piece] = field(default_factory=list)

    @property
    def kind(self) -> str:
        first = self.pieces[0].type
        return "BODY" if first in _BODIES else first


def _pieces(text: str) -> list[_Piece]:
    pieces = []
    end = 0
    for type_, piece, start in scan(text):
        shown = "\n".join(line.rstrip() for line in piece.split("\n")) if type_ in COMMENTS else piece
        pieces.append(_Piece(type_, shown, text.count("\n", end, start)))
        end = start + len(piece)
    return pieces


class _Reader:
    """Groups the pieces of a text without syntax errors into statements."""

    def __init__(self, text: str) -> None:
        self._pieces = _pieces(text)
        self._next = 0

    def file(self) -> tuple[list[_Item], list[_Piece]]:
        """The statements, and the comments after the last."""
        return self._items()

    def _items(self) -> tuple[list[_Item], list[_Piece]]:
        items: list[_Item] = []
        while True:
            above = self._comments()
            if self._next == len(self._pieces) or self._pieces[self._next].type == "RBRACE":
                return items, above
            items.append(self._item(_Item(above)))

    def _item(self, item: _Item) -> _Item:
        previous_type = ""
        while True:
            piece = self._take()
            item.pieces.append(piece)
            if piece.type == "SEMICOLON":
                item.behind = self._comments_behind()
                return item
            if piece.type == "LBRACE" and previous_type != "EQUAL":
                item.behind_opening = self._comments_behind()
                item.body, item.body_end = self._items()
                self._take()
                item.behind = self._comments_behind()
                return item
            previous_type = previous_type if piece.is_comment else piece.type

    def _take(self) -> _Piece:
        self._next += 1
        return self._pieces[self._next - 1]

    def _comments(self) -> list[_Piece]:
        start = self._next
        while self._next < len(self._pieces) and self._pieces[self._next].is_comment:
            self._next += 1
        return self._pieces[start : self._next]

    def _comments_behind(self) -> list[_Piece]:
        """Comments on the rest of this line, if nothing but comments follows on it."""
        end = self._next
        while (
            end < len(self._pieces) and self._pieces[end].is_comment and self._pieces[end].lines_before == 0
        ):
            end += 1
        if (
            end < len(self._pieces)
            and self._pieces[end].lines_before == 0
            and self._pieces[end].type != "RBRACE"
        ):
            return []
        behind = self._pieces[self._next : end]
        self._next = end
        return behind


class _Printer:
    """Statements -> lines."""

    def file(self, items: list[_Item], comments: list[_Piece]) -> Iterator[str]:
        """The lines of a file."""
        yield from self._lines(items, comments, "")

    def _lines(self, items: list[_Item], end: list[_Piece], indent: str) -> Iterator[str]:
        previous: _Item | None = None
        for item in items:
            stands_apart = not indent and previous is not None and _is_blank_forced(previous, item)
            if previous is not None and (stands_apart or _had_blank_before(item)):
                yield ""
            yield from self._comments(item.above, indent)
            if item.above and item.pieces[0].lines_before > 1:
                yield ""
            yield from self._item(item, indent)
            previous = item
        if previous is not None and end and end[0].lines_before > 1:
            yield ""
        yield from self._comments(end, indent)

    def _comments(self, comments: list[_Piece], indent: str) -> Iterator[str]:
        for index, comment in enumerate(comments):
            if index and comment.lines_before > 1:
                yield ""
            yield indent + comment.text

    def _item(self, item: _Item, indent: str) -> Iterator[str]:
        head = _statement(item.pieces, indent)
        behind = "".join(f" {comment.text}" for comment in item.behind)
        if item.body is None:
            yield head + behind
            return
        behind_opening = "".join(f" {comment.text}" for comment in item.behind_opening)
        if not item.body and not item.body_end and not behind_opening:
            yield f"{head} }}{behind}"
            return
        yield head + behind_opening
        yield from self._lines(item.body, item.body_end, indent + _INDENT)
        yield f"{indent}}}{behind}"


def _is_blank_forced(previous: _Item, item: _Item) -> bool:
    """At file level statements with a body stand alone, and others in groups of one kind."""
    return previous.kind != item.kind or item.kind == "BODY"


def _had_blank_before(item: _Item) -> bool:
    return (item.above or item.pieces)[0].lines_before > 1


def _statement(pieces: list[_Piece], indent: str) -> str:
    """One line, unless a line comment within forces another."""
    text = indent + pieces[0].text
    for previous, piece in zip(pieces, pieces[1:], strict=False):
        if previous.type in ("LINE_COMMENT", "DOC_COMMENT"):
            text += f"\n{indent}{_INDENT}{piece.text}"
        elif _needs_space(previous, piece):
            text += f" {piece.text}"
        else:
            text += piece.text
    return text


def _needs_space(previous: _Piece, piece: _Piece) -> bool:
    if previous.is_comment or piece.is_comment:
        return True
    if piece.type in _NO_SPACE_BEFORE or previous.type in _NO_SPACE_AFTER:
        return False
    if piece.type == "LSQB":
        return previous.type == "EQUAL"
    if piece.type == "RANGE_DOTS":
        return previous.type in ("IN", "COMMA")
    if previous.type == "RANGE_DOTS":
        return piece.type in ("EQUAL", "AT", "LBRACE")
    return not (previous.type == "LBRACE" and piece.type == "RBRACE")
