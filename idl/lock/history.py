"""What a lock holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from mycelium.idl.schema import Declaration, Package, Reserved, Schema


@dataclass(frozen=True, slots=True)
class MessageVersion:
    """One released version of a message: its digests in hex, and all it holds as a schema of its own."""

    major: int
    minor: int
    wire: str
    full: str
    schema: Schema = field(compare=False, repr=False)

    @property
    def version(self) -> str:
        """``major.minor``."""
        return f"{self.major}.{self.minor}"


@dataclass(frozen=True, slots=True)
class Release:
    """The messages of one release, each with the version it had then."""

    label: str
    versions: Mapping[str, str]


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
        return tuple(Snapshot(release.label, self._schema_of(release)) for release in self.releases)

    def version_of(self, message: str, version: str) -> MessageVersion:
        """A recorded version; a lock that exists has all that its releases name."""
        return next(each for each in self.messages[message] if each.version == version)

    def _schema_of(self, release: Release) -> Schema:
        return joined([self.version_of(name, version).schema for name, version in release.versions.items()])


def joined(schemas: list[Schema]) -> Schema:
    """Several closures as one schema; what more than one holds is taken from the last."""
    packages: dict[str, list[Package]] = {}
    for schema in schemas:
        for package in schema.packages:
            packages.setdefault(package.name, []).append(package)
    return Schema(tuple(_joined_package(packages[name]) for name in sorted(packages)))


def _joined_package(parts: list[Package]) -> Package:
    declarations: dict[str, Declaration] = {}
    imports: set[str] = set()
    for part in parts:
        declarations |= {each.name: each for each in part.declarations}
        imports |= set(part.imports)
    reserved: Reserved = parts[-1].reserved
    ordered = tuple(declarations[name] for name in sorted(declarations))
    return Package(parts[0].name, "", tuple(sorted(imports)), (), ordered, reserved)
