"""A lock that a merge left in conflict: both sides read, and the releases of the one recorded after those of the other."""

from __future__ import annotations

from dataclasses import replace

from mycelium.idl.lock.history import Lock
from mycelium.idl.lock.lock_file import read_lock
from mycelium.idl.lock.recording import record


def read_merged_lock(text: str) -> tuple[Lock, bool]:
    """The history in a text, with conflict markers or without, and whether there were any. Raises ``LockError``."""
    if not any(line.startswith("<<<<<<<") for line in text.splitlines()):
        return read_lock(text), False
    ours, theirs = (read_lock(side) for side in _sides(text))
    merged = ours
    known = {(release.label, tuple(sorted(release.versions.items()))) for release in ours.releases}
    for release, snapshot in zip(theirs.releases, theirs.snapshots, strict=True):
        if (release.label, tuple(sorted(release.versions.items()))) not in known:
            merged = record(merged, snapshot.schema, release.label)
    both = dict.fromkeys((*ours.acceptances, *theirs.acceptances))
    return replace(merged, acceptances=tuple(both)), True


def _sides(text: str) -> tuple[str, str]:
    ours: list[str] = []
    theirs: list[str] = []
    into: tuple[list[str], ...] = (ours, theirs)
    for line in text.splitlines(keepends=True):
        match line[:7]:
            case "<<<<<<<":
                into = (ours,)
            case "|||||||":
                into = ()
            case "=======":
                into = (theirs,)
            case ">>>>>>>":
                into = (ours, theirs)
            case _:
                for side in into:
                    side.append(line)
    return "".join(ours), "".join(theirs)
