"""Numbers and lengths of the wire format (docs/wire.md)."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeAlias

Buffer: TypeAlias = bytes | bytearray | memoryview
"""What a decoder reads from."""

MAXIMUM_DEPTH = 64
"""Deepest nesting of messages, unions, lists and maps; the top body is depth 1."""

ELEMENT_BUDGET = 262_144
"""Most variable list elements and map entries in one body, counted over the whole of it."""

VARIABLE_KIND = 6
"""Kind of a value preceded by its length."""

RESERVED_KIND = 7
"""Kind that no writer may use."""

SIZE_OF_KIND = (1, 2, 4, 8, 16, 32)
"""Bytes of a value of kind 0..5."""

KIND_OF_SIZE: Mapping[int, int] = MappingProxyType({1: 0, 2: 1, 4: 2, 8: 3, 16: 4, 32: 5})
"""Kind of a fixed-size value, where its size has one."""

FIRST_LONG_TAG = 31
"""Smallest tag that takes a u16 after the header byte."""

LARGEST_TAG = 65_535

SHORT_PREFIXES = tuple(bytes((size,)) for size in range(254))
"""Length prefixes of one byte, by length."""


def long_prefix(size: int) -> bytes:
    """The prefix of a length of 254 or more."""
    if size <= 0xFFFF:
        return b"\xfe" + size.to_bytes(2, "little")
    return b"\xff" + size.to_bytes(4, "little")


def length_prefix(size: int) -> bytes:
    """The shortest, and only legal, prefix of a length of 0..2**32 - 1."""
    return SHORT_PREFIXES[size] if size < 254 else long_prefix(size)


def element_header(tag: int, kind: int) -> bytes:
    """The header of an element: one byte for tags 0..30, three above."""
    if tag < FIRST_LONG_TAG:
        return bytes((tag << 3 | kind,))
    return bytes((FIRST_LONG_TAG << 3 | kind,)) + tag.to_bytes(2, "little")


def place_body(body: bytes, buffer: Buffer, offset: int) -> int:
    """Copy a body into a writable buffer from ``offset`` on; how many bytes it took.

    Raises :class:`TypeError` and :class:`ValueError` where that is not possible, and leaves the buffer as it was.
    """
    view = plain_view(buffer)
    if view.readonly:
        raise TypeError("a writable buffer is needed")
    if offset < 0:
        raise ValueError(f"the offset is {offset}: it counts from the start of the buffer")
    room = max(0, len(view) - offset)
    if room < len(body):
        raise ValueError(
            f"the message takes {len(body)} bytes, and the buffer has {room} after offset {offset}"
        )
    view[offset : offset + len(body)] = body
    return len(body)


def plain_view(data: Buffer) -> memoryview:
    """A view of the bytes of any contiguous buffer, whatever its items are.

    Raises :class:`TypeError` for anything that is not a contiguous buffer.
    """
    view = memoryview(data)
    if view.format == "B" and view.ndim == 1 and view.c_contiguous:
        return view
    if not view.c_contiguous:
        raise TypeError("a contiguous buffer is needed")
    return view.cast("B")
