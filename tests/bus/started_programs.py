"""What starts the programs in ``programs``."""

from __future__ import annotations

import subprocess
from typing import Protocol


class Start(Protocol):
    """Starts a program by its file name, with arguments and environment variables of its own."""

    def __call__(self, program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        """The process, its three streams being pipes; it is killed when the test ends."""
