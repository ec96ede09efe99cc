"""Judged findings -> diagnostics: what the reporters print, with a snippet of the new and of the old declaration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from mycelium.codegen.commands.console import Console
from mycelium.codegen.commands.versions import Versions
from mycelium.idl.codes import Code
from mycelium.idl.compatibility import Surface
from mycelium.idl.diagnostics import Diagnostic, Label, Severity
from mycelium.idl.lock import Acceptance, JudgedFinding, Judgement
from mycelium.idl.schema import Span
from mycelium.idl.source import Source


@dataclass(frozen=True, slots=True)
class Remark(Diagnostic):
    """A finding that does not fail the check."""

    @property
    def severity(self) -> Severity:
        """Always a warning, whatever the code."""
        return Severity.WARNING


def report_judgement(
    judgement: Judgement, versions: Versions, sources: Mapping[str, Source], console: Console
) -> None:
    """Print errors first, then what is worth knowing; what both versions read needs no word."""
    texts = dict(sources)
    for label, files in versions.sources.items():
        for name, source in files.items():
            texts[_past_file(label, name)] = Source(_past_file(label, name), source.text)
    shown = [_diagnostic(each, versions) for each in judgement.findings if _is_worth_showing(each)]
    shown += [_stale(each) for each in judgement.stale]
    console.diagnostics(shown, texts)


def _is_worth_showing(judged: JudgedFinding) -> bool:
    finding = judged.finding
    return not judged.is_accepted and (
        judged.is_break or finding.is_break or finding.surface is not Surface.WIRE
    )


def _diagnostic(judged: JudgedFinding, versions: Versions) -> Diagnostic:
    finding = judged.finding
    breaks = f"; breaks {finding.who_breaks}" if finding.who_breaks else ""
    message = f"{finding.message} ({finding.surface.value}, since {judged.snapshot.label}{breaks})"
    labels = list(_labels(judged, versions))
    kind = Diagnostic if judged.is_error else Remark
    return kind(finding.code, message, labels[0] if labels else None, tuple(labels[1:]), finding.mend)


def _labels(judged: JudgedFinding, versions: Versions) -> Iterator[Label]:
    if judged.finding.new_span is not None:
        yield Label(judged.finding.new_span, "now")
    old = judged.finding.old_span
    if old is not None and judged.snapshot.label in versions.sources:
        yield Label(_past_span(judged.snapshot.label, old), "before")


def _past_span(label: str, span: Span) -> Span:
    return replace(span, file=_past_file(label, span.file))


def _past_file(label: str, file: str) -> str:
    """A name no present file has, and that tells people where the text comes from."""
    return f"{label}/{file}" if "git:" not in label else f"{label}:{file}"


def _stale(acceptance: Acceptance) -> Diagnostic:
    expired = "" if acceptance.expires is None else f", which holds until {acceptance.expires.isoformat()},"
    return Remark(
        Code.STALE_ACCEPTANCE,
        f"the acceptance of {acceptance.rule} for `{acceptance.element}`{expired} accepts nothing",
        None,
        (),
        "remove it from the lock",
    )
