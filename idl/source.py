"""Source text and places in it: what diagnostics point at."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from mycelium.idl.schema import Span


class Origin(Enum):
    """Where a text comes from."""

    FILE = "file"
    """A file that can be opened."""

    COMMIT = "commit"
    """A file of another commit."""

    RECORD = "record"
    """Printed from a descriptor, and short: it is shown as a whole, and its lines have no numbers."""


@dataclass(frozen=True, slots=True)
class Source:
    """The text of one schema file.

    ``name`` is the path relative to the schema root, with ``/``, and the ``file`` of every span in it. ``shown`` is
    the path as a person at the command line would write it; reporters print that one. ``container`` is the file a
    RECORD is in.
    """

    name: str
    text: str
    shown: str = ""
    origin: Origin = Origin.FILE
    container: str = ""

    @property
    def display_name(self) -> str:
        """The path to print."""
        return self.shown or self.name

    def lines(self) -> list[str]:
        """The text line by line, without line ends; line N of a span is element N - 1."""
        return [line.removesuffix("\r") for line in self.text.split("\n")]

    def text_at(self, span: Span) -> str:
        """What to show of a place: its first line, or the whole of a short text."""
        if self.origin is Origin.RECORD:
            return self.text
        lines = self.lines()
        return lines[span.line - 1] if span.line <= len(lines) else ""


def join(first: Span, last: Span) -> Span:
    """The span from the start of one to the end of the other."""
    return Span(first.file, first.line, first.column, last.end_line, last.end_column)


def end_of(span: Span) -> Span:
    """The single column after a span: where something is missing."""
    return Span(span.file, span.end_line, span.end_column, span.end_line, span.end_column + 1)


def start_of_file(file: str) -> Span:
    """The first column of a file: for what is wrong with a file as a whole."""
    return Span(file, 1, 1, 1, 2)


def position(span: Span) -> tuple[str, int, int]:
    """A sort key: file, line, column."""
    return (span.file, span.line, span.column)
