"""What is wrong, where, and what to do about it. Text is made from this in ``reporting``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from mycelium.idl.codes import Code
from mycelium.idl.schema import Span

MAXIMUM_SHOWN = 20
"""How many errors of one run are shown; the rest is counted."""


MAXIMUM_RELATED = 8
"""How many places a diagnostic about a circle points at."""


Property: TypeAlias = str | bool | tuple[str, ...] | tuple[Mapping[str, object], ...]


class Severity(Enum):
    """Errors stop the compiler; warnings come from ``lint`` alone."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Label:
    """A place and what is to be said about it, or nothing."""

    span: Span
    text: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """More to be said, under a title of one word; ``text`` may have several lines."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: a stable code, a sentence, the place, related places, and a hint where one helps.

    ``primary`` is None only for what lies in no file, such as a folder without schemas. ``properties`` are facts for
    programs that read a report: names, and what JSON can say. ``notes`` are for people.
    """

    code: Code
    message: str
    primary: Label | None
    related: tuple[Label, ...] = ()
    hint: str | None = None
    properties: tuple[tuple[str, Property], ...] = ()
    notes: tuple[Note, ...] = ()

    @property
    def severity(self) -> Severity:
        """The codes MYC09xx are warnings, all others errors."""
        return Severity.WARNING if self.code.is_lint else Severity.ERROR


class DiagnosticCollector:
    """Gathers the diagnostics of one stage."""

    def __init__(self) -> None:
        self._found: list[Diagnostic] = []

    def report(
        self,
        code: Code,
        span: Span | None,
        message: str,
        *,
        label: str = "",
        related: Iterable[Label] = (),
        hint: str | None = None,
    ) -> None:
        """Add one diagnostic."""
        primary = None if span is None else Label(span, label)
        self._found.append(Diagnostic(code, message, primary, tuple(related), hint))

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Add the findings of another stage."""
        self._found.extend(diagnostics)

    def __len__(self) -> int:
        return len(self._found)

    def sorted(self) -> tuple[Diagnostic, ...]:
        """All findings by file, line and column; those without a place first."""
        return tuple(sorted(self._found, key=_order))


def _order(diagnostic: Diagnostic) -> tuple[str, int, int, str]:
    if diagnostic.primary is None:
        return ("", 0, 0, diagnostic.code.value)
    span = diagnostic.primary.span
    return (span.file, span.line, span.column, diagnostic.code.value)
