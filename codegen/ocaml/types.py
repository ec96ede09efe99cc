"""Types of a schema -> types of OCaml, and the functions that print their values."""

from __future__ import annotations

from typing import assert_never

from mycelium.codegen.ocaml.literals import wide_module
from mycelium.codegen.ocaml.scope import Scope
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
    MapType,
    MessageType,
    StringType,
    StructType,
    TimestampType,
    Type,
    UnionType,
    UuidType,
)


def type_text(scope: Scope, type_: Type, interface: bool = False) -> str:
    """The OCaml type, as the implementation or the interface of a module writes it."""
    match type_:
        case BoolType():
            return "bool"
        case IntegerType(bits=bits):
            wide = wide_module(type_)
            return f"{wide}.t" if wide else "int64" if bits == 64 else "int"
        case FloatType():
            return "float"
        case TimestampType():
            return "Mycelium.Timestamp.t"
        case DurationType():
            return "Mycelium.Duration.t"
        case DecimalType():
            return "Mycelium.Decimal.t"
        case UuidType():
            return "Mycelium.Uuid.t"
        case AsciiType() | FixedBytesType() | StringType() | BytesType():
            return "string"
        case ArrayType(element=element) | ListType(element=element):
            return f"{type_text(scope, element, interface)} array"
        case MapType(key=key, value=value):
            return f"({type_text(scope, key, interface)} * {type_text(scope, value, interface)}) list"
        case EnumType() | StructType() | MessageType() | UnionType():
            name = type_.name
            return scope.interface_type_name(name) if interface else scope.type_name(name)
    assert_never(type_)


def scalar_name(type_: Type) -> str | None:
    """What the language calls a type without parameters, as the runtime does too."""
    match type_:
        case BoolType():
            return "bool"
        case IntegerType(bits=bits, signed=signed):
            return f"{'i' if signed else 'u'}{bits}"
        case FloatType(bits=bits):
            return f"f{bits}"
        case TimestampType():
            return "timestamp"
        case DurationType():
            return "duration"
        case UuidType():
            return "uuid"
    return None


def printer(scope: Scope, type_: Type) -> str:
    """A function that prints a value, as an argument."""
    match type_:
        case BoolType():
            return "Mycelium.Print.bool"
        case IntegerType(bits=bits, signed=signed):
            if wide := wide_module(type_):
                return f"{wide}.pp"
            if bits < 64:
                return "Mycelium.Print.int"
            return "Mycelium.Print.int64" if signed else "Mycelium.Unsigned.pp"
        case FloatType():
            return "Mycelium.Print.float"
        case TimestampType() | DurationType() | DecimalType() | UuidType():
            return f"{type_text(scope, type_).removesuffix('.t')}.pp"
        case AsciiType() | StringType():
            return "Mycelium.Print.string"
        case FixedBytesType() | BytesType():
            return "Mycelium.Print.bytes"
        case ArrayType(element=element) | ListType(element=element):
            return f"(Mycelium.Print.array {printer(scope, element)})"
        case MapType(key=key, value=value):
            return f"(Mycelium.Print.map {printer(scope, key)} {printer(scope, value)})"
        case EnumType() | StructType() | MessageType() | UnionType():
            return scope.function("pp", type_.name)
    assert_never(type_)
