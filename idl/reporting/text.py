"""Diagnostics for people: the source line, a caret underline, related places, a hint."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from mycelium.idl.diagnostics import MAXIMUM_SHOWN, Diagnostic, Label, Severity
from mycelium.idl.schema import Span
from mycelium.idl.source import Origin, Source

TAB_WIDTH = 4
"""Columns a tab takes in shown source lines."""

MAXIMUM_LINE_LENGTH = 200
"""Longer source lines are cut to what is around the span."""

_STYLES = {"error": "1;31", "warning": "1;33", "frame": "1;34", "title": "1", "related": "1;34"}


@dataclass(frozen=True, slots=True)
class _Painter:
    colour: bool

    def paint(self, text: str, style: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self.colour and text else text


def text_report(
    diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source], *, colour: bool = False
) -> str:
    """All diagnostics, at most ``MAXIMUM_SHOWN``, and how many there are."""
    painter = _Painter(colour)
    shown = ["\n".join(_diagnostic(one, sources, painter)) for one in diagnostics[:MAXIMUM_SHOWN]]
    return "\n\n".join([*shown, _summary(diagnostics)]) + "\n"


def _summary(diagnostics: Sequence[Diagnostic]) -> str:
    counts = []
    for severity in Severity:
        count = sum(one.severity is severity for one in diagnostics)
        if count:
            counts.append(f"{count} {severity.value}{'s' if count > 1 else ''}")
    hidden = len(diagnostics) - MAXIMUM_SHOWN
    text = " and ".join(counts) or "no problems"
    return text if hidden <= 0 else f"{text}: the first {MAXIMUM_SHOWN} are shown, and {hidden} more"


def _diagnostic(diagnostic: Diagnostic, sources: Mapping[str, Source], painter: _Painter) -> Iterator[str]:
    severity = diagnostic.severity.value
    head = painter.paint(f"{severity}[{diagnostic.code.value}]", severity)
    yield head + painter.paint(f": {_printable(diagnostic.message)}", "title")
    margin = " "
    if diagnostic.primary is not None:
        labels = (diagnostic.primary, *diagnostic.related)
        margin = " " * max(len(str(label.span.line)) for label in labels)
        yield from _places(diagnostic, sources, margin, painter)
    if diagnostic.hint is not None:
        yield from _note("help", diagnostic.hint, margin, painter)
    for note in diagnostic.notes:
        yield from _note(note.title, note.text, margin, painter)


def _note(title: str, text: str, margin: str, painter: _Painter) -> Iterator[str]:
    """A titled remark; further lines stand below the first."""
    first, *others = text.split("\n")
    yield f"{margin} {painter.paint('=', 'frame')} {painter.paint(title, 'title')}: {_printable(first)}"
    for line in others:
        yield f"{margin}   {' ' * len(title)}  {_printable(line)}"


def _places(
    diagnostic: Diagnostic, sources: Mapping[str, Source], margin: str, painter: _Painter
) -> Iterator[str]:
    """One snippet per file, that of the primary place first."""
    primary = diagnostic.primary
    assert primary is not None
    labels = (primary, *diagnostic.related)
    for file in dict.fromkeys(label.span.file for label in labels):
        here = [label for label in labels if label.span.file == file]
        source = sources.get(file)
        name = file if source is None else source.display_name
        arrow = "-->" if here[0] is primary else ":::"
        place = f"{_printable(name)}:{here[0].span.line}:{here[0].span.column}"
        if source is not None and source.origin is Origin.RECORD:
            place = _printable(name)
        yield f"{margin}{painter.paint(arrow, 'frame')} {place}"
        if source is not None:
            yield from _snippet(source, here, primary, margin, diagnostic.severity.value, painter)


def _snippet(
    source: Source,
    labels: Sequence[Label],
    primary: Label,
    margin: str,
    severity: str,
    painter: _Painter,
) -> Iterator[str]:
    bar = painter.paint("|", "frame")
    yield f"{margin} {bar}"
    previous = 0
    lines = source.lines()
    is_record = source.origin is Origin.RECORD
    shown_lines = range(1, len(lines)) if is_record else sorted({label.span.line for label in labels})
    for number in shown_lines:
        if previous and number > previous + 1:
            yield painter.paint("...", "frame")
        previous = number
        text = lines[number - 1] if number <= len(lines) else ""
        on_line = sorted(
            (label for label in labels if label.span.line == number), key=lambda one: one.span.column
        )
        start, shown = _cut(text, on_line[0].span) if on_line else (0, _printable(text))
        gutter = margin if is_record else str(number).rjust(len(margin))
        yield f"{painter.paint(gutter, 'frame')} {bar} {shown}".rstrip()
        for label in on_line:
            style, mark = (severity, "^") if label is primary else ("related", "-")
            indent, width = _columns(text, label.span, start)
            underline = painter.paint(f"{mark * width} {_printable(label.text)}".rstrip(), style)
            yield f"{margin} {bar} {' ' * indent}{underline}"
    yield f"{margin} {bar}"


def _cut(text: str, span: Span) -> tuple[int, str]:
    """Where the shown part of a line starts, and that part."""
    if len(text) <= MAXIMUM_LINE_LENGTH:
        return 0, _printable(text)
    start = max(0, min(span.column - 1 - MAXIMUM_LINE_LENGTH // 4, len(text) - MAXIMUM_LINE_LENGTH))
    return start, _printable(text[start : start + MAXIMUM_LINE_LENGTH])


def _columns(text: str, span: Span, start: int) -> tuple[int, int]:
    """Indent and width of an underline, in columns of a terminal; at least one wide, and never past the line."""
    first = min(span.column - 1, len(text))
    last = span.end_column - 1 if span.end_line == span.line else len(text)
    last = min(last, len(text), start + MAXIMUM_LINE_LENGTH)
    return _width(text[start:first]), max(1, _width(text[max(first, start) : last]))


def _width(text: str) -> int:
    return sum(
        len(_shown(character)) + (unicodedata.east_asian_width(character) in "WF") for character in text
    )


def _printable(text: str) -> str:
    return "".join(map(_shown, text))


def _shown(character: str) -> str:
    """A character as it may go to a terminal: nothing that could move the cursor or hide text."""
    if character == "\t":
        return " " * TAB_WIDTH
    return character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
