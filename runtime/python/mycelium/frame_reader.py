"""Frames out of a stream of bytes that arrives in pieces of any size."""

from __future__ import annotations

from collections.abc import Container

from mycelium.errors import ErrorCode, FrameError
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
    frame of an unknown type is passed over after its :class:`~mycelium.FrameError` was raised. A stream that breaks
    another rule cannot be trusted to show where its next frame starts: from then on every call raises the same
    error. Offsets count from the start of the frame.
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

        When frames precede an offence they are given first, and the next call raises; after an unknown type the call after
        that goes on, with ``b""`` where nothing more has arrived.
        """
        self._pending += plain_view(data)
        self._raise_failure()
        frames: list[Frame] = []
        try:
            while (frame := self._next_frame()) is not None:
                frames.append(frame)
        except FrameError as error:
            self._failure = error
            if not frames:
                self._raise_failure()
        return frames

    def finish(self) -> None:
        """Tell that the stream has ended: TRUNCATED when it did within a frame."""
        self._raise_failure()
        if self._pending:
            header = parse_header(self._pending, self._limit)
            check_content(header, len(self._pending) - HEADER_SIZE, None)

    def _raise_failure(self) -> None:
        """Raise what was found and not yet told; what follows an unknown type can still be read."""
        failure = self._failure
        if failure is None:
            return
        if failure.code is ErrorCode.UNKNOWN_TYPE:
            self._failure = None
        else:
            self._pending.clear()
        raise failure

    def _next_frame(self) -> Frame | None:
        if self._header is None:
            if len(self._pending) < HEADER_SIZE:
                return None
            self._header = parse_header(self._pending, self._limit)
        size = HEADER_SIZE + self._header.length
        if len(self._pending) < size:
            return None
        header, self._header = self._header, None
        try:
            check_content(header, header.length, self._known_types)
            with memoryview(self._pending) as view:
                return split_content(header, view[HEADER_SIZE:size])
        finally:
            del self._pending[:size]
