"""Whether this side and a peer read each other's messages, settled when they connect.

Each generated message knows its :class:`VersionHistory`, from the committed lock of its schemas. A peer says which
:class:`PeerVersion` it has. :func:`version_verdict` compares the two, for the :class:`Direction` in which data flows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import Enum, IntEnum

import msgspec

UNRELEASED = "unreleased"
"""The version of a message that no release has as it is."""

_PLAIN_VERSION = re.compile(r"[!-~]{1,32}")
"""What a peer gives as its version may stand in a line of a log only if it is no more than this."""


class Direction(IntEnum):
    """Which way one version and another read each other, seen from the side that says so.

    The numbers are bits, one for each way, and those of ``mycelium.control.Direction``.
    """

    NEITHER = 0
    READS = 1
    """This side reads what the other writes."""
    IS_READ_BY = 2
    """The other side reads what this one writes."""
    BOTH = 3

    def reversed(self) -> Direction:
        """The same as the other side says it."""
        return _REVERSED[self]


_REVERSED = (Direction.NEITHER, Direction.IS_READ_BY, Direction.READS, Direction.BOTH)


class KnownVersion(msgspec.Struct, frozen=True):
    """Released versions of a message that share a wire digest other than the present one.

    ``version`` names them ("1.0", "1.0 or 1.1"). ``direction`` is how the present version and these read each other.
    ``differences`` says in short sentences what changed from them to the present version; it may be empty.
    """

    version: str
    wire_digest: int
    direction: Direction
    differences: str


class VersionHistory(msgspec.Struct, frozen=True):
    """What the lock of the schemas knows of a message.

    ``version`` is the released version that is exactly the present one, or "unreleased"; ``same`` names all released
    versions with the present wire digest, and may be empty. ``known`` are all other released versions, the newest first.
    """

    version: str = UNRELEASED
    same: str = ""
    known: tuple[KnownVersion, ...] = ()

    def find(self, wire_digest: int) -> KnownVersion | None:
        """The released versions of that wire digest."""
        return next((known for known in self.known if known.wire_digest == wire_digest), None)

    def accepted(self) -> Iterator[tuple[int, Direction]]:
        """The digests this history vouches for, each with its direction, as a Hello announces them."""
        return (
            (known.wire_digest, known.direction)
            for known in self.known
            if known.direction is not Direction.NEITHER
        )


class PeerVersion(msgspec.Struct, frozen=True):
    """What a peer says of its version of a message.

    Anything but 1 to 32 printable ASCII characters without spaces counts as no ``version``. ``accepted`` are the other
    digests its own history vouches for, with the direction as the peer sees it: the numbers a Hello carries will do.
    """

    wire_digest: int
    version: str | None = None
    accepted: Sequence[tuple[int, int]] = ()


class Compatibility(Enum):
    """How well two versions of a message go together."""

    EXACT = "exact"
    """The same wire digest: every byte means the same."""
    COMPATIBLE = "compatible"
    """Committed history vouches that data can flow as it is asked to."""
    INCOMPATIBLE = "incompatible"
    """Data must not flow."""


class VersionVerdict(msgspec.Struct, frozen=True):
    """The verdict on one message, and ``message``, which says it in a sentence, for errors and logs."""

    compatibility: Compatibility
    message: str


def version_verdict(
    name: str, wire_digest: int, history: VersionHistory, peer: PeerVersion, flow: Direction
) -> VersionVerdict:
    """Whether data of the message ``name``, of which this side has the version ``wire_digest``, can flow.

    Either side's history may vouch for the other's digest, for each direction of the flow.
    """
    known = history.find(peer.wire_digest)
    here = Direction.NEITHER if known is None else known.direction
    vouched = [Direction(side).reversed() for digest, side in peer.accepted if digest == wire_digest]
    there = Direction.NEITHER
    for direction in vouched:
        there = Direction(there | direction)
    missing = Direction(flow & ~(here | there))
    differences = known.differences if known is not None else ""
    since = f"; from the peer's version to this one: {differences}" if differences else ""
    peer_version = known.version if known is not None else ""
    if peer.wire_digest == wire_digest:
        compatibility, peer_version = Compatibility.EXACT, history.same
        sentence = "the same on the wire"
    elif missing is Direction.NEITHER:
        compatibility = Compatibility.COMPATIBLE
        sentence = f"{_CAN_FLOW[flow]}{_voucher(here, there, flow)}{since}"
    else:
        compatibility = Compatibility.INCOMPATIBLE
        if known is not None or vouched:
            sentence = (
                f"{_CANNOT_FLOW[missing]}{since}; generate both sides from versions that read each other"
            )
        else:
            sentence = (
                f"no history says that {_CAN_FLOW[missing]}; record both versions in one lock and "
                "generate again, or give both sides the same version"
            )
    if peer.version is not None and _PLAIN_VERSION.fullmatch(peer.version):
        peer_version = peer.version
    own = _described(history.version, wire_digest)
    other = _described(peer_version, peer.wire_digest)
    return VersionVerdict(compatibility, f"{name}: {own} here, {other} at the peer: {sentence}")


_CAN_FLOW = (
    "nothing flows",
    "this side reads what the peer writes",
    "the peer reads what this side writes",
    "each side reads what the other writes",
)
_CANNOT_FLOW = (
    "nothing flows",
    "this side cannot read what the peer writes",
    "the peer cannot read what this side writes",
    "neither side can read what the other writes",
)


def _described(version: str, wire_digest: int) -> str:
    """How a sentence names a version, of which "" is not known."""
    known = "an unreleased version" if version == UNRELEASED else f"version {version}"
    return f"{known if version else 'an unknown version'} (wire digest {wire_digest:016x})"


def _voucher(here: Direction, there: Direction, flow: Direction) -> str:
    """Which history vouches for the whole flow."""
    if flow is Direction.NEITHER:
        return ""
    if not flow & ~here:
        return ", as the history here says"
    return ", as both histories together say" if flow & ~there else ", as the peer's history says"
