"""Judged findings -> diagnostics: what the reporters print, with a snippet of the new and of the old declaration."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mycelium.codegen.commands.console import Console
from mycelium.codegen.commands.snippets import Snippets
from mycelium.codegen.commands.versions import Versions
from mycelium.codegen.commands.witness_report import WitnessReport
from mycelium.idl.codes import Code
from mycelium.idl.compatibility import Surface
from mycelium.idl.compatibility.findings import listed
from mycelium.idl.compiler import Compilation
from mycelium.idl.diagnostics import MAXIMUM_SHOWN, Diagnostic, Property, Severity
from mycelium.idl.lock import Acceptance, JudgedFinding, Judgement


@dataclass(frozen=True, slots=True)
class Remark(Diagnostic):
    """A finding that does not fail the check."""

    @property
    def severity(self) -> Severity:
        """Always a warning, whatever the code."""
        return Severity.WARNING


def report_judgement(
    judgement: Judgement,
    versions: Versions,
    compilation: Compilation,
    console: Console,
    *,
    with_witnesses: bool = False,
) -> None:
    """Print errors first, against all history, then what is worth knowing of what changed since the newest version.

    What happened earlier was told when it happened, and what nobody feels needs no word.
    """
    assert compilation.schema is not None
    snippets = Snippets(versions, compilation.schema, compilation.sources)
    newest = versions.snapshots[-1:]
    shown = [
        each
        for each in judgement.findings
        if each.is_error or (each.snapshot in newest and _is_worth_showing(each))
    ]
    languages = _languages(shown)
    diagnostics = [
        _diagnostic(each, snippets, languages.get(each.finding.element, ()))
        for each in shown
        if not _is_told_by_another(each, languages)
    ]
    if with_witnesses:
        told = [each for each in shown if not _is_told_by_another(each, languages)][:MAXIMUM_SHOWN]
        witnesses = WitnessReport(compilation.schema)
        proven = [witnesses.proven(*each) for each in zip(told, diagnostics, strict=False)]
        diagnostics[:MAXIMUM_SHOWN] = proven
    console.diagnostics(
        [*diagnostics, *(_stale(each, snippets) for each in judgement.stale)], snippets.sources
    )


def _is_worth_showing(judged: JudgedFinding) -> bool:
    finding = judged.finding
    return not judged.is_accepted and (
        judged.is_break or finding.is_break or finding.surface is not Surface.WIRE
    )


def _languages(shown: Sequence[JudgedFinding]) -> dict[str, tuple[str, ...]]:
    """Where programs have to change, for elements that are told of anyway because bytes break."""
    broken = {each.finding.element for each in shown if each.finding.is_break}
    return {
        each.finding.element: each.finding.languages
        for each in shown
        if each.finding.code is Code.SOURCE_CHANGED and each.finding.element in broken
    }


def _is_told_by_another(judged: JudgedFinding, languages: Mapping[str, tuple[str, ...]]) -> bool:
    return judged.finding.code is Code.SOURCE_CHANGED and judged.finding.element in languages


def _diagnostic(judged: JudgedFinding, snippets: Snippets, languages: tuple[str, ...]) -> Diagnostic:
    finding = judged.finding
    languages = finding.languages or (languages if finding.is_break else ())
    facts = [finding.surface.value, f"against {judged.snapshot.label}"]
    breaks = f"; breaks {finding.who_breaks}" if finding.who_breaks else ""
    programs = f"; breaks programs in {listed(languages)}" if languages and not finding.languages else ""
    message = f"{finding.message} ({', '.join(facts)}{breaks}{programs})"
    primary, *related = snippets.labels(judged) or (None,)
    return (Diagnostic if judged.is_error else Remark)(
        finding.code,
        message,
        primary,
        tuple(label for label in related if label is not None),
        finding.mend,
        _properties(judged, languages),
    )


def _properties(judged: JudgedFinding, languages: tuple[str, ...]) -> tuple[tuple[str, Property], ...]:
    finding = judged.finding
    digests: tuple[tuple[str, Property], ...] = ()
    if judged.is_break:
        digests = (("oldDigest", judged.old_digest), ("newDigest", judged.new_digest))
    return (
        ("element", finding.element),
        ("declaration", finding.declaration),
        ("surface", finding.surface.value),
        ("against", judged.snapshot.label),
        ("newReadsOld", finding.verdict.new_reads_old),
        ("oldReadsNew", finding.verdict.old_reads_new),
        ("languages", languages),
        *digests,
    )


def _stale(acceptance: Acceptance, snippets: Snippets) -> Diagnostic:
    expired = "" if acceptance.expires is None else f", which holds until {acceptance.expires.isoformat()},"
    return Remark(
        Code.STALE_ACCEPTANCE,
        f"the acceptance of {acceptance.rule} for `{acceptance.element}`{expired} accepts nothing",
        snippets.acceptance_label(acceptance),
        (),
        "remove it from the lock",
        (("element", acceptance.element), ("rule", acceptance.rule)),
    )
