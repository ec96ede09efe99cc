"""What generated straight-line codecs lean on. They raise on any surprise; the careful codec then decides."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from decimal import Decimal
from itertools import starmap
from typing import TypeVar, cast

from mycelium.careful_decoder import decode_carefully
from mycelium.enums import ClosedEnum, OpenEnum
from mycelium.fixed_decoder import read_fixed
from mycelium.fixed_encoder import write_fixed
from mycelium.scalars import mantissa_of, scaled, text_of, uuid_of
from mycelium.wire import SIZE_OF_KIND, VARIABLE_KIND, Buffer, length_prefix

__all__ = [
    "BOOLEANS",
    "BOOLEAN_TYPES",
    "Buffer",
    "INTEGER_TYPES",
    "REAL_TYPES",
    "Unexpected",
    "decode_carefully",
    "exactly",
    "length_prefix",
    "limited",
    "long_length",
    "mantissa",
    "member",
    "numbers",
    "padded",
    "read_fixed",
    "scaled",
    "skip_newer",
    "starmap",
    "struct",
    "text_of",
    "uuid_of",
    "write_fixed",
]

Member = TypeVar("Member", bound="OpenEnum | ClosedEnum")
Number = TypeVar("Number", int, float)

BOOLEANS = {0: False, 1: True}
"""The values of the bytes 0 and 1; any other byte is no key."""

BOOLEAN_TYPES = frozenset({bool})
INTEGER_TYPES = frozenset({int})
REAL_TYPES = frozenset({float, int})


class Unexpected(Exception):
    """Not the plain case."""


def numbers(enum: type[Member]) -> dict[int, Member]:
    """The named members of an enum by number."""
    members = cast("Iterable[Member]", enum)
    return {int(member): member for member in members}


def member(named: dict[int, Member], enum: type[Member], number: int) -> Member:
    """The member of an open enum, named or not."""
    return named[number] if number in named else enum(number)


def long_length(data: Buffer, position: int) -> tuple[int, int]:
    """Start and size of a value whose length prefix at ``position`` has its second or third form."""
    if data[position] == 254:
        size: int = int.from_bytes(data[position + 1 : position + 3], "little")
        start, shortest_from = position + 3, 254
    else:
        size = int.from_bytes(data[position + 1 : position + 5], "little")
        start, shortest_from = position + 5, 65_536
    if size < shortest_from:
        raise Unexpected
    return start, size


def skip_newer(data: Buffer, position: int, end: int, tag: int) -> None:
    """Pass over elements after the last one known, ``tag``, to the very end: what a newer writer appended."""
    while position < end:
        following, kind = data[position] >> 3, data[position] & 7
        position += 1
        if following == 31:
            following = data[position] | data[position + 1] << 8
            position += 2
            if following < 31:
                raise Unexpected
        if following <= tag or kind > VARIABLE_KIND:
            raise Unexpected
        tag = following
        if kind < VARIABLE_KIND:
            position += SIZE_OF_KIND[kind]
            continue
        size = data[position]
        position += 1
        if size > 253:
            position, size = long_length(data, position - 1)
        position += size
    if position != end:
        raise Unexpected


def limited(number: Number, minimum: Number, maximum: Number) -> Number:
    """The number, if it is within the limits."""
    if not minimum <= number <= maximum:
        raise Unexpected
    return number


def mantissa(value: Decimal, scale: int) -> int:
    """value * 10**scale, if that is an integer."""
    if type(value) is not Decimal:
        raise Unexpected
    return mantissa_of(value, scale)


def padded(text: str, length: int) -> bytes:
    """The bytes of an ``ascii[length]``."""
    if len(text) > length or not text.isprintable():
        raise Unexpected
    return text.encode("ascii").ljust(length, b"\0")


def exactly(data: bytes, length: int) -> bytes:
    """The bytes of a ``bytes[length]``."""
    if type(data) is not bytes or len(data) != length:
        raise Unexpected
    return data
