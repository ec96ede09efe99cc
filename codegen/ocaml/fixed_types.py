"""Fixed-size types -> expressions for their codecs, and for their values at a place in bytes."""

from __future__ import annotations

from dataclasses import dataclass

from mycelium.codegen.ocaml.literals import number_literal, wide_module
from mycelium.codegen.ocaml.scope import Scope
from mycelium.codegen.ocaml.types import scalar_name
from mycelium.idl.schema import (
    ArrayType,
    AsciiType,
    DecimalType,
    DurationType,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    NumberType,
    StructType,
    TimestampType,
    Type,
)

_SIGNED_64 = (-(2**63), 2**63 - 1)


def is_limited(type_: Type) -> bool:
    """Whether a number has limits."""
    return isinstance(type_, NumberType) and not (type_.minimum is None and type_.maximum is None)


def codec(scope: Scope, type_: Type) -> str:
    """An expression of type ``Mycelium.Fixed.t`` for a fixed-size type."""
    if is_limited(type_):
        return scope.constant(f"{_codec_name(scope, type_)}_in_range", _limited_codec(scope, type_))
    return _unlimited_codec(scope, type_)


def _unlimited_codec(scope: Scope, type_: Type) -> str:
    if scalar := scalar_name(type_):
        return f"Mycelium.Fixed.{scalar}"
    match type_:
        case EnumType() | StructType():
            return f"{scope.module(type_.name)}.codec"
        case DecimalType(scale=size):
            expression = f"Mycelium.Fixed.decimal {size}"
        case AsciiType(length=size):
            expression = f"Mycelium.Fixed.ascii {size}"
        case FixedBytesType(length=size):
            expression = f"Mycelium.Fixed.bytes {size}"
        case ArrayType(element=element, length=length):
            expression = f"Mycelium.Fixed.array {codec(scope, element)} {length}"
        case _:
            raise AssertionError(f"{type_} is not of fixed size")
    return scope.constant(_codec_name(scope, type_), expression)


def _codec_name(scope: Scope, type_: Type) -> str:
    """What a constant for the type's codec is called."""
    if scalar := scalar_name(type_):
        return scalar
    match type_:
        case DecimalType(scale=scale):
            return f"decimal_{scale}"
        case AsciiType(length=length):
            return f"ascii_{length}"
        case FixedBytesType(length=length):
            return f"bytes_{length}"
        case ArrayType(element=element, length=length):
            return f"{_codec_name(scope, element)}_array_{length}"
        case EnumType() | StructType():
            return scope.symbols.modules[type_.name].lower()
    raise AssertionError(f"{type_} is not of fixed size")


def _limited_codec(scope: Scope, type_: Type) -> str:
    base = _unlimited_codec(scope, type_)
    assert isinstance(type_, NumberType)
    if isinstance(type_, FloatType):
        lowest = float("-inf") if type_.minimum is None else type_.minimum
        highest = float("inf") if type_.maximum is None else type_.maximum
        limits = f"{number_literal(type_, lowest)} {number_literal(type_, highest)}"
        return f"Mycelium.Fixed.float_between {limits} {base}"
    least, greatest = _range(type_)
    limits = f"{number_literal(type_, least)} {number_literal(type_, greatest)}"
    return f"Mycelium.Fixed.between {_comparison(type_)} {limits} {base}"


def _range(type_: IntegerType | TimestampType | DurationType | DecimalType) -> tuple[int, int]:
    """The limits of a number, those of its type where it has none."""
    least, greatest = _SIGNED_64
    if isinstance(type_, IntegerType):
        least = -(1 << type_.bits - 1) if type_.signed else 0
        greatest = (1 << type_.bits - type_.signed) - 1
    return (
        least if type_.minimum is None else type_.minimum,
        greatest if type_.maximum is None else type_.maximum,
    )


def _comparison(type_: IntegerType | TimestampType | DurationType | DecimalType) -> str:
    match type_:
        case IntegerType(bits=64, signed=signed):
            return "Stdlib.Int64.compare" if signed else "Mycelium.Unsigned.compare"
        case IntegerType():
            return f"{wide_module(type_) or 'Stdlib.Int'}.compare"
        case TimestampType():
            return "Mycelium.Timestamp.compare"
        case DurationType():
            return "Mycelium.Duration.compare"
        case DecimalType():
            return "Mycelium.Decimal.compare"


@dataclass(frozen=True, slots=True)
class Place:
    """A value at a constant distance from a position in bytes, both held in variables."""

    bytes: str
    start: str
    distance: int

    def __str__(self) -> str:
        position = f"({self.start} + {self.distance})" if self.distance else self.start
        return f"{self.bytes} {position}"


def get(scope: Scope, type_: Type, place: Place) -> str:
    """The fixed-size value at a place."""
    if isinstance(type_, EnumType) and not type_.closed:
        number = f"Mycelium.Get.u{type_.bits} {place}"
        return f"{scope.module(type_.name)}.of_{_number_type(type_)} ({number})"
    return f"{_direct(scope, type_, 'get')} {place}"


def set_(scope: Scope, type_: Type, place: Place, value: str) -> str:
    """Sets the fixed-size value at a place."""
    if isinstance(type_, EnumType):
        number = f"{scope.module(type_.name)}.to_{_number_type(type_)} {value}"
        return f"Mycelium.Set.u{type_.bits} {place} ({number})"
    return f"{_direct(scope, type_, 'set')} {place} {value}"


def _number_type(type_: EnumType) -> str:
    return "int64" if type_.bits == 64 else "int"


def _direct(scope: Scope, type_: Type, verb: str) -> str:
    """The function that gets or sets a value in bytes: without detour for the plain types of hot blocks."""
    if not is_limited(type_):
        match type_:
            case IntegerType() if wide := wide_module(type_):
                return f"{wide}.{verb}"
            case DecimalType(scale=scale):
                return f"Mycelium.{verb.capitalize()}.decimal {scale}"
            case AsciiType(length=length):
                return f"Mycelium.{verb.capitalize()}.ascii {length}"
            case FixedBytesType(length=length):
                return f"Mycelium.{verb.capitalize()}.bytes {length}"
        if scalar := scalar_name(type_):
            return f"Mycelium.{verb.capitalize()}.{scalar}"
    return f"Mycelium.Fixed.{verb} {codec(scope, type_)}"
