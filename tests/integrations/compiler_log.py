"""A stand-in for ``mycelium-gen`` that notes each call and then is the real one."""

from __future__ import annotations

import sys
from pathlib import Path

SCRIPT = """#!/bin/sh
echo "$@" >>"{log}"
exec "{python}" -m mycelium.codegen "$@"
"""


class CompilerLog:
    """A program in a folder of its own, and how often it was called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.program = folder / "mycelium-gen"
        self._log = folder / "calls"
        self.program.write_text(SCRIPT.format(log=self._log, python=sys.executable))
        self.program.chmod(0o755)

    @property
    def calls(self) -> int:
        """How often it was called so far."""
        return len(self._log.read_text().splitlines()) if self._log.exists() else 0
