"""Frames: a body with its type id and length, and an envelope where one is wanted (docs/wire.md, *Frame*)."""

from __future__ import annotations

import struct
from collections.abc import Container, Mapping

import msgspec

from mycelium.errors import EncodeError, ErrorCode, FrameError
from mycelium.message import Message
from mycelium.wire import Buffer, plain_view

WIRE_VERSION = 1

HEADER_SIZE = 8
"""Bytes before what ``length`` counts."""

LENGTH_OFFSET = 4
"""Where in a frame its length stands, in bytes: the offence of a length that promises too much."""

PATH = "Frame"
"""The path of offences in a frame itself, not in its body."""

ENVELOPE_SIZE = 56

MAXIMUM_FRAME_LENGTH = 16 * 1024 * 1024
"""Largest ``length`` of a frame unless chosen otherwise: 16 MiB."""

_HEADER = struct.Struct("<HBBI")
_ENVELOPE = struct.Struct("<Qq16s8sQII")
_ENVELOPE_FLAG = 1


class Envelope(msgspec.Struct, frozen=True, kw_only=True):
    """How a message travelled.

    ``sequence`` counts per publishing node and message type from 1: a gap tells how many were lost.
    ``published_at`` is in nanoseconds since 1970-01-01 UTC. ``trace_id`` is 16 bytes, ``span_id`` 8.
    ``correlation_id`` ties a reply to its request. ``source`` and ``destination`` are node numbers, 0 when unset.
    """

    sequence: int = 0
    published_at: int = 0
    trace_id: bytes = bytes(16)
    span_id: bytes = bytes(8)
    correlation_id: int = 0
    source: int = 0
    destination: int = 0


class FrameHeader(msgspec.Struct, frozen=True):
    """The first 8 bytes of a frame. ``length`` counts what follows them, the envelope included."""

    type_id: int
    has_envelope: bool
    length: int


class Frame(msgspec.Struct, frozen=True):
    """A frame taken apart, its body not yet read."""

    type_id: int
    envelope: Envelope | None
    body: bytes


class DecodedFrame(msgspec.Struct, frozen=True):
    """The message of a frame, and its envelope where it had one."""

    message: Message
    envelope: Envelope | None


def encode_frame(
    message: Message, envelope: Envelope | None = None, limit: int = MAXIMUM_FRAME_LENGTH
) -> bytes:
    """The frame of a message.

    Raises :class:`~mycelium.EncodeError` when the message or envelope cannot be written, when its type has no type
    id, and with FRAME_TOO_LARGE when the length would be beyond ``limit`` bytes.
    """
    if message.TYPE_ID is None:
        detail = "a message without a type id only lies inside others"
        raise EncodeError(ErrorCode.ENCODE_TYPE, message.__plan__.name, 0, detail)
    return join_frame(message.TYPE_ID, message.encode(), envelope, limit)


def join_frame(
    type_id: int, body: bytes, envelope: Envelope | None = None, limit: int = MAXIMUM_FRAME_LENGTH
) -> bytes:
    """The frame of a body already encoded."""
    length = len(body) if envelope is None else len(body) + ENVELOPE_SIZE
    if length > limit:
        raise EncodeError(ErrorCode.FRAME_TOO_LARGE, PATH, 0, f"{length} bytes, at most {limit}")
    if envelope is None:
        return _HEADER.pack(type_id, 0, WIRE_VERSION, length) + body
    return _HEADER.pack(type_id, _ENVELOPE_FLAG, WIRE_VERSION, length) + _pack_envelope(envelope) + body


def _pack_envelope(envelope: Envelope) -> bytes:
    for name, size in (("trace_id", 16), ("span_id", 8)):
        value = getattr(envelope, name)
        if not isinstance(value, bytes):
            raise EncodeError(ErrorCode.ENCODE_TYPE, f"Envelope.{name}", 0, f"{size} bytes are needed")
        if len(value) != size:
            detail = f"{len(value)} bytes where {size} belong"
            raise EncodeError(ErrorCode.BAD_LENGTH, f"Envelope.{name}", 0, detail)
    try:
        return _ENVELOPE.pack(
            envelope.sequence,
            envelope.published_at,
            envelope.trace_id,
            envelope.span_id,
            envelope.correlation_id,
            envelope.source,
            envelope.destination,
        )
    except struct.error as error:
        raise EncodeError(ErrorCode.ENCODE_RANGE, "Envelope", 0, str(error)) from None


def parse_header(data: Buffer, limit: int = MAXIMUM_FRAME_LENGTH) -> FrameHeader:
    """The header that these bytes, maybe longer, begin with.

    Raises :class:`~mycelium.FrameError`: TRUNCATED below 8 bytes, BAD_VERSION, BAD_FLAGS, FRAME_TOO_LARGE.
    """
    if len(data) < HEADER_SIZE:
        raise FrameError(ErrorCode.TRUNCATED, PATH, 0, f"a frame has at least {HEADER_SIZE} bytes")
    type_id, flags, version, length = _HEADER.unpack_from(data)
    if version != WIRE_VERSION:
        raise FrameError(ErrorCode.BAD_VERSION, PATH, 3, f"version {version}, not {WIRE_VERSION}")
    if flags & ~_ENVELOPE_FLAG:
        raise FrameError(ErrorCode.BAD_FLAGS, PATH, 2, "only bit 0 has a meaning")
    if length > limit:
        raise FrameError(ErrorCode.FRAME_TOO_LARGE, PATH, LENGTH_OFFSET, f"{length} bytes, at most {limit}")
    return FrameHeader(type_id, flags == _ENVELOPE_FLAG, length)


def check_content(header: FrameHeader, present: int, known_types: Container[int] | None) -> None:
    """Refuse a frame of whose content only ``present`` bytes are there, or whose type is not known.

    Raises :class:`~mycelium.FrameError`: TRUNCATED, also where an envelope has no room, then UNKNOWN_TYPE.
    """
    if present < header.length:
        detail = f"{present} bytes after the header where {header.length} belong"
        raise FrameError(ErrorCode.TRUNCATED, PATH, LENGTH_OFFSET, detail)
    if header.has_envelope and header.length < ENVELOPE_SIZE:
        raise FrameError(ErrorCode.TRUNCATED, PATH, LENGTH_OFFSET, "the envelope runs past the end")
    if header.type_id == 0 or known_types is not None and header.type_id not in known_types:
        raise FrameError(ErrorCode.UNKNOWN_TYPE, PATH, 0, f"type id {header.type_id}")


def split_content(header: FrameHeader, content: Buffer) -> Frame:
    """The frame with this header, from the ``length`` bytes after it."""
    if not header.has_envelope:
        return Frame(header.type_id, None, bytes(content))
    envelope = _unpack_envelope(content)
    return Frame(header.type_id, envelope, bytes(content[ENVELOPE_SIZE:]))


def _unpack_envelope(content: Buffer) -> Envelope:
    sequence, published_at, trace_id, span_id, correlation_id, source, destination = _ENVELOPE.unpack_from(
        content
    )
    return Envelope(
        sequence=sequence,
        published_at=published_at,
        trace_id=trace_id,
        span_id=span_id,
        correlation_id=correlation_id,
        source=source,
        destination=destination,
    )


def parse_frame(
    data: Buffer, known_types: Container[int] | None = None, limit: int = MAXIMUM_FRAME_LENGTH
) -> Frame:
    """Exactly one frame, taken apart. ``known_types`` are the acceptable type ids, None: all but 0.

    Raises :class:`~mycelium.FrameError` for the first offence, TRAILING_BYTES being the last.
    """
    view = plain_view(data)
    header = parse_header(view, limit)
    content = view[HEADER_SIZE:]
    check_content(header, len(content), known_types)
    if len(content) > header.length:
        offset = HEADER_SIZE + header.length
        raise FrameError(
            ErrorCode.TRAILING_BYTES, PATH, offset, f"{len(content) - header.length} bytes too many"
        )
    return split_content(header, content)


def decode_frame(
    data: Buffer, messages: Mapping[int, type[Message]], limit: int = MAXIMUM_FRAME_LENGTH
) -> DecodedFrame:
    """The message in exactly one frame; ``messages`` are the known ones by type id.

    Raises :class:`~mycelium.FrameError` where it is no frame for here, then :class:`~mycelium.DecodeError` where its
    body is not legal, with an offset from the start of the body.
    """
    view = plain_view(data)
    if len(view) >= HEADER_SIZE:
        type_id, flags, version, length = _HEADER.unpack_from(view)
        expected = (0, WIRE_VERSION, len(view) - HEADER_SIZE)
        message = messages.get(type_id)
        if (flags, version, length) == expected and length <= limit and message is not None and type_id:
            return DecodedFrame(message.decode(view[HEADER_SIZE:]), None)  # as most frames are, in few steps
    frame = parse_frame(view, messages, limit)
    return DecodedFrame(messages[frame.type_id].decode(frame.body), frame.envelope)
