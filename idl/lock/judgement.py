"""A schema held against its history: which findings break the mode, which were accepted, which acceptances are stale."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from mycelium.idl.compatibility import Finding, Surface, Verdict, compare
from mycelium.idl.digest import canonical_forms
from mycelium.idl.lock.history import Acceptance, Snapshot
from mycelium.idl.schema import Schema


class Mode(Enum):
    """Which readers must read which writers; transitive modes hold against all history, others against the last."""

    BACKWARD = "backward"
    FORWARD = "forward"
    FULL = "full"
    BACKWARD_TRANSITIVE = "backward-transitive"
    FORWARD_TRANSITIVE = "forward-transitive"
    FULL_TRANSITIVE = "full-transitive"

    @property
    def is_transitive(self) -> bool:
        """Whether all history counts."""
        return self.value.endswith("-transitive")

    def is_broken_by(self, verdict: Verdict) -> bool:
        """Whether the mode asks for a fact that does not hold."""
        backward = not verdict.new_reads_old and not self.value.startswith("forward")
        return backward or (not verdict.old_reads_new and not self.value.startswith("backward"))


@dataclass(frozen=True, slots=True)
class JudgedFinding:
    """A finding against one snapshot. An error unless it was accepted, if it breaks the mode or a rule."""

    finding: Finding
    snapshot: str
    old_digest: str
    new_digest: str
    is_break: bool
    is_accepted: bool = False

    @property
    def is_error(self) -> bool:
        """Whether the check fails because of it."""
        return self.is_break and not self.is_accepted


@dataclass(frozen=True, slots=True)
class Judgement:
    """Findings, each change once, against the newest snapshot that shows it; and acceptances that accept nothing."""

    findings: tuple[JudgedFinding, ...]
    stale: tuple[Acceptance, ...]

    @property
    def errors(self) -> tuple[JudgedFinding, ...]:
        """What the check fails for."""
        return tuple(each for each in self.findings if each.is_error)


def judge(
    snapshots: Sequence[Snapshot],
    schema: Schema,
    mode: Mode,
    acceptances: Sequence[Acceptance] = (),
    today: date | None = None,
) -> Judgement:
    """Compare the schema with the last snapshot, or with all of them. ``today`` None lets no acceptance expire."""
    valid = [each for each in acceptances if today is None or each.expires is None or today <= each.expires]
    history = {digest for snapshot in snapshots for digest in declaration_digests(snapshot.schema).items()}
    used: set[Acceptance] = set()
    found: dict[tuple[str, str, str, Verdict], JudgedFinding] = {}
    for snapshot in reversed(snapshots if mode.is_transitive else snapshots[-1:]):
        for judged in _against(snapshot, schema, mode):
            accepting = [each for each in valid if _accepts(each, judged, history)]
            used.update(accepting)
            finding = judged.finding
            key = (finding.code.value, finding.element, finding.message, finding.verdict)
            if accepting:
                judged = _accepted(judged)
            if key not in found or (judged.is_error and not found[key].is_error):
                found[key] = judged
    ordered = sorted(found.values(), key=lambda each: (not each.is_error, each.finding.element))
    return Judgement(tuple(ordered), tuple(each for each in acceptances if each not in used))


def _against(snapshot: Snapshot, schema: Schema, mode: Mode) -> list[JudgedFinding]:
    before, after = declaration_digests(snapshot.schema), declaration_digests(schema)
    return [
        JudgedFinding(
            finding,
            snapshot.label,
            before.get(finding.declaration, ""),
            after.get(finding.declaration, ""),
            finding.surface is Surface.RULE or mode.is_broken_by(finding.verdict),
        )
        for finding in compare(snapshot.schema, schema).findings
    ]


def _accepts(acceptance: Acceptance, judged: JudgedFinding, history: set[tuple[str, str]]) -> bool:
    """By rule, element and digest pair. What was accepted and then released stays accepted in later versions."""
    finding = judged.finding
    if (acceptance.rule, acceptance.element) != (finding.code.value, finding.element):
        return False
    if acceptance.old_digest != judged.old_digest:
        return False
    is_released = (finding.declaration, acceptance.new_digest) in history
    return acceptance.new_digest == judged.new_digest or is_released


def _accepted(judged: JudgedFinding) -> JudgedFinding:
    return JudgedFinding(
        judged.finding, judged.snapshot, judged.old_digest, judged.new_digest, judged.is_break, True
    )


def declaration_digests(schema: Schema) -> Mapping[str, str]:
    """The full digest of every declaration, in hex, by qualified name."""
    forms = canonical_forms(schema, "full")
    return {name: hashlib.sha256(form.encode()).hexdigest() for name, form in forms.items()}
