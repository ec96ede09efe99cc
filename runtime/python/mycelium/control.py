"""What two nodes say to each other about the connection itself. First draft."""

from __future__ import annotations

from typing import Any, Final

from mycelium import fast_path as _fast
from mycelium import plan as _plan
from mycelium.codec import describe_message, describe_struct
from mycelium.enums import ClosedEnum, OpenEnum
from mycelium.message import Message, Struct

__all__ = [
    "AcceptedDigest",
    "Direction",
    "Goodbye",
    "GoodbyeCode",
    "Heartbeat",
    "Hello",
    "MAXIMUM_MESSAGES",
    "MAXIMUM_SERVICES",
    "MessageVersion",
    "Mismatch",
    "Reject",
    "RejectCode",
    "Subscribe",
    "Welcome",
]

MAXIMUM_SERVICES: Final[int] = 256
"""Most services one node may announce."""
MAXIMUM_MESSAGES: Final[int] = 16384
"""Most message types one node may announce."""


class Direction(ClosedEnum):
    """Which way the peer's own history vouches for a digest."""

    READS = 1
    """This node can read what a writer of that digest sends."""
    IS_READ_BY = 2
    """A reader of that digest can read what this node sends."""
    BOTH = 3


Direction.__plan__ = _plan.EnumPlan(
    name="Direction",
    qualified_name="mycelium.control.Direction",
    bits=8,
    closed=True,
    names={1: "READS", 2: "IS_READ_BY", 3: "BOTH"},
)


class RejectCode(OpenEnum):
    """An open enum: numbers without a name survive."""

    WIRE_VERSION = 1
    INCOMPATIBLE_MESSAGE = 2
    UNKNOWN_SERVICE = 3
    NODE_CLAIMED = 4
    NOT_ALLOWED = 5
    TIMED_OUT = 6
    MALFORMED = 7


RejectCode.__plan__ = _plan.EnumPlan(
    name="RejectCode",
    qualified_name="mycelium.control.RejectCode",
    bits=16,
    closed=False,
    names={
        1: "WIRE_VERSION",
        2: "INCOMPATIBLE_MESSAGE",
        3: "UNKNOWN_SERVICE",
        4: "NODE_CLAIMED",
        5: "NOT_ALLOWED",
        6: "TIMED_OUT",
        7: "MALFORMED",
    },
)


class GoodbyeCode(OpenEnum):
    """An open enum: numbers without a name survive."""

    SHUTDOWN = 1
    RESTART = 2
    PROTOCOL_ERROR = 3


GoodbyeCode.__plan__ = _plan.EnumPlan(
    name="GoodbyeCode",
    qualified_name="mycelium.control.GoodbyeCode",
    bits=16,
    closed=False,
    names={1: "SHUTDOWN", 2: "RESTART", 3: "PROTOCOL_ERROR"},
)


class AcceptedDigest(Struct, frozen=True):
    """A version of a message other than the current one, known from the committed history."""

    wire_digest: int  # u64
    direction: Direction  # Direction


class MessageVersion(Message, frozen=True, kw_only=True):
    """One message type this node knows."""

    NAME = "mycelium.control.MessageVersion"
    WIRE_DIGEST = 0x32838496C129F904
    FULL_DIGEST = 0xA030572A04C79AD9

    type_id: int  # u16
    wire_digest: int  # u64
    name: str  # string<1..256>, tag 1
    """Full name, for errors that people can read."""
    version: str | None = None  # string<32>?, tag 2
    accepted: tuple[AcceptedDigest, ...] = ()  # list<AcceptedDigest, 1024>, tag 3


class Hello(Message, frozen=True, kw_only=True):
    """The first message on every connection, sent by both sides."""

    NAME = "mycelium.control.Hello"
    TYPE_ID = 1
    WIRE_DIGEST = 0x636AD9CA684E4109
    FULL_DIGEST = 0x36E5FD03F1B8799B

    node: int  # u32
    wire_version: int  # u8
    node_name: str  # string<1..128>, tag 1
    services: tuple[str, ...]  # list<string<1..128>, 256>, tag 2
    messages: tuple[MessageVersion, ...]  # list<MessageVersion, 16384>, tag 3
    subscriptions: tuple[int, ...]  # list<u16, 16384>, tag 4
    """Type ids this node wants to receive."""


class Welcome(Message, frozen=True, kw_only=True):
    """The answer to a Hello that is agreed to."""

    NAME = "mycelium.control.Welcome"
    TYPE_ID = 2
    WIRE_DIGEST = 0x6D9400832C0AEE11
    FULL_DIGEST = 0xA61A18659964AF8F

    node: int  # u32
    agreed: tuple[int, ...]  # list<u16, 16384>, tag 1
    """Type ids that may flow on this connection."""


class Mismatch(Message, frozen=True, kw_only=True):
    """One message type the two sides cannot agree on."""

    NAME = "mycelium.control.Mismatch"
    WIRE_DIGEST = 0x028CAEA4022451D4
    FULL_DIGEST = 0xAF6FFB668A0B88A2

    type_id: int  # u16
    local_digest: int  # u64
    peer_digest: int  # u64
    name: str  # string<1..256>, tag 1
    reason: str  # string<1024>, tag 2
    """The fields that differ, in words."""


class Reject(Message, frozen=True, kw_only=True):
    """The answer to a Hello that is refused; the connection closes after it."""

    NAME = "mycelium.control.Reject"
    TYPE_ID = 3
    WIRE_DIGEST = 0xD70A98607BAFAD05
    FULL_DIGEST = 0x8F93B1DE3D24DC1C

    code: RejectCode  # RejectCode
    reason: str  # string<1024>, tag 1
    mismatches: tuple[Mismatch, ...] = ()  # list<Mismatch, 256>, tag 2


class Subscribe(Message, frozen=True, kw_only=True):
    """Changes which types the sender wants to receive."""

    NAME = "mycelium.control.Subscribe"
    TYPE_ID = 4
    WIRE_DIGEST = 0xB637A87F2C4B545C
    FULL_DIGEST = 0xB27F5DB1137B4D6E

    add: tuple[int, ...] = ()  # list<u16, 16384>, tag 1
    remove: tuple[int, ...] = ()  # list<u16, 16384>, tag 2


class Heartbeat(Message, frozen=True, kw_only=True):
    """Shows that the sender is alive, and until when its messages are complete."""

    NAME = "mycelium.control.Heartbeat"
    TYPE_ID = 5
    WIRE_DIGEST = 0x14DFE6162B7E19A0
    FULL_DIGEST = 0xB52C17E19B8F236F

    time: int  # timestamp
    watermark: int  # timestamp
    """No later message of this node will carry an earlier publication time."""


class Goodbye(Message, frozen=True, kw_only=True):
    """The last message before an orderly close."""

    NAME = "mycelium.control.Goodbye"
    TYPE_ID = 6
    WIRE_DIGEST = 0xB23C4E324CBC5E5C
    FULL_DIGEST = 0x8E8C3DBF766ED91F

    code: GoodbyeCode  # GoodbyeCode
    reason: str | None = None  # string<1024>?, tag 1


# --- Wire format: how the codec reads and writes what is declared above ---

describe_struct(
    AcceptedDigest,
    _plan.StructPlan(
        name="AcceptedDigest",
        qualified_name="mycelium.control.AcceptedDigest",
        size=9,
        fields=(
            _plan.StructField(
                "wire_digest",
                "wire_digest",
                _plan.Integer(64, False),
                0,
            ),
            _plan.StructField("direction", "direction", _plan.Enum(Direction), 8),
        ),
    ),
)
_MESSAGE_VERSION_1 = _fast.struct.Struct("<BBHQ")
_VALUE_1 = _fast.struct.Struct("<QB")
_HELLO_1 = _fast.struct.Struct("<BBIB")
_WELCOME_1 = _fast.struct.Struct("<BBI")
_MISMATCH_1 = _fast.struct.Struct("<BBHQQ")
_REJECT_1 = _fast.struct.Struct("<BBH")
_REJECT_CODE_NUMBERS = _fast.numbers(RejectCode)
_HEARTBEAT_1 = _fast.struct.Struct("<BBqq")
_GOODBYE_CODE_NUMBERS = _fast.numbers(GoodbyeCode)
_DIRECTION_NUMBERS = _fast.numbers(Direction)


def _build_accepted_digest(wire_digest: Any, direction: Any) -> AcceptedDigest:
    return AcceptedDigest(wire_digest, _DIRECTION_NUMBERS[direction])


def _spread_accepted_digest(value: AcceptedDigest) -> tuple[Any, ...]:
    if type(value) is not AcceptedDigest:
        raise _fast.Unexpected
    wire_digest = value.wire_digest
    direction = value.direction
    if type(wire_digest) is not int or type(direction) is not Direction:
        raise _fast.Unexpected
    return (wire_digest, direction)


def _read_message_version(
    data: _fast.Buffer,
    position: int,
    end: int,
    depth: int,
) -> MessageVersion:
    (
        header,
        header_2,
        type_id,
        wire_digest,
    ) = _MESSAGE_VERSION_1.unpack_from(data, position)
    if header != 0x06 or header_2 != 0x0A:
        raise _fast.Unexpected
    position += 12
    if data[position] != 0x0E:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size > 256 or size < 1:
        raise _fast.Unexpected
    name = str(data[start:position], "utf-8")
    version: str | None = None
    if position < end and data[position] == 0x16:
        size = data[position + 1]
        start = position + 2
        if size > 253:
            start, size = _fast.long_length(data, position + 1)
        position = start + size
        if size > 32:
            raise _fast.Unexpected
        version = str(data[start:position], "utf-8")
    if data[position] != 0x1E:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size % 9 or size > 9216:
        raise _fast.Unexpected
    raws = _VALUE_1.iter_unpack(data[start:position])
    accepted = tuple(_fast.starmap(_build_accepted_digest, raws))
    if position != end:
        raise _fast.Unexpected
    return MessageVersion(
        type_id=type_id,
        wire_digest=wire_digest,
        name=name,
        version=version,
        accepted=accepted,
    )


def _write_message_version(message: MessageVersion, depth: int) -> bytes:
    parts: list[bytes] = []
    type_id = message.type_id
    wire_digest = message.wire_digest
    if type(type_id) is not int or type(wire_digest) is not int:
        raise _fast.Unexpected
    parts.append(_MESSAGE_VERSION_1.pack(0x06, 0x0A, type_id, wire_digest))
    name = message.name
    body = name.encode("utf-8")
    if len(body) > 256 or len(body) < 1:
        raise _fast.Unexpected
    parts += (b"\x0e", _fast.length_prefix(len(body)), body)
    version = message.version
    if version is not None:
        body_2 = version.encode("utf-8")
        if len(body_2) > 32:
            raise _fast.Unexpected
        parts += (b"\x16", _fast.length_prefix(len(body_2)), body_2)
    accepted = message.accepted
    if type(accepted) is not tuple or len(accepted) > 1024:
        raise _fast.Unexpected
    body_3 = b"".join(
        [_VALUE_1.pack(*_spread_accepted_digest(item)) for item in accepted],
    )
    parts += (b"\x1e", _fast.length_prefix(len(body_3)), body_3)
    return b"".join(parts)


def _read_hello(data: _fast.Buffer, position: int, end: int, depth: int) -> Hello:
    header, header_2, node, wire_version = _HELLO_1.unpack_from(data, position)
    if header != 0x06 or header_2 != 0x05:
        raise _fast.Unexpected
    position += 7
    if data[position] != 0x0E:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size > 128 or size < 1:
        raise _fast.Unexpected
    node_name = str(data[start:position], "utf-8")
    if data[position] != 0x16:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    items: list[str] = []
    while start < position:
        size_2 = data[start]
        start_2 = start + 1
        if size_2 > 253:
            start_2, size_2 = _fast.long_length(data, start)
        start = start_2 + size_2
        if size_2 > 128 or size_2 < 1:
            raise _fast.Unexpected
        item = str(data[start_2:start], "utf-8")
        items.append(item)
    if start != position or len(items) > 256:
        raise _fast.Unexpected
    services = tuple(items)
    if data[position] != 0x1E:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    items_2: list[MessageVersion] = []
    while start < position:
        size_2 = data[start]
        start_2 = start + 1
        if size_2 > 253:
            start_2, size_2 = _fast.long_length(data, start)
        start = start_2 + size_2
        item_2 = _read_message_version(data, start_2, start, depth + 2)
        items_2.append(item_2)
    if start != position or len(items_2) > 16384:
        raise _fast.Unexpected
    messages = tuple(items_2)
    if data[position] != 0x26:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size % 2 or size > 32768:
        raise _fast.Unexpected
    subscriptions = _fast.struct.unpack_from(f"<{size // 2}H", data, start)
    if position != end:
        raise _fast.Unexpected
    return Hello(
        node=node,
        wire_version=wire_version,
        node_name=node_name,
        services=services,
        messages=messages,
        subscriptions=subscriptions,
    )


def _write_hello(message: Hello, depth: int) -> bytes:
    parts: list[bytes] = []
    node = message.node
    wire_version = message.wire_version
    if type(node) is not int or type(wire_version) is not int:
        raise _fast.Unexpected
    parts.append(_HELLO_1.pack(0x06, 0x05, node, wire_version))
    node_name = message.node_name
    body = node_name.encode("utf-8")
    if len(body) > 128 or len(body) < 1:
        raise _fast.Unexpected
    parts += (b"\x0e", _fast.length_prefix(len(body)), body)
    services = message.services
    if type(services) is not tuple or len(services) > 256:
        raise _fast.Unexpected
    items: list[bytes] = []
    for item in services:
        body_3 = item.encode("utf-8")
        if len(body_3) > 128 or len(body_3) < 1:
            raise _fast.Unexpected
        items += (_fast.length_prefix(len(body_3)), body_3)
    body_2 = b"".join(items)
    parts += (b"\x16", _fast.length_prefix(len(body_2)), body_2)
    messages = message.messages
    if type(messages) is not tuple or len(messages) > 16384:
        raise _fast.Unexpected
    items_2: list[bytes] = []
    for item_2 in messages:
        if type(item_2) is not MessageVersion:
            raise _fast.Unexpected
        body_5 = _write_message_version(item_2, depth + 2)
        items_2 += (_fast.length_prefix(len(body_5)), body_5)
    body_4 = b"".join(items_2)
    parts += (b"\x1e", _fast.length_prefix(len(body_4)), body_4)
    subscriptions = message.subscriptions
    if type(subscriptions) is not tuple or len(subscriptions) > 16384:
        raise _fast.Unexpected
    if not _fast.INTEGER_TYPES.issuperset(map(type, subscriptions)):
        raise _fast.Unexpected
    body_6 = _fast.struct.pack(f"<{len(subscriptions)}H", *subscriptions)
    parts += (b"\x26", _fast.length_prefix(len(body_6)), body_6)
    return b"".join(parts)


def _read_welcome(data: _fast.Buffer, position: int, end: int, depth: int) -> Welcome:
    header, header_2, node = _WELCOME_1.unpack_from(data, position)
    if header != 0x06 or header_2 != 0x04:
        raise _fast.Unexpected
    position += 6
    if data[position] != 0x0E:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size % 2 or size > 32768:
        raise _fast.Unexpected
    agreed = _fast.struct.unpack_from(f"<{size // 2}H", data, start)
    if position != end:
        raise _fast.Unexpected
    return Welcome(node=node, agreed=agreed)


def _write_welcome(message: Welcome, depth: int) -> bytes:
    parts: list[bytes] = []
    node = message.node
    if type(node) is not int:
        raise _fast.Unexpected
    parts.append(_WELCOME_1.pack(0x06, 0x04, node))
    agreed = message.agreed
    if type(agreed) is not tuple or len(agreed) > 16384:
        raise _fast.Unexpected
    if not _fast.INTEGER_TYPES.issuperset(map(type, agreed)):
        raise _fast.Unexpected
    body = _fast.struct.pack(f"<{len(agreed)}H", *agreed)
    parts += (b"\x0e", _fast.length_prefix(len(body)), body)
    return b"".join(parts)


def _read_mismatch(data: _fast.Buffer, position: int, end: int, depth: int) -> Mismatch:
    (
        header,
        header_2,
        type_id,
        local_digest,
        peer_digest,
    ) = _MISMATCH_1.unpack_from(data, position)
    if header != 0x06 or header_2 != 0x12:
        raise _fast.Unexpected
    position += 20
    if data[position] != 0x0E:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size > 256 or size < 1:
        raise _fast.Unexpected
    name = str(data[start:position], "utf-8")
    if data[position] != 0x16:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size > 1024:
        raise _fast.Unexpected
    reason = str(data[start:position], "utf-8")
    if position != end:
        raise _fast.Unexpected
    return Mismatch(
        type_id=type_id,
        local_digest=local_digest,
        peer_digest=peer_digest,
        name=name,
        reason=reason,
    )


def _write_mismatch(message: Mismatch, depth: int) -> bytes:
    parts: list[bytes] = []
    type_id = message.type_id
    local_digest = message.local_digest
    peer_digest = message.peer_digest
    if type(type_id) is not int or type(local_digest) is not int:
        raise _fast.Unexpected
    if type(peer_digest) is not int:
        raise _fast.Unexpected
    parts.append(_MISMATCH_1.pack(0x06, 0x12, type_id, local_digest, peer_digest))
    name = message.name
    body = name.encode("utf-8")
    if len(body) > 256 or len(body) < 1:
        raise _fast.Unexpected
    parts += (b"\x0e", _fast.length_prefix(len(body)), body)
    reason = message.reason
    body_2 = reason.encode("utf-8")
    if len(body_2) > 1024:
        raise _fast.Unexpected
    parts += (b"\x16", _fast.length_prefix(len(body_2)), body_2)
    return b"".join(parts)


def _read_reject(data: _fast.Buffer, position: int, end: int, depth: int) -> Reject:
    header, header_2, code = _REJECT_1.unpack_from(data, position)
    if header != 0x06 or header_2 != 0x02:
        raise _fast.Unexpected
    code = (
        _REJECT_CODE_NUMBERS[code] if code in _REJECT_CODE_NUMBERS else RejectCode(code)
    )
    position += 4
    if data[position] != 0x0E:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size > 1024:
        raise _fast.Unexpected
    reason = str(data[start:position], "utf-8")
    if data[position] != 0x16:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    items: list[Mismatch] = []
    while start < position:
        size_2 = data[start]
        start_2 = start + 1
        if size_2 > 253:
            start_2, size_2 = _fast.long_length(data, start)
        start = start_2 + size_2
        item = _read_mismatch(data, start_2, start, depth + 2)
        items.append(item)
    if start != position or len(items) > 256:
        raise _fast.Unexpected
    mismatches = tuple(items)
    if position != end:
        raise _fast.Unexpected
    return Reject(code=code, reason=reason, mismatches=mismatches)


def _write_reject(message: Reject, depth: int) -> bytes:
    parts: list[bytes] = []
    code = message.code
    if type(code) is not RejectCode:
        raise _fast.Unexpected
    parts.append(_REJECT_1.pack(0x06, 0x02, code))
    reason = message.reason
    body = reason.encode("utf-8")
    if len(body) > 1024:
        raise _fast.Unexpected
    parts += (b"\x0e", _fast.length_prefix(len(body)), body)
    mismatches = message.mismatches
    if type(mismatches) is not tuple or len(mismatches) > 256:
        raise _fast.Unexpected
    items: list[bytes] = []
    for item in mismatches:
        if type(item) is not Mismatch:
            raise _fast.Unexpected
        body_3 = _write_mismatch(item, depth + 2)
        items += (_fast.length_prefix(len(body_3)), body_3)
    body_2 = b"".join(items)
    parts += (b"\x16", _fast.length_prefix(len(body_2)), body_2)
    return b"".join(parts)


def _read_subscribe(
    data: _fast.Buffer,
    position: int,
    end: int,
    depth: int,
) -> Subscribe:
    if data[position] != 0x0E:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size % 2 or size > 32768:
        raise _fast.Unexpected
    add = _fast.struct.unpack_from(f"<{size // 2}H", data, start)
    if data[position] != 0x16:
        raise _fast.Unexpected
    size = data[position + 1]
    start = position + 2
    if size > 253:
        start, size = _fast.long_length(data, position + 1)
    position = start + size
    if size % 2 or size > 32768:
        raise _fast.Unexpected
    remove = _fast.struct.unpack_from(f"<{size // 2}H", data, start)
    if position != end:
        raise _fast.Unexpected
    return Subscribe(add=add, remove=remove)


def _write_subscribe(message: Subscribe, depth: int) -> bytes:
    parts: list[bytes] = []
    add = message.add
    if type(add) is not tuple or len(add) > 16384:
        raise _fast.Unexpected
    if not _fast.INTEGER_TYPES.issuperset(map(type, add)):
        raise _fast.Unexpected
    body = _fast.struct.pack(f"<{len(add)}H", *add)
    parts += (b"\x0e", _fast.length_prefix(len(body)), body)
    remove = message.remove
    if type(remove) is not tuple or len(remove) > 16384:
        raise _fast.Unexpected
    if not _fast.INTEGER_TYPES.issuperset(map(type, remove)):
        raise _fast.Unexpected
    body_2 = _fast.struct.pack(f"<{len(remove)}H", *remove)
    parts += (b"\x16", _fast.length_prefix(len(body_2)), body_2)
    return b"".join(parts)


def _read_heartbeat(
    data: _fast.Buffer,
    position: int,
    end: int,
    depth: int,
) -> Heartbeat:
    header, header_2, time, watermark = _HEARTBEAT_1.unpack_from(data, position)
    if header != 0x06 or header_2 != 0x10:
        raise _fast.Unexpected
    position += 18
    if position != end:
        raise _fast.Unexpected
    return Heartbeat(time=time, watermark=watermark)


def _write_heartbeat(message: Heartbeat, depth: int) -> bytes:
    time = message.time
    watermark = message.watermark
    if type(time) is not int or type(watermark) is not int:
        raise _fast.Unexpected
    return _HEARTBEAT_1.pack(0x06, 0x10, time, watermark)


def _decode_heartbeat(data: _fast.Buffer) -> Heartbeat:
    try:
        header, header_2, time, watermark = _HEARTBEAT_1.unpack(data)
        if header != 0x06 or header_2 != 0x10:
            raise _fast.Unexpected
        return Heartbeat(time=time, watermark=watermark)
    except Exception:
        return _fast.decode_carefully(Heartbeat, data)


def _read_goodbye(data: _fast.Buffer, position: int, end: int, depth: int) -> Goodbye:
    header, header_2, code = _REJECT_1.unpack_from(data, position)
    if header != 0x06 or header_2 != 0x02:
        raise _fast.Unexpected
    code = (
        _GOODBYE_CODE_NUMBERS[code]
        if code in _GOODBYE_CODE_NUMBERS
        else GoodbyeCode(code)
    )
    position += 4
    reason: str | None = None
    if position < end and data[position] == 0x0E:
        size = data[position + 1]
        start = position + 2
        if size > 253:
            start, size = _fast.long_length(data, position + 1)
        position = start + size
        if size > 1024:
            raise _fast.Unexpected
        reason = str(data[start:position], "utf-8")
    if position != end:
        raise _fast.Unexpected
    return Goodbye(code=code, reason=reason)


def _write_goodbye(message: Goodbye, depth: int) -> bytes:
    parts: list[bytes] = []
    code = message.code
    if type(code) is not GoodbyeCode:
        raise _fast.Unexpected
    parts.append(_REJECT_1.pack(0x06, 0x02, code))
    reason = message.reason
    if reason is not None:
        body = reason.encode("utf-8")
        if len(body) > 1024:
            raise _fast.Unexpected
        parts += (b"\x0e", _fast.length_prefix(len(body)), body)
    return b"".join(parts)


describe_message(
    MessageVersion,
    _plan.MessagePlan(
        name="MessageVersion",
        qualified_name="mycelium.control.MessageVersion",
        block=(
            _plan.BlockField("type_id", "type_id", _plan.Integer(16, False), 0),
            _plan.BlockField("wire_digest", "wire_digest", _plan.Integer(64, False), 2),
        ),
        tagged=(
            _plan.TaggedField(1, "name", "name", _plan.String(minimum=1, maximum=256)),
            _plan.TaggedField(
                2,
                "version",
                "version",
                _plan.String(maximum=32),
                presence=_plan.Presence.OPTIONAL,
            ),
            _plan.TaggedField(
                3,
                "accepted",
                "accepted",
                _plan.List(_plan.Struct(AcceptedDigest), maximum=1024),
                presence=_plan.Presence.DEFAULTED,
                default=(),
            ),
        ),
    ),
    read=_read_message_version,
    write=_write_message_version,
    counted=False,
)
describe_message(
    Hello,
    _plan.MessagePlan(
        name="Hello",
        qualified_name="mycelium.control.Hello",
        type_id=1,
        block=(
            _plan.BlockField("node", "node", _plan.Integer(32, False), 0),
            _plan.BlockField(
                "wire_version",
                "wire_version",
                _plan.Integer(8, False),
                4,
            ),
        ),
        tagged=(
            _plan.TaggedField(
                1,
                "node_name",
                "node_name",
                _plan.String(minimum=1, maximum=128),
            ),
            _plan.TaggedField(
                2,
                "services",
                "services",
                _plan.List(_plan.String(minimum=1, maximum=128), maximum=256),
            ),
            _plan.TaggedField(
                3,
                "messages",
                "messages",
                _plan.List(_plan.Message(MessageVersion), maximum=16384),
            ),
            _plan.TaggedField(
                4,
                "subscriptions",
                "subscriptions",
                _plan.List(_plan.Integer(16, False), maximum=16384),
            ),
        ),
    ),
    read=_read_hello,
    write=_write_hello,
)
describe_message(
    Welcome,
    _plan.MessagePlan(
        name="Welcome",
        qualified_name="mycelium.control.Welcome",
        type_id=2,
        block=(_plan.BlockField("node", "node", _plan.Integer(32, False), 0),),
        tagged=(
            _plan.TaggedField(
                1,
                "agreed",
                "agreed",
                _plan.List(_plan.Integer(16, False), maximum=16384),
            ),
        ),
    ),
    read=_read_welcome,
    write=_write_welcome,
    counted=False,
)
describe_message(
    Mismatch,
    _plan.MessagePlan(
        name="Mismatch",
        qualified_name="mycelium.control.Mismatch",
        block=(
            _plan.BlockField("type_id", "type_id", _plan.Integer(16, False), 0),
            _plan.BlockField(
                "local_digest",
                "local_digest",
                _plan.Integer(64, False),
                2,
            ),
            _plan.BlockField(
                "peer_digest",
                "peer_digest",
                _plan.Integer(64, False),
                10,
            ),
        ),
        tagged=(
            _plan.TaggedField(1, "name", "name", _plan.String(minimum=1, maximum=256)),
            _plan.TaggedField(2, "reason", "reason", _plan.String(maximum=1024)),
        ),
    ),
    read=_read_mismatch,
    write=_write_mismatch,
    counted=False,
)
describe_message(
    Reject,
    _plan.MessagePlan(
        name="Reject",
        qualified_name="mycelium.control.Reject",
        type_id=3,
        block=(_plan.BlockField("code", "code", _plan.Enum(RejectCode), 0),),
        tagged=(
            _plan.TaggedField(1, "reason", "reason", _plan.String(maximum=1024)),
            _plan.TaggedField(
                2,
                "mismatches",
                "mismatches",
                _plan.List(_plan.Message(Mismatch), maximum=256),
                presence=_plan.Presence.DEFAULTED,
                default=(),
            ),
        ),
    ),
    read=_read_reject,
    write=_write_reject,
)
describe_message(
    Subscribe,
    _plan.MessagePlan(
        name="Subscribe",
        qualified_name="mycelium.control.Subscribe",
        type_id=4,
        tagged=(
            _plan.TaggedField(
                1,
                "add",
                "add",
                _plan.List(_plan.Integer(16, False), maximum=16384),
                presence=_plan.Presence.DEFAULTED,
                default=(),
            ),
            _plan.TaggedField(
                2,
                "remove",
                "remove",
                _plan.List(_plan.Integer(16, False), maximum=16384),
                presence=_plan.Presence.DEFAULTED,
                default=(),
            ),
        ),
    ),
    read=_read_subscribe,
    write=_write_subscribe,
    counted=False,
)
describe_message(
    Heartbeat,
    _plan.MessagePlan(
        name="Heartbeat",
        qualified_name="mycelium.control.Heartbeat",
        type_id=5,
        block=(
            _plan.BlockField("time", "time", _plan.Timestamp(), 0),
            _plan.BlockField("watermark", "watermark", _plan.Timestamp(), 8),
        ),
    ),
    read=_read_heartbeat,
    write=_write_heartbeat,
    decode=_decode_heartbeat,
    counted=False,
)
describe_message(
    Goodbye,
    _plan.MessagePlan(
        name="Goodbye",
        qualified_name="mycelium.control.Goodbye",
        type_id=6,
        block=(_plan.BlockField("code", "code", _plan.Enum(GoodbyeCode), 0),),
        tagged=(
            _plan.TaggedField(
                1,
                "reason",
                "reason",
                _plan.String(maximum=1024),
                presence=_plan.Presence.OPTIONAL,
            ),
        ),
    ),
    read=_read_goodbye,
    write=_write_goodbye,
    counted=False,
)
