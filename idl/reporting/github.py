"""Diagnostics as workflow commands, which GitHub shows beside the lines of a change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mycelium.idl.diagnostics import MAXIMUM_SHOWN, Diagnostic
from mycelium.idl.source import Source


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
        span = diagnostic.primary.span
        source = sources.get(span.file)
        properties["file"] = span.file if source is None else source.display_name
        properties |= {"line": str(span.line), "col": str(span.column), "endLine": str(span.end_line)}
        if span.end_line == span.line:
            # The end column is inclusive here.
            properties["endColumn"] = str(max(span.column, span.end_column - 1))
    message = (
        diagnostic.message if diagnostic.hint is None else f"{diagnostic.message}\nhelp: {diagnostic.hint}"
    )
    given = ",".join(f"{name}={_escaped_property(value)}" for name, value in properties.items())
    return f"::{diagnostic.severity.value} {given}::{_escaped(message)}"


def _escaped(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _escaped_property(text: str) -> str:
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
