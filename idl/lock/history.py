"""What a lock holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mycelium.idl.lock.closures import closure
from mycelium.idl.schema import Schema


@dataclass(frozen=True)
class MessageVersion:
    """One released version of a message: its digests in hex, and the schema of the first release that had it."""

    message: str
    major: int
    minor: int
    wire: str
    full: str
    release_schema: Schema = field(compare=False, repr=False)

    @property
    def version(self) -> str:
        """``major.minor``."""
        return f"{self.major}.{self.minor}"

    @cached_property
    def schema(self) -> Schema:
        """The message and all it holds, as a schema of its own."""
        return closure(self.release_schema, self.message)


@dataclass(frozen=True, slots=True)
class Release:
    """All that was released under one label: the schema, and the version of each of its messages by name."""

    label: str
    versions: Mapping[str, str]
    schema: Schema = field(repr=False)


@dataclass(frozen=True, slots=True)
class Acceptance:
    """An intended break: this rule, on this element, from one declaration to the other, by their digests in hex.

    ``new_digest`` is "" where the declaration is gone. After the day ``expires`` it holds no longer.
    """

    rule: str
    element: str
    old_digest: str
    new_digest: str
    reason: str
    author: str
    expires: date | None = None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A schema of the past and what to call it."""

    label: str
    schema: Schema


@dataclass(frozen=True)
class Lock:
    """All history: versions of each message from the oldest to the newest, and releases in order."""

    messages: Mapping[str, tuple[MessageVersion, ...]] = field(default_factory=dict)
    releases: tuple[Release, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()

    @cached_property
    def snapshots(self) -> tuple[Snapshot, ...]:
        """The schema of every release, the oldest first."""
        return tuple(Snapshot(release.label, release.schema) for release in self.releases)
