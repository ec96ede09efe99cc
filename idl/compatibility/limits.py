"""Sets of values: which of two limits or bounds accepts what the other does."""

from __future__ import annotations

from mycelium.idl.schema import (
    AsciiType,
    BytesType,
    DecimalType,
    DurationType,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    ListType,
    MapType,
    NumberType,
    Schema,
    StringType,
    TimestampType,
    Type,
)

UNBOUNDED = (1 << 32) - 1
"""What no bound amounts to: a length is at most a u32 (docs/wire.md)."""

LIMITED_TYPES = (IntegerType, FloatType, TimestampType, DurationType, DecimalType)
BOUNDED_TYPES = (StringType, BytesType, ListType, MapType)

Accepted = tuple[float, float, bool]
"""Least and greatest accepted number, and whether NaN is accepted as well."""


def accepted_numbers(type_: NumberType) -> Accepted:
    """The numbers a type accepts; exact, because Python compares integers and floats exactly."""
    if isinstance(type_, FloatType):
        has_limit = type_.minimum is not None or type_.maximum is not None
        least = float("-inf") if type_.minimum is None else type_.minimum
        most = float("inf") if type_.maximum is None else type_.maximum
        return least, most, not has_limit
    bits, signed = (type_.bits, type_.signed) if isinstance(type_, IntegerType) else (64, True)
    lowest, highest = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
    return (
        lowest if type_.minimum is None else max(type_.minimum, lowest),
        highest if type_.maximum is None else min(type_.maximum, highest),
        False,
    )


def accepted_counts(type_: StringType | BytesType | ListType | MapType, schema: Schema) -> Accepted:
    """The numbers of bytes, elements or entries a type accepts; a map never has more than there are keys."""
    most = UNBOUNDED if type_.maximum is None else type_.maximum
    if isinstance(type_, MapType):
        most = min(most, _number_of_keys(type_.key, schema))
    return type_.minimum or 0, most, False


def contains(outer: Accepted, inner: Accepted) -> bool:
    """Whether everything ``inner`` accepts, ``outer`` accepts."""
    return outer[0] <= inner[0] and inner[1] <= outer[1] and (outer[2] or not inner[2])


def _number_of_keys(key: Type, schema: Schema) -> int:
    """How many different keys there are, counted up to :data:`UNBOUNDED`."""
    match key:
        case IntegerType():
            least, most, _ = accepted_numbers(key)
            return int(most) - int(least) + 1
        case EnumType(bits=bits, closed=closed):
            return len(schema.enum(key).members) if closed else 1 << bits
        case FixedBytesType(length=length):
            return UNBOUNDED if length >= 4 else 256**length
        case AsciiType(length=length):
            return UNBOUNDED if length >= 5 else sum(_PRINTABLE**size for size in range(length + 1))
        case StringType(minimum=minimum, maximum=int(maximum)) if maximum <= 4:
            return sum(_number_of_texts(size) for size in range(minimum or 0, maximum + 1))
    return UNBOUNDED


_PRINTABLE = 95
"""The characters of ascii[N]: 0x20 to 0x7E."""

_CHARACTERS = {1: 0x80, 2: 0x780, 3: 0xF000, 4: 0x10_0000}
"""How many characters UTF-8 writes in so many bytes; the surrogates are none (RFC 3629)."""


def _number_of_texts(size: int) -> int:
    """How many texts UTF-8 writes in so many bytes."""
    if size == 0:
        return 1
    return sum(
        count * _number_of_texts(size - width) for width, count in _CHARACTERS.items() if width <= size
    )
