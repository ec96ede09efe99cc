"""The rows of columns: frames that follow each other in one buffer, or bodies one by one."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate
from typing import NoReturn, TypeAlias

import msgspec

from mycelium.errors import CodecError, ErrorCode, FrameError, RowError
from mycelium.frames import ENVELOPE_SIZE, HEADER_SIZE, PATH, check_content, parse_header
from mycelium.message import Message
from mycelium.wire import Buffer, plain_view

FramesOrBodies: TypeAlias = (
    Buffer | list[Buffer] | tuple[Buffer, ...] | list[bytes] | list[bytearray] | list[memoryview]
)
"""A buffer is frames, one directly after the other; a list or tuple is bodies without frames."""


class Rows(msgspec.Struct, frozen=True):
    """Where the rows are. ``ends`` are those of bodies without frames, in bytes; None where ``data`` is frames."""

    data: memoryview
    ends: list[int] | None

    def bodies(self, message: type[Message]) -> Iterator[tuple[int, memoryview]]:
        """Where each row starts, and its body; :class:`RowError` at a frame that is none, or of another type."""
        if self.ends is None:
            yield from self._framed(message)
            return
        start = 0
        for end in self.ends:
            yield start, self.data[start:end]
            start = end

    def _framed(self, message: type[Message]) -> Iterator[tuple[int, memoryview]]:
        start = index = 0
        while start < len(self.data):
            try:
                body, end = framed_body(message, self.data, start)
            except FrameError as error:
                raise RowError(index, start, error) from error
            yield start, self.data[body:end]
            start, index = end, index + 1


def rows_of(message: type[Message], frames_or_bodies: FramesOrBodies) -> Rows:
    """The rows in what a caller gave. Bodies are joined, which copies them."""
    if isinstance(frames_or_bodies, list | tuple):
        bodies = [plain_view(body) for body in frames_or_bodies]
        return Rows(memoryview(b"".join(bodies)), list(accumulate(map(len, bodies))))
    return Rows(frames_of(message, frames_or_bodies), None)


def frames_of(message: type[Message], data: Buffer) -> memoryview:
    """The bytes of frames of a message that may have frames."""
    view = plain_view(data)
    if message.TYPE_ID is None:
        raise TypeError(f"{message.__plan__.name} has no type id, so no frames: give a list of bodies")
    return view


def framed_body(message: type[Message], data: memoryview, start: int) -> tuple[int, int]:
    """Where the body of the frame at ``start`` begins and ends; :class:`~mycelium.FrameError` for its first offence."""
    header = parse_header(data[start : start + HEADER_SIZE])
    check_content(header, len(data) - start - HEADER_SIZE, None)
    if header.type_id != message.TYPE_ID:
        detail = f"type id {header.type_id} where all are {message.TYPE_ID}, {message.__plan__.name}"
        raise FrameError(ErrorCode.UNKNOWN_TYPE, PATH, 0, detail)
    body = start + HEADER_SIZE + (ENVELOPE_SIZE if header.has_envelope else 0)
    return body, start + HEADER_SIZE + header.length


def refuse(message: type[Message], rows: Rows, index: int) -> NoReturn:
    """Raise :class:`RowError` for the first row from ``index`` on that offends."""
    for found, (start, body) in enumerate(rows.bodies(message)):
        if found < index:
            continue
        try:
            message.decode(body)
        except CodecError as error:
            raise RowError(found, start, error) from error
    raise AssertionError(f"row {index} was refused and is legal")
