"""The shape of an explanation."""

from __future__ import annotations

from dataclasses import dataclass
from textwrap import indent

from mycelium.idl.codes import Code


@dataclass(frozen=True, slots=True)
class Explanation:
    """What one diagnostic means and how to mend it.

    ``before`` has the mistake and ``after`` is mended; both are whole files but for the package statement where it
    does not matter, and may be several files, each after a line ``// file: PATH``. Both are "" where the mistake is
    not in any text.
    """

    kind: Code
    title: str
    cause: str
    cure: str
    before: str = ""
    after: str = ""

    @property
    def code(self) -> str:
        """The stable code, ``MYC0101``."""
        return self.kind.value

    def text(self) -> str:
        """Everything, as ``explain`` prints it."""
        parts = [f"{self.code}: {self.title}", f"Cause: {self.cause}", f"Cure: {self.cure}"]
        if self.before:
            parts.append(f"Before:\n\n{indent(self.before.strip(), '    ')}")
            parts.append(f"After:\n\n{indent(self.after.strip(), '    ')}")
        return "\n\n".join(parts)
