"""Packed bytes -> fixed-size values, one by one or many at once, driven by plans."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

from mycelium import plan
from mycelium.errors import ErrorCode, Offence
from mycelium.scalars import scaled, text_of, uuid_of

_BOOLEANS = (False, True)
INTEGER_CODES = {8: "B", 16: "H", 32: "I", 64: "Q"}
"""The ``struct`` code of an unsigned integer, by its bits; of a signed one in lower case."""


def read_fixed(type_: plan.Type, data: bytes | memoryview, position: int) -> Any:
    """The value at ``position``, all of whose bytes are there; an :class:`Offence` where they are not legal."""
    match type_:
        case plan.Boolean():
            if data[position] > 1:
                raise Offence(ErrorCode.BAD_BOOL, position, "neither 0 nor 1")
            return data[position] == 1
        case plan.Integer(bits=bits, signed=signed):
            number = int.from_bytes(data[position : position + bits // 8], "little", signed=signed)
            return in_limits(type_, number, position)
        case plan.Timestamp() | plan.Duration():
            number = int.from_bytes(data[position : position + 8], "little", signed=True)
            return in_limits(type_, number, position)
        case plan.Decimal(scale=scale):
            number = int.from_bytes(data[position : position + 8], "little", signed=True)
            return scaled(in_limits(type_, number, position), -scale)
        case plan.Float(bits=bits):
            (real,) = struct.unpack_from("<f" if bits == 32 else "<d", data, position)
            return in_limits(type_, real, position)
        case plan.Uuid():
            return uuid_of(bytes(data[position : position + 16]))
        case plan.Ascii(length=length):
            return _read_ascii(bytes(data[position : position + length]), position)
        case plan.FixedBytes(length=length):
            return bytes(data[position : position + length])
        case plan.Enum(enum=enum):
            return _read_enum(enum.__plan__, enum, data, position)
        case plan.Struct(struct=struct_class):
            return _read_struct(struct_class.__plan__, struct_class, data, position)
        case plan.Array(element=element, length=length):
            return read_packed(element, data, position, length)
    raise AssertionError(type_)


def in_limits(type_: plan.Type, number: Any, position: int) -> Any:
    """The number, within its type's limits. A NaN is within none."""
    minimum, maximum = getattr(type_, "minimum", None), getattr(type_, "maximum", None)
    if minimum is None and maximum is None:
        return number
    if (
        number != number
        or minimum is not None
        and number < minimum
        or maximum is not None
        and number > maximum
    ):
        raise Offence(ErrorCode.OUT_OF_RANGE, position, limits_text(minimum, maximum))
    return number


def limits_text(minimum: float | None, maximum: float | None) -> str:
    """How a range is written: ``a..b``."""
    return f"must be in {'' if minimum is None else minimum}..{'' if maximum is None else maximum}"


def _read_ascii(data: bytes, position: int) -> str:
    try:
        return text_of(data)
    except ValueError:
        raise Offence(ErrorCode.BAD_ASCII, position, "printable ASCII, padded with NUL, is needed") from None


def _read_enum(description: plan.EnumPlan, enum: Any, data: bytes | memoryview, position: int) -> Any:
    number = int.from_bytes(data[position : position + description.bits // 8], "little")
    if description.closed and number not in description.names:
        raise Offence(ErrorCode.BAD_ENUM, position, f"{number} is no member of {description.name}")
    return enum(number)


def _read_struct(
    description: plan.StructPlan, struct_class: Any, data: bytes | memoryview, position: int
) -> Any:
    values: list[Any] = []
    for field in description.fields:
        try:
            values.append(read_fixed(field.type, data, position + field.offset))
        except Offence as offence:
            offence.within("." + field.name)
            raise
    return struct_class(*values)


def read_packed(element: plan.Type, data: bytes | memoryview, start: int, count: int) -> tuple[Any, ...]:
    """``count`` elements with nothing between them, whose bytes are all there."""
    values = _read_at_once(element, data, start, count)
    if values is not None:
        return values
    size = plan.fixed_size(element) or 0
    items: list[Any] = []
    for index in range(count):
        try:
            items.append(read_fixed(element, data, start + index * size))
        except Offence as offence:
            offence.within(f"[{index}]")
            raise
    return tuple(items)


def _read_at_once(
    element: plan.Type, data: bytes | memoryview, start: int, count: int
) -> tuple[Any, ...] | None:
    """The elements by a single call, or None where that is not possible, or one of them offends."""
    match element:
        case plan.Boolean():
            raw = bytes(data[start : start + count])
            return None if raw.translate(None, b"\0\1") else tuple(map(_BOOLEANS.__getitem__, raw))
        case plan.Integer(bits=bits, signed=signed) if bits <= 64:
            code = INTEGER_CODES[bits]
            code = code.lower() if signed else code
        case plan.Timestamp() | plan.Duration():
            code = "q"
        case plan.Float(bits=bits):
            code = "f" if bits == 32 else "d"
        case _:
            return None
    numbers = struct.unpack_from(f"<{count}{code}", data, start)
    return numbers if all_in_limits(element, numbers) else None


def all_in_limits(type_: plan.Type, numbers: Sequence[Any]) -> bool:
    """Whether every number is within its type's limits."""
    minimum, maximum = getattr(type_, "minimum", None), getattr(type_, "maximum", None)
    if minimum is None and maximum is None:
        return True
    return all(
        number == number and (minimum is None or number >= minimum) and (maximum is None or number <= maximum)
        for number in numbers
    )
