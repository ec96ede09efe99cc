"""Where commands print: results to standard output, remarks to standard error, colours only on terminals."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TextIO

from mycelium.idl.diagnostics import Diagnostic
from mycelium.idl.reporting import report
from mycelium.idl.source import Source

FINE = 0
PROBLEMS_FOUND = 1
WRONG_USAGE = 2


class UsageError(Exception):
    """The command cannot start: wrong options, or input that cannot be read. One line says why; exit code 2."""


@dataclass(frozen=True, slots=True)
class Console:
    """``quiet`` drops remarks, never results or errors. ``diagnostics_format`` is text, json, github or sarif."""

    quiet: bool = False
    diagnostics_format: str = "text"

    def result(self, text: str) -> None:
        """Print what the user asked for."""
        print(text, file=sys.stdout)

    def remark(self, text: str) -> None:
        """Print what is good to know."""
        if not self.quiet:
            print(text, file=sys.stderr)

    def diagnostics(self, diagnostics: Sequence[Diagnostic], sources: Mapping[str, Source]) -> None:
        """Print diagnostics: text for people goes to standard error, machine formats to standard output."""
        for_people = self.diagnostics_format == "text"
        if for_people and not diagnostics:
            return
        stream = sys.stderr if for_people else sys.stdout
        stream.write(report(diagnostics, sources, self.diagnostics_format, colour=_has_colours(stream)))


def _has_colours(stream: TextIO) -> bool:
    """Colours on a terminal, unless the environment says no (no-color.org) or the terminal cannot."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
