"""What the lock knows of each message as it is now: its version, and which other versions it can talk to.

Generated code carries the result, and peers use it when they connect (docs/evolution.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from mycelium.idl.codes import Code
from mycelium.idl.compatibility import Finding, Surface, Verdict, compare
from mycelium.idl.descriptor.consistency import types_of
from mycelium.idl.descriptor.types import references
from mycelium.idl.digest import MessageDigests, message_digests
from mycelium.idl.lock.history import Lock, MessageVersion
from mycelium.idl.lock.recorded_schema import recorded_schema
from mycelium.idl.schema import MessageDeclaration, Schema

UNRELEASED = "unreleased"
"""Stands for the version of a message that no release has as it is now."""

MAXIMUM_KNOWN_VERSIONS = 1024
"""So many digests fit the ``accepted`` of a Hello (schemas/mycelium/control.myc); of more, the newest are kept."""

MAXIMUM_DIFFERENCES = 8
MAXIMUM_DIFFERENCE_CHARACTERS = 160
MAXIMUM_DIFFERENCES_CHARACTERS = 480
"""All differences of one version together: with names of usual length, a verdict then fits the ``reason`` of a Mismatch."""

MAXIMUM_NAMED_VERSIONS = 4

_ABOUT_FRAMES = frozenset(
    {Code.TYPE_ID_CHANGED, Code.TYPE_ID_REUSED, Code.MESSAGE_ADDED, Code.MESSAGE_REMOVED}
)
"""What concerns the message itself, and none that only holds it."""


class Direction(Enum):
    """Which way the present version and another one read each other; the numbers are bits, as in control.myc."""

    NEITHER = 0
    READS = 1
    """The present version reads what the other writes."""
    IS_READ_BY = 2
    """The other version reads what the present one writes."""
    BOTH = 3


@dataclass(frozen=True, slots=True)
class KnownVersion:
    """Released versions that share a wire digest other than today's.

    ``version`` names them ("1.0", "1.0 or 1.1"); ``differences`` says in short sentences what changed since.
    """

    version: str
    wire_digest: int
    direction: Direction
    differences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageHistory:
    """What generated code knows of the versions of one message.

    ``version`` is the release that is exactly the present schema, ``same`` names all that have its wire digest.
    """

    version: str = UNRELEASED
    same: str = ""
    known: tuple[KnownVersion, ...] = ()


def message_histories(lock: Lock, schema: Schema) -> Mapping[str, MessageHistory]:
    """The history of every message of the schema, by qualified name; empty where the lock knows none.

    A message that got another name and kept its type id keeps its history. Releases are compared once each, whatever
    the number of messages.
    """
    by_type_id: dict[int, list[MessageVersion]] = {}
    for versions in lock.messages.values():
        for version in versions:
            type_id = _declaration(version).type_id
            if type_id is not None:
                by_type_id.setdefault(type_id, []).append(version)
    last_release = lock.releases[-1].schema if lock.releases else Schema(())
    comparisons = _Comparisons(recorded_schema(schema, last_release))
    return {
        message.qualified_name: _history(
            message, digests, [*_earlier_names(message, by_type_id), *_own(lock, message)], comparisons
        )
        for message, digests in _with_digests(schema)
    }


def _declaration(version: MessageVersion) -> MessageDeclaration:
    declaration = version.release_schema.find(version.message)
    assert isinstance(declaration, MessageDeclaration), "a lock that exists has all it names"
    return declaration


def _own(lock: Lock, message: MessageDeclaration) -> tuple[MessageVersion, ...]:
    return lock.messages.get(message.qualified_name, ())


def _earlier_names(
    message: MessageDeclaration, by_type_id: Mapping[int, list[MessageVersion]]
) -> list[MessageVersion]:
    if message.type_id is None:
        return []
    return [each for each in by_type_id.get(message.type_id, ()) if each.message != message.qualified_name]


def _with_digests(schema: Schema) -> Iterator[tuple[MessageDeclaration, MessageDigests]]:
    digests = message_digests(schema)
    for message in schema.messages():
        yield message, digests[message.qualified_name]


def _history(
    message: MessageDeclaration,
    digests: MessageDigests,
    versions: list[MessageVersion],
    comparisons: _Comparisons,
) -> MessageHistory:
    """The versions are in order of release, those under other names first."""
    name = message.qualified_name
    by_digest: dict[str, list[MessageVersion]] = {}
    for version in versions:
        by_digest.setdefault(version.wire, []).append(version)
    same = by_digest.pop(digests.wire.hex(), [])
    own = [each.version for each in same if each.message == name and each.full == digests.full.hex()]
    newest_first = sorted(by_digest.values(), key=lambda group: versions.index(group[-1]), reverse=True)
    return MessageHistory(
        version=own[-1] if own else UNRELEASED,
        same=_names(same, name),
        known=tuple(_known(message, group, comparisons) for group in newest_first[:MAXIMUM_KNOWN_VERSIONS]),
    )


def _known(
    message: MessageDeclaration, group: list[MessageVersion], comparisons: _Comparisons
) -> KnownVersion:
    newest = group[-1]
    return KnownVersion(
        version=_names(group, message.qualified_name),
        wire_digest=MessageDigests(bytes.fromhex(newest.wire), b"").wire_u64,
        direction=comparisons.direction(newest, message),
        differences=_bounded(comparisons.differences(newest, message)),
    )


def _names(versions: list[MessageVersion], name: str) -> str:
    """As a sentence names them: the oldest first, of many the newest."""
    texts = [
        each.version if each.message == name else f"{each.version} of {each.message}" for each in versions
    ]
    shown = texts[-MAXIMUM_NAMED_VERSIONS:]
    if len(shown) < len(texts):
        shown.append("older")
    return " or ".join([*([", ".join(shown[:-1])] if shown[:-1] else []), *shown[-1:]])


class _Comparisons:
    """What lies between releases and the present schema, which shares with the last release what is the same in both:
    that need not be compared. Each release is compared when it is first asked for."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._found: dict[int, _ReleaseComparison] = {}

    def direction(self, version: MessageVersion, message: MessageDeclaration) -> Direction:
        """Which way a version and the present message read each other."""
        if not self._is_of(version, message):
            return Direction.NEITHER
        verdict = self._of(version).verdicts[version.message]
        return Direction(
            Direction.READS.value * verdict.new_reads_old + Direction.IS_READ_BY.value * verdict.old_reads_new
        )

    def differences(self, version: MessageVersion, message: MessageDeclaration) -> list[str]:
        """What changed on the wire from a version to the present message, what breaks first."""
        if not self._is_of(version, message):
            return [f"the type id {message.type_id} was `{version.message}`, another message"]
        return self._of(version).differences(version.message)

    def _of(self, version: MessageVersion) -> _ReleaseComparison:
        release = version.release_schema
        if id(release) not in self._found:
            self._found[id(release)] = _ReleaseComparison(release, self._schema)
        return self._found[id(release)]

    def _is_of(self, version: MessageVersion, message: MessageDeclaration) -> bool:
        """Whether the version is one of this message, and not of another that had its name or its type id."""
        return self._of(version).partners.get(version.message) == message.qualified_name


class _ReleaseComparison:
    """One release against the present schema."""

    def __init__(self, release: Schema, schema: Schema) -> None:
        comparison = compare(release, schema)
        self.verdicts: Mapping[str, Verdict] = comparison.verdicts
        self.partners: Mapping[str, str] = comparison.partners
        self._release = release
        self._references: dict[str, frozenset[str]] = {}
        self._by_declaration: dict[str, list[Finding]] = {}
        for finding in comparison.findings:
            if finding.surface is Surface.WIRE:
                self._by_declaration.setdefault(finding.declaration, []).append(finding)

    def differences(self, message: str) -> list[str]:
        """The findings on the message and on all it holds."""
        found = [
            finding
            for name in self._closure(message)
            for finding in self._by_declaration.get(name, ())
            if name == message or finding.code not in _ABOUT_FRAMES
        ]
        found.sort(key=lambda finding: (not finding.is_break, finding.element, finding.code.value))
        return list(dict.fromkeys(finding.message for finding in found))

    def _closure(self, message: str) -> set[str]:
        reached = {message}
        waiting = [message]
        while waiting:
            new = self._references_of(waiting.pop()) - reached
            reached |= new
            waiting += new
        return reached

    def _references_of(self, name: str) -> frozenset[str]:
        if name not in self._references:
            declaration = self._release.find(name)
            types = [] if declaration is None else types_of(declaration)
            self._references[name] = frozenset(each.name for type_ in types for each in references(type_))
        return self._references[name]


def _bounded(differences: list[str]) -> tuple[str, ...]:
    """As many as the limits allow, and how many more there are."""
    kept: list[str] = []
    for difference in differences:
        if len(difference) > MAXIMUM_DIFFERENCE_CHARACTERS:
            difference = difference[: MAXIMUM_DIFFERENCE_CHARACTERS - 3] + "..."
        length = sum(map(len, kept)) + len(difference)
        if len(kept) == MAXIMUM_DIFFERENCES or length > MAXIMUM_DIFFERENCES_CHARACTERS:
            break
        kept.append(difference)
    more = len(differences) - len(kept)
    return (*kept, f"and {more} more") if more else tuple(kept)
