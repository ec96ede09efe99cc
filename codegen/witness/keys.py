"""Distinct keys of maps, as many as are wanted or as there are."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, product

from mycelium.idl.compatibility.limits import accepted_numbers
from mycelium.idl.schema import (
    AsciiType,
    EnumType,
    FixedBytesType,
    IntegerType,
    Schema,
    StringType,
    Type,
)

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PRINTABLE = _LETTERS + "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in _LETTERS)
_ONE_BYTE = _PRINTABLE + "".join(chr(code) for code in (*range(0x20), 0x7F))


def distinct_keys(key: Type, other: Type | None, count: int, schemas: tuple[Schema, Schema]) -> list[str]:
    """Keys in JSON form that the writer may use, those that the reader knows first."""
    found: dict[str, None] = {}
    for name in _keys(key, other, schemas):
        if len(found) >= count:
            break
        found[name] = None
    return list(found)


def _keys(key: Type, other: Type | None, schemas: tuple[Schema, Schema]) -> Iterator[str]:
    match key:
        case IntegerType():
            return map(str, _integers(key, other))
        case EnumType(closed=closed, bits=bits):
            known = [member.number for member in schemas[0].enum(key).members]
            theirs = set(known)
            if isinstance(other, EnumType):
                theirs = {member.number for member in schemas[1].enum(other).members}
            shared = [number for number in known if number in theirs]
            numbers = [*shared, *(number for number in known if number not in theirs)]
            return map(str, numbers if closed else chain(numbers, range(1 << bits)))
        case AsciiType(length=length):
            return _texts(_PRINTABLE, 0, length)
        case FixedBytesType(length=length):
            return (bytes(units).hex() for units in product(range(256), repeat=length))
        case StringType(minimum=minimum, maximum=maximum):
            least, most = minimum or 0, maximum
            if isinstance(other, StringType):
                shared_least = max(least, other.minimum or 0)
                shared_most = min(each for each in (most, other.maximum, 1 << 32) if each is not None)
                if shared_least <= shared_most:
                    return chain(
                        _texts(_ONE_BYTE, max(shared_least, min(1, shared_most)), shared_most),
                        _texts(_ONE_BYTE, least, most),
                    )
            return _texts(_ONE_BYTE, least, most)
    raise AssertionError(f"no key: {key}")


def _integers(key: IntegerType, other: Type | None) -> Iterator[int]:
    least, most = (int(end) for end in accepted_numbers(key)[:2])
    if isinstance(other, IntegerType):
        first, last = (int(end) for end in accepted_numbers(other)[:2])
        yield from range(max(least, first), min(most, last) + 1)
    yield from range(least, most + 1)


def _texts(alphabet: str, least: int, most: int | None) -> Iterator[str]:
    lengths = range(least, (least + 8 if most is None else most) + 1)
    return ("".join(letters) for length in lengths for letters in product(alphabet, repeat=length))
