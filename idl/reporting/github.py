"""Diagnostics as workflow commands, which GitHub shows beside the lines of a change."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mycelium.idl.diagnostics import MAXIMUM_SHOWN, Diagnostic
from mycelium.idl.schema import Span
from mycelium.idl.source import Origin, Source


def github_report(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> str:
    """One ``::error file=...::message`` line each."""
    lines = [_command(one, sources) for one in diagnostics[:MAXIMUM_SHOWN]]
    hidden = len(diagnostics) - MAXIMUM_SHOWN
    if hidden > 0:
        lines.append(f"::notice title=mycelium::and {hidden} more")
    return "".join(f"{line}\n" for line in lines)


def _command(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> str:
    properties = {"title": diagnostic.code.value}
    if diagnostic.primary is not None:
        properties |= _place(diagnostic.primary.span, sources)
    message = "\n".join(_message(diagnostic, sources))
    given = ",".join(f"{name}={_escaped_property(value)}" for name, value in properties.items())
    return f"::{diagnostic.severity.value} {given}::{_escaped(message)}"


def _place(span: Span, sources: Mapping[str, Source]) -> dict[str, str]:
    source = sources.get(span.file)
    if source is not None and source.origin is not Origin.FILE:
        return {"file": source.container} if source.container else {}
    place = {"file": span.file if source is None else source.display_name}
    place |= {"line": str(span.line), "col": str(span.column), "endLine": str(span.end_line)}
    if span.end_line == span.line:
        # The end column is inclusive here.
        place["endColumn"] = str(max(span.column, span.end_column - 1))
    return place


def _message(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> Iterator[str]:
    """The message, and the texts that GitHub cannot show beside it because they are in no file of the change."""
    yield diagnostic.message
    if diagnostic.hint is not None:
        yield f"help: {diagnostic.hint}"
    for note in diagnostic.notes:
        yield f"{note.title}: {note.text}"
    labels = (diagnostic.primary, *diagnostic.related)
    for label in labels:
        source = None if label is None else sources.get(label.span.file)
        if label is not None and source is not None and source.origin is not Origin.FILE:
            yield f"{label.text}, {source.display_name}:"
            yield source.text_at(label.span).rstrip("\n")


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
