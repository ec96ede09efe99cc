"""Diagnostics as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from mycelium.idl.diagnostics import MAXIMUM_SHOWN, Diagnostic, Label
from mycelium.idl.source import Origin, Source


def json_report(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> str:
    """``{"diagnostics": [...], "not_shown": n}``. Lines and columns count from 1; an end column is the one after.

    The ``text`` of a place is its line. A place in the past names a ``record`` as well: the ``file`` then holds the record,
    or is null, and the ``text`` of a declaration is printed from it; line and column count in that text.
    """
    document = {
        "diagnostics": [_diagnostic(one, sources) for one in diagnostics[:MAXIMUM_SHOWN]],
        "not_shown": max(0, len(diagnostics) - MAXIMUM_SHOWN),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _diagnostic(diagnostic: Diagnostic, sources: Mapping[str, Source]) -> dict[str, object]:
    properties = {"properties": dict(diagnostic.properties)} if diagnostic.properties else {}
    return {
        "code": diagnostic.code.value,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        "place": None if diagnostic.primary is None else _place(diagnostic.primary, sources),
        "related": [_place(label, sources) for label in diagnostic.related],
        "hint": diagnostic.hint,
        **properties,
    }


def _place(label: Label, sources: Mapping[str, Source]) -> dict[str, object]:
    span = label.span
    source = sources.get(span.file)
    return {
        **_file(span.file, source),
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "label": label.text,
        "text": None if source is None else source.text_at(span),
    }


def _file(name: str, source: Source | None) -> dict[str, object]:
    if source is None or source.origin is Origin.FILE:
        return {"file": name if source is None else source.display_name}
    return {"file": source.container or None, "record": source.display_name}
