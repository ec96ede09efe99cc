"""Diagnostics as SARIF 2.1.0, for code scanning services."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from urllib.parse import quote

from mycelium.idl.diagnostics import MAXIMUM_SHOWN, Diagnostic, Label
from mycelium.idl.explanations import EXPLANATIONS
from mycelium.idl.source import Origin, Source

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"


def sarif_report(diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> str:
    """One run with a rule for each code that occurs."""
    shown = diagnostics[:MAXIMUM_SHOWN]
    codes = sorted({one.code.value for one in shown})
    run = {
        "tool": {"driver": {"name": "mycelium-gen", "rules": [_rule(code) for code in codes]}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(one, codes, sources) for one in shown],
    }
    hidden = len(diagnostics) - len(shown)
    if hidden > 0:
        notification = {"level": "note", "message": {"text": f"and {hidden} more"}}
        run["invocations"] = [{"executionSuccessful": True, "toolExecutionNotifications": [notification]}]
    return (
        json.dumps({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}, indent=2, ensure_ascii=False)
        + "\n"
    )


def _rule(code: str) -> dict[str, object]:
    explanation = EXPLANATIONS[code]
    return {
        "id": code,
        "shortDescription": {"text": explanation.title},
        "fullDescription": {"text": explanation.cause},
        "help": {"text": explanation.cure},
    }


def _result(diagnostic: Diagnostic, codes: Sequence[str], sources: Mapping[str, Source]) -> dict[str, object]:
    text = diagnostic.message if diagnostic.hint is None else f"{diagnostic.message} ({diagnostic.hint})"
    result: dict[str, object] = {
        "ruleId": diagnostic.code.value,
        "ruleIndex": codes.index(diagnostic.code.value),
        "level": diagnostic.severity.value,
        "message": {"text": text},
    }
    if diagnostic.primary is not None:
        result["locations"] = [_location(diagnostic.primary, sources)]
    if diagnostic.related:
        result["relatedLocations"] = [_location(label, sources) for label in diagnostic.related]
    if diagnostic.properties:
        result["properties"] = dict(diagnostic.properties)
    return result


def _uri(path: str) -> str:
    """A file name as a relative URI; one that is not UTF-8 keeps its bytes."""
    return quote(path.encode(errors="surrogateescape"))


def _location(label: Label, sources: Mapping[str, Source]) -> dict[str, object]:
    span = label.span
    source = sources.get(span.file)
    if source is not None and source.origin is not Origin.FILE:
        return _location_in_the_past(label, source)
    location: dict[str, object] = {
        "physicalLocation": {
            "artifactLocation": {"uri": _uri(span.file if source is None else source.display_name)},
            "region": {
                "startLine": span.line,
                "startColumn": span.column,
                "endLine": span.end_line,
                "endColumn": span.end_column,
            },
        }
    }
    if label.text:
        location["message"] = {"text": label.text}
    return location


def _location_in_the_past(label: Label, source: Source) -> dict[str, object]:
    """The text stands in no file that can be opened: it is said, and the file its record is in is named."""
    location: dict[str, object] = {}
    if source.container:
        location["physicalLocation"] = {"artifactLocation": {"uri": _uri(source.container)}}
    text = source.text_at(label.span).rstrip("\n")
    location["message"] = {"text": f"{label.text}, {source.display_name}:\n{text}"}
    return location
