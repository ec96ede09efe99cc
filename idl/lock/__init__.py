"""The committed history of a set of schemas: every released version of every message, and what was accepted.

``read_lock`` and ``write_lock`` turn the file ``mycelium.lock`` into a :class:`Lock` and back; ``record`` adds a
release; ``judge`` holds a schema against versions before it. docs/evolution.md describes the file and its use.
"""

from __future__ import annotations

from mycelium.idl.lock.form import LOCK_FORM, LockError
from mycelium.idl.lock.history import Acceptance, Lock, MessageVersion, Release, Snapshot
from mycelium.idl.lock.judgement import JudgedFinding, Judgement, Mode, judge
from mycelium.idl.lock.known_versions import (
    UNRELEASED,
    Direction,
    KnownVersion,
    MessageHistory,
    message_histories,
)
from mycelium.idl.lock.merging import read_merged_lock
from mycelium.idl.lock.reading import read_lock
from mycelium.idl.lock.recording import record
from mycelium.idl.lock.writing import write_lock

__all__ = [
    "LOCK_FORM",
    "UNRELEASED",
    "Acceptance",
    "Direction",
    "JudgedFinding",
    "Judgement",
    "KnownVersion",
    "Lock",
    "LockError",
    "MessageHistory",
    "MessageVersion",
    "Mode",
    "Release",
    "Snapshot",
    "judge",
    "message_histories",
    "read_lock",
    "read_merged_lock",
    "record",
    "write_lock",
]
