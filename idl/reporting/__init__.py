"""Diagnostics -> output: text for people, json, github and sarif for machines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from mycelium.idl.diagnostics import Diagnostic
from mycelium.idl.reporting.github import github_report
from mycelium.idl.reporting.json import json_report
from mycelium.idl.reporting.sarif import sarif_report
from mycelium.idl.reporting.text import text_report
from mycelium.idl.source import Source

_MACHINE_FORMATS: Mapping[str, Callable[[Sequence[Diagnostic], Mapping[str, Source]], str]] = (
    MappingProxyType({"json": json_report, "github": github_report, "sarif": sarif_report})
)

FORMATS = ("text", *_MACHINE_FORMATS)
"""The names of the formats."""


def report(
    diagnostics: Sequence[Diagnostic],
    sources: Mapping[str, Source],
    output_format: str = "text",
    *,
    colour: bool = False,
) -> str:
    """The diagnostics in one of ``FORMATS``, ending in a newline; ``colour`` is for text on terminals.

    Every format shows the same first ``MAXIMUM_SHOWN`` and counts the rest. Raises ValueError for an unknown format.
    """
    if output_format == "text":
        return text_report(diagnostics, sources, colour=colour)
    if output_format not in _MACHINE_FORMATS:
        raise ValueError(f"unknown format {output_format!r}: one of {', '.join(FORMATS)}")
    return _MACHINE_FORMATS[output_format](diagnostics, sources)
