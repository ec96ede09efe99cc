"""Fixed-size values -> packed bytes, driven by plans."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from mycelium import plan
from mycelium.errors import ErrorCode, Offence
from mycelium.fixed_decoder import INTEGER_CODES, all_in_limits, in_limits
from mycelium.scalars import mantissa_of


def type_mismatch(expected: str, value: Any) -> Offence:
    """The offence of a value of the wrong type; shows the type, never the value."""
    if value is None:
        return Offence(ErrorCode.ENCODE_TYPE, detail=f"{expected} is required, and missing")
    return Offence(ErrorCode.ENCODE_TYPE, detail=f"{expected} is needed, not {type(value).__name__}")


def is_integer(value: Any) -> bool:
    """Whether a value counts as an integer: True and False do not."""
    return isinstance(value, int) and not isinstance(value, bool)


def write_fixed(type_: plan.Type, value: Any) -> bytes:
    """The bytes of a fixed-size value; an :class:`Offence` where it does not fit its type."""
    match type_:
        case plan.Boolean():
            if not isinstance(value, bool):
                raise type_mismatch("a bool", value)
            return b"\1" if value else b"\0"
        case plan.Integer(bits=bits, signed=signed):
            return _integer(bits, signed, in_limits(type_, _fitting(bits, signed, value), 0))
        case plan.Timestamp() | plan.Duration():
            return _integer(64, True, in_limits(type_, _fitting(64, True, value), 0))
        case plan.Decimal():
            return _integer(64, True, in_limits(type_, _mantissa(type_, value), 0))
        case plan.Float():
            return _float(type_, value)
        case plan.Uuid():
            if not isinstance(value, UUID):
                raise type_mismatch("a UUID", value)
            return value.bytes
        case plan.Ascii(length=length):
            return _ascii(length, value)
        case plan.FixedBytes(length=length):
            return _fixed_bytes(length, value)
        case plan.Enum(enum=enum):
            return _enum(enum.__plan__, value)
        case plan.Struct(struct=struct_class):
            return _struct(struct_class, value)
        case plan.Array(element=element, length=length):
            if not isinstance(value, tuple | list):
                raise type_mismatch("a tuple", value)
            if len(value) != length:
                raise Offence(ErrorCode.BAD_LENGTH, detail=f"{len(value)} elements where {length} belong")
            return write_packed(element, value)
    raise AssertionError(type_)


def write_packed(element: plan.Type, items: Sequence[Any]) -> bytes:
    """Elements with nothing between them."""
    packed = _write_at_once(element, items)
    if packed is not None:
        return packed
    parts: list[bytes] = []
    for index, item in enumerate(items):
        try:
            parts.append(write_fixed(element, item))
        except Offence as offence:
            offence.within(f"[{index}]")
            raise
    return b"".join(parts)


def _write_at_once(element: plan.Type, items: Sequence[Any]) -> bytes | None:
    """The elements by a single call, or None where that is not possible, or one of them may not fit."""
    plain: type[int] | type[float] = int
    match element:
        case plan.Integer(bits=bits, signed=signed) if bits <= 64:
            code = INTEGER_CODES[bits].lower() if signed else INTEGER_CODES[bits]
        case plan.Timestamp() | plan.Duration():
            code = "q"
        case plan.Float(bits=64):
            code, plain = "d", float
        case _:
            return None
    if not {plain}.issuperset(map(type, items)) or not all_in_limits(element, items):
        return None
    try:
        return struct.pack(f"<{len(items)}{code}", *items)
    except struct.error:
        return None


def _fitting(bits: int, signed: bool, value: Any) -> int:
    if not is_integer(value):
        raise type_mismatch("an int", value)
    smallest, largest = plan.integer_limits(bits, signed)
    if not smallest <= value <= largest:
        name = f"{'i' if signed else 'u'}{bits}"
        raise Offence(ErrorCode.ENCODE_RANGE, detail=f"{name} holds {smallest}..{largest}")
    return int(value)


def _integer(bits: int, signed: bool, number: int) -> bytes:
    return number.to_bytes(bits // 8, "little", signed=signed)


def _mantissa(type_: plan.Decimal, value: Any) -> int:
    if is_integer(value):
        value = Decimal(int(value))
    if not isinstance(value, Decimal):
        raise type_mismatch("a Decimal", value)
    smallest, largest = plan.integer_limits(64, True)
    try:
        mantissa = mantissa_of(value, type_.scale)
    except (ArithmeticError, ValueError):
        mantissa = largest + 1
    if not smallest <= mantissa <= largest:
        detail = f"decimal<{type_.scale}> holds {type_.scale} digits of fraction in an i64"
        raise Offence(ErrorCode.ENCODE_RANGE, detail=detail)
    return mantissa


def _float(type_: plan.Float, value: Any) -> bytes:
    """The bytes of a float. Limits apply to what arrives: the value rounded to its type."""
    if not isinstance(value, float) and not is_integer(value):
        raise type_mismatch("a float", value)
    code = "<f" if type_.bits == 32 else "<d"
    try:
        packed = struct.pack(code, value)
    except (OverflowError, struct.error):
        raise Offence(ErrorCode.ENCODE_RANGE, detail=f"too large for f{type_.bits}") from None
    in_limits(type_, struct.unpack(code, packed)[0], 0)
    return packed


def _ascii(length: int, value: Any) -> bytes:
    if not isinstance(value, str):
        raise type_mismatch("a str", value)
    if len(value) > length:
        raise Offence(ErrorCode.BOUND_EXCEEDED, detail=f"{len(value)} characters, at most {length}")
    if not value.isascii() or not value.isprintable():
        raise Offence(ErrorCode.BAD_ASCII, detail="only printable ASCII, 0x20..0x7E")
    return value.encode("ascii").ljust(length, b"\0")


def _fixed_bytes(length: int, value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise type_mismatch("bytes", value)
    packed = bytes(value)
    if len(packed) != length:
        raise Offence(ErrorCode.BAD_LENGTH, detail=f"{len(packed)} bytes where {length} belong")
    return packed


def _enum(description: plan.EnumPlan, value: Any) -> bytes:
    number = _fitting(description.bits, False, value)
    if description.closed and number not in description.names:
        raise Offence(ErrorCode.BAD_ENUM, detail=f"no member of {description.name}")
    return _integer(description.bits, False, number)


def _struct(struct_class: Any, value: Any) -> bytes:
    if not isinstance(value, struct_class):
        raise type_mismatch(struct_class.__plan__.name, value)
    parts: list[bytes] = []
    for field in struct_class.__plan__.fields:
        try:
            parts.append(write_fixed(field.type, getattr(value, field.attribute)))
        except Offence as offence:
            offence.within("." + field.name)
            raise
    return b"".join(parts)
