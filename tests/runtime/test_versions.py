"""Two sides that say Hello, and judge each other's versions by it. The sentences are tested by vectors (tests/evolution)."""

from __future__ import annotations

from typing import ClassVar

import pytest

from mycelium.control import AcceptedDigest, Heartbeat, MessageVersion
from mycelium.control import Direction as AnnouncedDirection
from mycelium.message import Message
from mycelium.versions import Compatibility, Direction, KnownVersion, PeerVersion, VersionHistory


class Old(Message, frozen=True, kw_only=True):
    """Released before there was a new version."""

    NAME = "shop.Order"
    WIRE_DIGEST = 0xA1


class New(Message, frozen=True, kw_only=True):
    """Knows the old version."""

    NAME = "shop.Order"
    WIRE_DIGEST = 0xB2
    VERSIONS: ClassVar[VersionHistory] = VersionHistory(
        version="1.1",
        same="1.1",
        known=(
            KnownVersion("1.0", 0xA1, Direction.READS, "`shop.Order.size` is new"),
            KnownVersion("0.9", 0xC3, Direction.NEITHER, ""),
        ),
    )


def announced(message: type[Message]) -> PeerVersion:
    """What the peer finds in a Hello, after a trip over the wire."""
    history = message.VERSIONS
    hello = MessageVersion(
        type_id=1000,
        wire_digest=message.WIRE_DIGEST,
        name=message.NAME,
        version=history.version,
        accepted=tuple(
            AcceptedDigest(digest, AnnouncedDirection(direction)) for digest, direction in history.accepted()
        ),
    )
    found = MessageVersion.decode(hello.encode())
    return PeerVersion(
        found.wire_digest, found.version, [(each.wire_digest, each.direction) for each in found.accepted]
    )


@pytest.mark.parametrize(
    ("own", "peer", "flow", "expected", "says"),
    [
        (New, Old, Direction.READS, Compatibility.COMPATIBLE, "as the history here says"),
        (Old, New, Direction.IS_READ_BY, Compatibility.COMPATIBLE, "as the peer's history says"),
        (New, Old, Direction.BOTH, Compatibility.INCOMPATIBLE, "the peer cannot read"),
        (Old, New, Direction.BOTH, Compatibility.INCOMPATIBLE, "this side cannot read"),
        (
            New,
            New,
            Direction.BOTH,
            Compatibility.EXACT,
            "version 1.1 (wire digest 00000000000000b2) at the peer",
        ),
    ],
)
def test_both_sides_come_to_the_same_verdict(
    own: type[Message], peer: type[Message], flow: Direction, expected: Compatibility, says: str
) -> None:
    verdict = own.version_verdict(announced(peer), flow)
    assert verdict.compatibility is expected
    assert says in verdict.message


def test_only_what_is_vouched_for_is_announced() -> None:
    assert list(New.VERSIONS.accepted()) == [(0xA1, Direction.READS)]


def test_directions_have_the_numbers_of_the_control_messages() -> None:
    assert {each.name: each.value for each in AnnouncedDirection} == {
        each.name: each.value for each in Direction if each is not Direction.NEITHER
    }
    assert [each.reversed() for each in Direction] == [
        Direction.NEITHER,
        Direction.IS_READ_BY,
        Direction.READS,
        Direction.BOTH,
    ]


def test_a_message_without_history_knows_itself() -> None:
    peer = PeerVersion(Heartbeat.WIRE_DIGEST)
    assert Heartbeat.version_verdict(peer).compatibility is Compatibility.EXACT
    assert Heartbeat.version_verdict(PeerVersion(1)).compatibility is Compatibility.INCOMPATIBLE
