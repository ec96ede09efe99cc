"""A release: versions of messages by rule."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mycelium.idl.compatibility import Verdict, compare
from mycelium.idl.digest import message_digests
from mycelium.idl.lock.history import Lock, MessageVersion, Release
from mycelium.idl.lock.recorded_schema import recorded_schema
from mycelium.idl.schema import Schema


def record(lock: Lock, schema: Schema, label: str) -> Lock:
    """The lock with this schema as its newest release; the same lock when it already is.

    A message starts at 1.0. Changes that every version of its major number reads raise the minor number, accepted breaks
    the major number. The label is one that no release has.
    """
    if lock.releases and repr(recorded_schema(schema, lock.releases[-1].schema)) == repr(
        lock.releases[-1].schema
    ):
        return lock
    return with_release(lock, schema, label)


def with_release(lock: Lock, schema: Schema, label: str) -> Lock:
    """The lock with this schema as its newest release, whether it differs from the last or not."""
    kept = recorded_schema(schema, lock.releases[-1].schema if lock.releases else Schema(()))
    digests = message_digests(kept)
    messages = {name: list(versions) for name, versions in lock.messages.items()}
    versions: dict[str, str] = {}
    verdicts = _Verdicts(kept)
    for name in sorted(digests):
        known = messages.setdefault(name, [])
        wire, full = digests[name].wire.hex(), digests[name].full.hex()
        same = [each for each in known if each.full == full]
        if not same:
            known.append(MessageVersion(name, *_next_version(known, verdicts), wire, full, kept))
        versions[name] = (same or known)[-1].version
    return replace(
        lock,
        messages={name: tuple(messages[name]) for name in sorted(messages)},
        releases=(*lock.releases, Release(label, versions, kept)),
    )


class _Verdicts:
    """Verdicts on all messages between older releases and a new one, each release compared once."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._found: dict[int, Mapping[str, Verdict]] = {}

    def of(self, version: MessageVersion) -> Verdict | None:
        """Whether that version and the new one read each other; None where the message became another."""
        release = version.release_schema
        if id(release) not in self._found:
            self._found[id(release)] = compare(release, self._schema).verdicts
        return self._found[id(release)].get(version.message)


def _next_version(known: list[MessageVersion], verdicts: _Verdicts) -> tuple[int, int]:
    if not known:
        return 1, 0
    last = known[-1]
    if all(verdicts.of(each) == Verdict() for each in known if each.major == last.major):
        return last.major, last.minor + 1
    return last.major + 1, 0
