"""Defaults, constants and limits as Rust expressions."""

from __future__ import annotations

import math
import struct

from mycelium.codegen.rust.scope import Scope
from mycelium.idl.schema import (
    AsciiType,
    BoolType,
    BytesType,
    DecimalType,
    DurationType,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    Literal,
    TimestampType,
    Type,
    UuidType,
)

_NAMED_CONSTANTS = (
    *(
        math.e,
        math.pi,
        math.tau,
        1 / math.pi,
        2 / math.pi,
        2 / math.sqrt(math.pi),
        math.sqrt(2),
        math.sqrt(0.5),
    ),
    *(math.pi / divisor for divisor in (2, 3, 4, 6, 8)),
    *(math.log(2), math.log(10), math.log10(2), math.log2(10), math.log10(math.e), math.log2(math.e)),
    *((1 + math.sqrt(5)) / 2, 0.5772156649015329),
)
"""Numbers that a linter takes for a misspelt constant of the standard library."""


def literal(scope: Scope, type_: Type, value: Literal) -> str:
    """An expression of the type's owned value; lists and maps have only the empty one."""
    match type_, value:
        case BoolType(), bool():
            return "true" if value else "false"
        case IntegerType(bits=256), int():
            return u256(scope, value)
        case IntegerType(), int():
            return str(value)
        case FloatType(bits=bits), int() | float():
            return float_literal(bits, float(value))
        case TimestampType(), int():
            return f"{scope.runtime_type('Timestamp')}::from_nanoseconds({value})"
        case DurationType(), int():
            return f"{scope.runtime_type('Duration')}::from_nanoseconds({value})"
        case DecimalType(), int():
            return f"{scope.runtime_type('Decimal')}::from_mantissa({value})"
        case EnumType(name=name), int():
            return f"{scope.declaration(name)}::{scope.crate.members[name][value]}"
        case AsciiType(), str():
            return f"{scope.runtime_type('Ascii')}::literal({text_literal(value)})"
        case UuidType(), bytes():
            return f"{scope.runtime_type('Uuid')}::from_u128(0x{value.hex()})"
        case FixedBytesType(), bytes():
            return f"*{bytes_literal(value)}"
        case _, ():
            return f"{scope.standard('Default')}::default()"
    raise TypeError(f"{type_} has no literal {value!r}")


def borrowed_literal(type_: Type, value: Literal) -> str | None:
    """An expression of ``&str`` or ``&[u8]`` for text and bytes that are not empty, None for every other value."""
    if isinstance(value, str) and value and not isinstance(type_, AsciiType):
        return text_literal(value)
    if isinstance(value, bytes) and value and isinstance(type_, BytesType):
        return f"&{bytes_literal(value)}[..]"
    return None


def view_literal(scope: Scope, type_: Type, value: Literal) -> str:
    """An expression of the type's value in place."""
    if value in ("", b"", ()):
        return f"{scope.standard('Default')}::default()"
    return borrowed_literal(type_, value) or literal(scope, type_, value)


def owned_literal(scope: Scope, type_: Type, value: Literal) -> str:
    """As :func:`literal`, for text and bytes too."""
    if value in ("", b"", ()):
        return f"{scope.standard('Default')}::default()"
    borrowed = borrowed_literal(type_, value)
    return literal(scope, type_, value) if borrowed is None else f"{scope.standard('Into')}::into({borrowed})"


def is_type_default(type_: Type, value: Literal) -> bool:
    """Whether the value is what ``Default`` gives for the type."""
    match type_:
        case EnumType() | FixedBytesType() | UuidType():
            return False
        case FloatType() if isinstance(value, int | float):
            return float(value) == 0 and math.copysign(1, value) > 0
    return not value


def u256(scope: Scope, value: int) -> str:
    """An expression of a 256-bit number."""
    if value < 1 << 64:
        return f"{scope.runtime_type('U256')}::from_limbs([{value}, 0, 0, 0])"
    return scope.wide_number(value)


def wide_number_halves(value: int) -> list[str]:
    """The arguments of ``U256::from_halves``."""
    return [f"0x{value >> 128:x}", f"0x{value & ((1 << 128) - 1):x}"]


def float_literal(bits: int, value: float) -> str:
    """The shortest literal that reads back; the bits where a linter would suspect a misspelt constant."""
    if math.isnan(value):
        return f"f{bits}::NAN"
    if math.isinf(value):
        return f"f{bits}::INFINITY" if value > 0 else f"f{bits}::NEG_INFINITY"
    shortest = repr(value) if bits == 64 else _shortest_single(value)
    if any(_resembles(shortest, constant) for constant in _NAMED_CONSTANTS):
        pattern = struct.pack(">d" if bits == 64 else ">f", value).hex()
        return f"f{bits}::from_bits(0x{pattern})"
    return shortest if any(mark in shortest for mark in ".e") else f"{shortest}.0"


def _shortest_single(value: float) -> str:
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if _is_single(float(text), value):
            return repr(float(text))
    return repr(value)


def _is_single(candidate: float, value: float) -> bool:
    """Whether the candidate rounds to the f32; near the largest, a short one may round beyond every f32."""
    try:
        return struct.pack("<f", candidate) == struct.pack("<f", value)
    except OverflowError:
        return False


def _resembles(text: str, constant: float) -> bool:
    digits = len(text.lstrip("-0.").replace(".", ""))
    if "e" in text or digits < 3:
        return False
    number = abs(float(text))
    unit = 10.0 ** -(len(text.split(".")[1]) if "." in text else 0)
    return abs(number - constant) <= unit


def text_literal(text: str) -> str:
    """A Rust string literal."""
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    plain = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}
    if character in plain:
        return plain[character]
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"


def bytes_literal(value: bytes) -> str:
    """A Rust byte string literal."""
    return 'b"' + "".join(f"\\x{byte:02x}" for byte in value) + '"'
