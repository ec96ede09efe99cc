"""Numbers, texts and bytes at the edges of what one version may write, and of what the other may read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from mycelium.idl.compatibility.limits import (
    BOUNDED_TYPES,
    LIMITED_TYPES,
    accepted_counts,
    accepted_numbers,
)
from mycelium.idl.schema import (
    AsciiType,
    BoolType,
    BoundedType,
    BytesType,
    DecimalType,
    FixedBytesType,
    FloatType,
    NumberType,
    Schema,
    StringType,
    Type,
    UuidType,
)

Json = Any
Value = TypeVar("Value")

MODEST = 300
"""The longest text, list or map that is tried without need."""

MANY = 9
"""How much longer than it must be a text or list without a bound is made."""


def in_order(values: Sequence[Value], is_read: Sequence[bool]) -> list[Value]:
    """Each value once, those that the reader accepts first."""
    first = [value for value, accepted in zip(values, is_read, strict=True) if accepted]
    last = [value for value, accepted in zip(values, is_read, strict=True) if not accepted]
    return list(dict.fromkeys([*first, *last]))


def scalar_edges(type_: Type, other: Type | None, largest: int) -> list[Json]:
    """Values in JSON form of a type that holds no other; the first is one that both accept, where there is one."""
    if isinstance(type_, LIMITED_TYPES):
        return _number_edges(type_, other)
    match type_:
        case BoolType():
            return [False, True]
        case UuidType():
            return ["00000000-0000-0000-0000-000000000000", "00112233-4455-6677-8899-aabbccddeeff"]
        case AsciiType(length=length):
            return ["", "Z" * length]
        case FixedBytesType(length=length):
            return ["00" * length, "7f" * length]
        case StringType():
            return ["s" * count for count in count_edges(type_, other, largest)]
        case BytesType():
            return ["62" * count for count in count_edges(type_, other, largest)]
    raise AssertionError(f"no edges of {type_}")


def count_edges(
    type_: BoundedType, other: Type | None, largest: int, schemas: tuple[Schema, Schema] | None = None
) -> list[int]:
    """Numbers of bytes, elements or entries, none above ``largest``; the schemas are needed for maps alone."""
    writer, reader = schemas or (Schema(()), Schema(()))
    least, most, _ = accepted_counts(type_, writer)
    other_least, other_most = least, most
    if isinstance(other, BOUNDED_TYPES) and type(other) is type(type_):
        other_least, other_most, _ = accepted_counts(other, reader)
    candidates = [
        max(least, other_least),
        least,
        max(least, 1),
        other_least - 1,
        other_most,
        other_most + 1,
        least + MANY,
        # Its own greatest number shows nothing that one more than the reader's does not.
        min(most, MODEST),
    ]
    counts = [int(count) for count in candidates if least <= count <= min(most, largest)]
    return in_order(
        counts or [int(least)], [other_least <= count <= other_most for count in counts] or [True]
    )


def _number_edges(type_: NumberType, other: Type | None) -> list[Json]:
    """Between the ends, the ends, and what lies just beyond those of the reader."""
    least, most, accepts_nan = accepted_numbers(type_)
    theirs = (least, most, accepts_nan)
    if isinstance(other, LIMITED_TYPES) and type(other) is type(type_):
        theirs = accepted_numbers(other)
    candidates: list[float] = [1, 100, 0, *theirs[:2], theirs[0] - 1, theirs[1] + 1, least, most]
    if isinstance(type_, FloatType):
        is_like = isinstance(other, FloatType) and other.bits == type_.bits
        ends = theirs[:2] if is_like else (least, most)
        candidates = [1.5, 0.0, -0.0, *ends, least, most]
    numbers = [number for number in candidates if least <= number <= most]
    ordered = _ordered_numbers(numbers, theirs)
    if isinstance(type_, DecimalType):
        return [decimal_text(int(number), type_.scale) for number in ordered]
    if not isinstance(type_, FloatType):
        return [int(number) for number in ordered]
    shown: list[Json] = [_float(number) for number in ordered]
    return [*shown, "NaN"] if accepts_nan else shown


def _ordered_numbers(numbers: Sequence[float], theirs: tuple[float, float, bool]) -> list[float]:
    """As :func:`in_order`, by text: 0.0 and -0.0 are equal, and two values."""
    by_text = {repr(number): number for number in numbers}
    texts = in_order(list(by_text), [theirs[0] <= number <= theirs[1] for number in by_text.values()])
    return [by_text[text] for text in texts]


def _float(number: float) -> Json:
    if number in (float("inf"), float("-inf")):
        return "Infinity" if number > 0 else "-Infinity"
    return float(number)


def decimal_text(mantissa: int, scale: int) -> str:
    """The JSON form of a decimal: exactly ``scale`` digits after the point."""
    digits = str(abs(mantissa)).rjust(scale + 1, "0")
    return ("-" if mantissa < 0 else "") + (f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits)
