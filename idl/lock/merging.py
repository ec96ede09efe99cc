"""A lock that a merge left in conflict: both sides read, and the releases of the one recorded after those of the other."""

from __future__ import annotations

from dataclasses import replace

from mycelium.idl.lock.history import Lock, Release
from mycelium.idl.lock.reading import read_lock
from mycelium.idl.lock.recording import with_release


def read_merged_lock(text: str) -> tuple[Lock, bool]:
    """The history in a text, with conflict markers or without, and whether there were any. Raises ``LockError``.

    Releases of the other side keep their order and come after ours. A version both sides gave to different things keeps
    its number on our side and gets the next on the other; so does a label.
    """
    if not any(line.startswith("<<<<<<<") for line in text.splitlines()):
        return read_lock(text), False
    ours, theirs = (read_lock(side) for side in _sides(text))
    merged = ours
    for release in theirs.releases:
        if not any(_is_same(release, known) for known in ours.releases):
            merged = with_release(merged, release.schema, _free_label(merged, release.label))
    both = dict.fromkeys((*ours.acceptances, *theirs.acceptances))
    return replace(merged, acceptances=tuple(both)), True


def _is_same(release: Release, other: Release) -> bool:
    """The same label and, comments and places apart, the same schema."""
    return release.label == other.label and repr(release.schema) == repr(other.schema)


def _free_label(lock: Lock, label: str) -> str:
    taken = {release.label for release in lock.releases}
    while label in taken:
        label = f"{label}, merged"
    return label


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
