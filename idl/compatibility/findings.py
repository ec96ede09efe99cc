"""What a comparison says: findings, and the verdict on each message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from mycelium.idl.codes import Code
from mycelium.idl.schema import Span


class Surface(Enum):
    """Where a change is felt."""

    WIRE = "wire"
    """Bytes: what one version writes, the other reads or refuses."""

    SOURCE = "source"
    """Names in generated Python, Rust and OCaml, and in the JSON form."""

    SEMANTIC = "semantic"
    """Nothing is refused, but something means something else."""

    RULE = "rule"
    """A habit that protects later versions. An error in every mode; no bytes can witness it."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The two facts: whether the new version reads what the old one wrote, and the other way round."""

    new_reads_old: bool = True
    old_reads_new: bool = True

    def both(self, other: Verdict) -> Verdict:
        """What holds when both hold."""
        return Verdict(self.new_reads_old and other.new_reads_old, self.old_reads_new and other.old_reads_new)


@dataclass(frozen=True, slots=True)
class Finding:
    """One change.

    ``element`` is what changed, by its name in the old schema where it was there (``trading.market.Quote.bid``), and
    ``declaration`` the declaration it belongs to, whose name in the new schema is ``new_declaration``, "" where it is not
    there. The spans are None where the element is not in that schema, or where the schema remembers no places.
    ``languages`` are those in which programs have to change, of a finding on the surface SOURCE.
    """

    code: Code
    surface: Surface
    element: str
    declaration: str
    message: str
    verdict: Verdict
    mend: str
    old_span: Span | None = None
    new_span: Span | None = None
    new_declaration: str = ""
    languages: tuple[str, ...] = ()

    @property
    def is_break(self) -> bool:
        """Whether one version cannot read the other."""
        return self.verdict != Verdict()

    @property
    def who_breaks(self) -> str:
        """Who cannot go on, in words; "" when all can."""
        if self.surface is Surface.SOURCE:
            return f"programs in {listed(self.languages)}"
        match (self.verdict.new_reads_old, self.verdict.old_reads_new):
            case (False, False):
                return "new readers of old data, and old readers of new data"
            case (False, True):
                return "new readers of old data"
            case (True, False):
                return "old readers of new data"
        return ""


def listed(names: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return " and ".join([", ".join(names[:-1]), *names[-1:]] if len(names) > 1 else names)


@dataclass(frozen=True, slots=True)
class Comparison:
    """All findings, and for each message of the old schema that is still there, by old name, the verdict on it.

    ``partners`` are the declarations that are versions of one another: the new name by the old.
    """

    findings: tuple[Finding, ...]
    verdicts: Mapping[str, Verdict]
    partners: Mapping[str, str]
