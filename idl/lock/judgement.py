"""A schema held against its history: which findings break the mode, which were accepted, which acceptances are stale."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from mycelium.idl.compatibility import Finding, Surface, Verdict, compare
from mycelium.idl.digest import DigestMemory, declaration_digests
from mycelium.idl.lock.history import Acceptance, Snapshot
from mycelium.idl.lock.recorded_schema import recorded_twins
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
    """A finding against one snapshot. An error unless it was accepted, if it breaks the mode or a rule.

    The digests are those of the declaration it belongs to, "" where that is not there and where nobody breaks.
    """

    finding: Finding
    snapshot: Snapshot
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
    """What a schema is found to be.

    ``findings`` has each change once, against the newest snapshot that shows it, errors first; ``errors`` every error
    against every snapshot; ``stale`` the acceptances that accept nothing.
    """

    findings: tuple[JudgedFinding, ...]
    errors: tuple[JudgedFinding, ...]
    stale: tuple[Acceptance, ...]


def judge(
    snapshots: Sequence[Snapshot],
    schema: Schema,
    mode: Mode,
    acceptances: Sequence[Acceptance] = (),
    today: date | None = None,
) -> Judgement:
    """Compare the schema with the last snapshot, or with all of them. ``today`` None lets no acceptance expire."""
    judging = _Judging(snapshots, schema, mode, acceptances, today)
    found: dict[tuple[str, str, str, Verdict], JudgedFinding] = {}
    errors: list[JudgedFinding] = []
    for snapshot in reversed(snapshots):
        counts = mode.is_transitive or snapshot is snapshots[-1]
        if not (counts or acceptances):
            break
        for judged in judging.judged(snapshot):
            if not counts:
                continue
            if judged.is_error:
                errors.append(judged)
            finding = judged.finding
            key = (finding.code.value, finding.element, finding.message, finding.verdict)
            if key not in found or (judged.is_error and not found[key].is_error):
                found[key] = judged
    ordered = sorted(found.values(), key=lambda each: (not each.is_error, each.finding.element))
    stale = tuple(each for each in acceptances if each not in judging.used)
    return Judgement(tuple(ordered), tuple(errors), stale)


class _Judging:
    """What judging goes by: the schema, the mode, what was accepted, and digests as far as they are needed."""

    def __init__(
        self,
        snapshots: Sequence[Snapshot],
        schema: Schema,
        mode: Mode,
        acceptances: Sequence[Acceptance],
        today: date | None,
    ) -> None:
        self.used: set[Acceptance] = set()
        self._snapshots = snapshots
        self._schema = schema
        self._mode = mode
        self._valid: dict[tuple[str, str, str], list[Acceptance]] = {}
        for each in acceptances:
            if today is None or each.expires is None or today <= each.expires:
                self._valid.setdefault((each.rule, each.element, each.old_digest), []).append(each)
        self._twins = recorded_twins(schema, snapshots[-1].schema) if snapshots else {}
        self._memory = DigestMemory()
        self._digests: dict[int, Mapping[str, str]] = {}

    def judged(self, snapshot: Snapshot) -> Iterator[JudgedFinding]:
        """Every finding against one snapshot."""
        for finding in compare(snapshot.schema, self._schema, self._twins).findings:
            if not finding.is_break and finding.surface is not Surface.RULE:
                yield JudgedFinding(finding, snapshot, "", "", is_break=False)
                continue
            old_digest = self._digests_of(snapshot.schema).get(finding.declaration, "")
            new_digest = self._digests_of(self._schema).get(finding.new_declaration, "")
            key = (finding.code.value, finding.element, old_digest)
            accepting = [
                each
                for each in self._valid.get(key, ())
                if each.new_digest == new_digest
                or self._was_released(finding.new_declaration, each.new_digest)
            ]
            self.used.update(accepting)
            is_break = finding.surface is Surface.RULE or self._mode.is_broken_by(finding.verdict)
            yield JudgedFinding(finding, snapshot, old_digest, new_digest, is_break, bool(accepting))

    def _was_released(self, declaration: str, digest: str) -> bool:
        """What was accepted and then released stays accepted in later versions."""
        return any(self._digests_of(each.schema).get(declaration) == digest for each in self._snapshots)

    def _digests_of(self, schema: Schema) -> Mapping[str, str]:
        if id(schema) not in self._digests:
            self._digests[id(schema)] = declaration_digests(schema, self._memory)
        return self._digests[id(schema)]
