"""Frames out of a stream of bytes that arrives in pieces of any size."""

from __future__ import annotations

from collections.abc import Container

from mycelium.errors import FrameError
from mycelium.frames import (
    HEADER_SIZE,
    MAXIMUM_FRAME_LENGTH,
    Frame,
    FrameHeader,
    check_content,
    parse_header,
    split_content,
)
from mycelium.wire import Buffer, plain_view


class FrameReader:
    """Takes bytes as they come, gives frames as they become complete.

    Holds no more than what arrived of frames not yet complete: what a header merely promises is never set aside. A
    stream that breaks the rules once cannot be trusted to show where its next frame starts: from then on every call
    raises the same :class:`~mycelium.FrameError`, whose offset counts from the start of its frame.
    """

    def __init__(self, known_types: Container[int] | None = None, limit: int = MAXIMUM_FRAME_LENGTH) -> None:
        self._known_types = known_types
        self._limit = limit
        self._pending = bytearray()
        self._header: FrameHeader | None = None
        self._failure: FrameError | None = None

    @property
    def pending_size(self) -> int:
        """Bytes held of a frame that is not complete."""
        return len(self._pending)

    def feed(self, data: Buffer) -> list[Frame]:
        """The frames that are complete with these bytes, in their order.

        When frames precede an offence they are given first, and the next call raises.
        """
        if self._failure is not None:
            raise self._failure
        self._pending += plain_view(data)
        frames: list[Frame] = []
        try:
            while (frame := self._next_frame()) is not None:
                frames.append(frame)
        except FrameError as error:
            self._failure = error
            self._pending.clear()
            if not frames:
                raise
        return frames

    def finish(self) -> None:
        """Tell that the stream has ended: TRUNCATED when it did within a frame."""
        if self._failure is not None:
            raise self._failure
        if self._pending:
            header = parse_header(self._pending, self._limit)
            check_content(header, len(self._pending) - HEADER_SIZE, None)

    def _next_frame(self) -> Frame | None:
        if self._header is None:
            if len(self._pending) < HEADER_SIZE:
                return None
            self._header = parse_header(self._pending, self._limit)
        size = HEADER_SIZE + self._header.length
        if len(self._pending) < size:
            return None
        check_content(self._header, self._header.length, self._known_types)
        with memoryview(self._pending) as view:
            frame = split_content(self._header, view[HEADER_SIZE:size])
        del self._pending[:size]
        self._header = None
        return frame
