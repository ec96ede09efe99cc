"""Values of a schema -> OCaml expressions, and the bytes of defaults."""

from __future__ import annotations

import math
import struct
from typing import assert_never

from mycelium.idl.schema import (
    ArrayType,
    AsciiType,
    BoolType,
    BytesType,
    DecimalType,
    DurationType,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    ListType,
    Literal,
    MapType,
    MessageType,
    StringType,
    StructType,
    TimestampType,
    Type,
    UnionType,
    UuidType,
)

_SIGNED_64_MAXIMUM = 2**63 - 1
_WIDE_MODULES = {(128, False): "U128", (128, True): "I128", (256, False): "U256"}


def wide_module(type_: IntegerType) -> str | None:
    """The runtime's module for an integer wider than 64 bits."""
    name = _WIDE_MODULES.get((type_.bits, type_.signed))
    return None if name is None else f"Mycelium.{name}"


def string_literal(text: str) -> str:
    """A string literal of UTF-8; anything but printable ASCII as escapes."""
    return '"' + "".join(_STRING_ESCAPES[byte] for byte in text.encode()) + '"'


def bytes_literal(value: bytes) -> str:
    """Bytes that are no text: all of them as escapes."""
    return '"' + "".join(f"\\x{byte:02x}" for byte in value) + '"'


def _string_escape(byte: int) -> str:
    character = chr(byte)
    if character in '"\\':
        return "\\" + character
    return character if 0x20 <= byte <= 0x7E else f"\\x{byte:02x}"


_STRING_ESCAPES = tuple(_string_escape(byte) for byte in range(256))


def int_literal(value: int) -> str:
    """An ``int`` as an argument."""
    return f"({value})" if value < 0 else str(value)


def int64_literal(value: int) -> str:
    """The bits of a signed or unsigned 64-bit number as an argument."""
    if value < 0:
        return f"({value}L)"
    return f"{value}L" if value <= _SIGNED_64_MAXIMUM else digest_literal(value)


def digest_literal(value: int) -> str:
    """The bits of a ``u64`` in hexadecimal."""
    return f"0x{value:016x}L"


def float_literal(value: float) -> str:
    """A ``float`` as an argument."""
    if math.isnan(value):
        return "Stdlib.nan"
    if math.isinf(value):
        return "Stdlib.infinity" if value > 0 else "Stdlib.neg_infinity"
    text = repr(value)
    if "." not in text and "e" not in text:
        text += "."
    return f"({text})" if text.startswith("-") else text


def number_literal(type_: Type, value: int | float) -> str:
    """A number of a numeric type (or of an enum's width) as an argument."""
    match type_:
        case IntegerType() if wide := wide_module(type_):
            return f'({wide}.of_string_exn "{value}")'
        case IntegerType(bits=64) | EnumType(bits=64):
            return int64_literal(int(value))
        case TimestampType():
            return f"(Mycelium.Timestamp.of_nanoseconds {int64_literal(int(value))})"
        case DurationType():
            return f"(Mycelium.Duration.of_nanoseconds {int64_literal(int(value))})"
        case DecimalType(scale=scale):
            return f"(Mycelium.Decimal.make ~mantissa:{int64_literal(int(value))} ~scale:{scale})"
        case FloatType():
            return float_literal(float(value))
    return int_literal(int(value))


def value_literal(type_: Type, value: Literal) -> str:
    """Any literal but an enum's as an argument."""
    match value:
        case bool():
            return "true" if value else "false"
        case ():
            return "[]" if isinstance(type_, MapType) else "[||]"
        case bytes() if isinstance(type_, UuidType):
            digits = value.hex()
            parts = (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
            return f'(Mycelium.Uuid.of_string_exn "{"-".join(parts)}")'
        case str():
            return string_literal(value)
        case bytes():
            return bytes_literal(value)
    return number_literal(type_, value)


def is_constant(type_: Type) -> bool:
    """Whether literals of the type are constants of OCaml: those of other types are computed, so best once."""
    match type_:
        case IntegerType():
            return wide_module(type_) is None
        case TimestampType() | DurationType() | DecimalType() | UuidType():
            return False
    return True


def encoded(type_: Type, value: Literal) -> bytes:
    """The bytes of a literal of a fixed-size type."""
    match type_:
        case BoolType():
            return bytes([bool(value)])
        case IntegerType(bits=bits, signed=signed):
            return _number(value).to_bytes(bits // 8, "little", signed=signed)
        case EnumType(bits=bits):
            return _number(value).to_bytes(bits // 8, "little")
        case TimestampType() | DurationType() | DecimalType():
            return _number(value).to_bytes(8, "little", signed=True)
        case FloatType(bits=bits):
            assert isinstance(value, int | float)
            return struct.pack("<f" if bits == 32 else "<d", value)
        case UuidType():
            assert isinstance(value, bytes)
            return value
        case AsciiType(length=length) | FixedBytesType(length=length):
            assert isinstance(value, str | bytes)
            data = value.encode() if isinstance(value, str) else value
            return data.ljust(length, b"\0")
        case (
            ArrayType()
            | StructType()
            | StringType()
            | BytesType()
            | ListType()
            | MapType()
            | MessageType()
            | UnionType()
        ):
            raise AssertionError(f"a block field of type {type_} cannot have a default")
    assert_never(type_)


def _number(value: Literal) -> int:
    assert isinstance(value, int)
    return value
