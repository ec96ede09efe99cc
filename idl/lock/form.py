"""Names of the form of a lock, shared by writing and reading."""

from __future__ import annotations

LOCK_FORM = "mycelium-lock-1"
"""Name and version of the form; the value of ``lock``."""


class LockError(Exception):
    """The text is no lock; one line says where and why."""
