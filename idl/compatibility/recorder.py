"""What the rules share: both schemas, which declarations correspond, and the findings so far."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Finding, Surface, Verdict
from mycelium.idl.schema import Declaration, Schema, Span

BOTH_READ = Verdict()
NEITHER_READS = Verdict(new_reads_old=False, old_reads_new=False)
ONLY_NEW_READS = Verdict(old_reads_new=False)
ONLY_OLD_READS = Verdict(new_reads_old=False)


class Recorder:
    """Gathers findings about one declaration after another, and which declaration holds which."""

    def __init__(self, old: Schema, new: Schema) -> None:
        self.old = old
        self.new = new
        self.findings: list[Finding] = []
        self.held_by: dict[str, set[str]] = {}
        self.waiting: deque[tuple[str, str]] = deque()
        self._pairs: dict[str, str] = {}
        self._paired_new: set[str] = set()
        self._current = ""

    def pair(self, old_name: str, new_name: str) -> None:
        """Let two declarations be versions of one, and wait to be compared. Each is in one pair at most."""
        if old_name not in self._pairs and new_name not in self._paired_new:
            self._pairs[old_name] = new_name
            self._paired_new.add(new_name)
            self.waiting.append((old_name, new_name))

    def partner(self, old_name: str) -> str | None:
        """The new name of an old declaration, where it has one."""
        return self._pairs.get(old_name)

    def partners(self) -> Mapping[str, str]:
        """All pairs so far: the new name by the old."""
        return dict(self._pairs)

    def is_new(self, new_name: str) -> bool:
        """Whether a declaration of the new schema is a version of none in the old."""
        return new_name not in self._paired_new

    def corresponds(self, old_name: str, new_name: str) -> bool:
        """Whether a type that named the old declaration means the same by naming the new one.

        Two names that each are in one schema only are taken for a declaration that was renamed.
        """
        if self.partner(old_name) is None and self.is_new(new_name):
            self.pair(old_name, new_name)
        if self.partner(old_name) != new_name:
            return False
        self.held_by.setdefault(old_name, set()).add(self._current)
        return True

    def begin(self, declaration: Declaration) -> None:
        """What is reported from now on is about this declaration of the old schema."""
        self._current = declaration.qualified_name

    def begin_constant(self, qualified_name: str) -> None:
        """What is reported from now on is about this constant of the old schema."""
        self._current = qualified_name

    def report(
        self,
        code: Code,
        element: str,
        message: str,
        *,
        mend: str,
        verdict: Verdict = BOTH_READ,
        surface: Surface = Surface.WIRE,
        old_span: Span | None = None,
        new_span: Span | None = None,
        declaration: str | None = None,
        languages: tuple[str, ...] = (),
    ) -> None:
        """Add one finding about the current declaration, or about ``declaration``."""
        holder = self._current if declaration is None else declaration
        is_there = self.new.find(holder) is not None
        new_holder = self._pairs.get(holder) or (holder if is_there else "")
        self.findings.append(
            Finding(
                code,
                surface,
                element,
                holder,
                message,
                verdict,
                mend,
                old_span,
                new_span,
                new_holder,
                languages,
            )
        )
