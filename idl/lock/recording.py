"""A release: versions of messages by rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mycelium.idl.compatibility import Verdict, compare
from mycelium.idl.digest import message_digests
from mycelium.idl.lock.closures import closure
from mycelium.idl.lock.history import Lock, MessageVersion, Release
from mycelium.idl.schema import Schema


def record(lock: Lock, schema: Schema, label: str) -> Lock:
    """The lock with this schema as its newest release; the same lock when it already is.

    A message starts at 1.0. Changes that
    every version of its major number reads raise the minor number, accepted breaks the major number.
    """
    digests = message_digests(schema)
    messages = {name: list(versions) for name, versions in lock.messages.items()}
    versions: dict[str, str] = {}
    for name in sorted(digests):
        known = messages.setdefault(name, [])
        wire, full = digests[name].wire.hex(), digests[name].full.hex()
        same = [each for each in known if each.full == full]
        if not same:
            own = closure(schema, name)
            major, minor = _next_version(known, own, name)
            known.append(MessageVersion(major, minor, wire, full, own))
        versions[name] = (same or known)[-1].version
    if lock.releases and dict(lock.releases[-1].versions) == versions:
        return lock
    recorded: Mapping[str, tuple[MessageVersion, ...]] = {
        name: tuple(each) for name, each in messages.items()
    }
    return replace(lock, messages=recorded, releases=(*lock.releases, Release(label, versions)))


def _next_version(known: list[MessageVersion], schema: Schema, name: str) -> tuple[int, int]:
    if not known:
        return 1, 0
    last = known[-1]
    verdicts = (compare(each.schema, schema).verdicts.get(name) for each in known if each.major == last.major)
    if all(verdict == Verdict() for verdict in verdicts):
        return last.major, last.minor + 1
    return last.major + 1, 0
