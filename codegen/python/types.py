"""Schema types as Python annotations, as schema text, and their literals as Python text."""

from __future__ import annotations

import math
from uuid import UUID

from mycelium.codegen.python.naming import RESERVED_FOR_MEMBERS, escaped
from mycelium.codegen.python.scope import ModuleScope
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


def annotation(type_: Type, scope: ModuleScope) -> str:
    """The Python type of values of a schema type."""
    match type_:
        case BoolType():
            return "bool"
        case IntegerType() | TimestampType() | DurationType():
            return "int"
        case FloatType():
            return "float"
        case DecimalType():
            return scope.use("decimal", "Decimal")
        case UuidType():
            return scope.use("uuid", "UUID")
        case AsciiType() | StringType():
            return "str"
        case FixedBytesType() | BytesType():
            return "bytes"
        case EnumType(name=name) | StructType(name=name) | MessageType(name=name) | UnionType(name=name):
            return scope.class_of(name)
        case ArrayType(element=element) | ListType(element=element):
            return f"tuple[{annotation(element, scope)}, ...]"
        case MapType(key=key, value=value):
            return f"dict[{annotation(key, scope)}, {annotation(value, scope)}]"


def schema_text(type_: Type) -> str:
    """The type as it is written in a schema, with short names and resolved numbers."""
    match type_:
        case BoolType():
            return "bool"
        case IntegerType(bits=bits, signed=signed):
            return f"{'i' if signed else 'u'}{bits}" + _range(type_.minimum, type_.maximum)
        case FloatType(bits=bits):
            return f"f{bits}" + _range(type_.minimum, type_.maximum)
        case TimestampType():
            return "timestamp" + _range(type_.minimum, type_.maximum)
        case DurationType():
            return "duration" + _range(type_.minimum, type_.maximum)
        case DecimalType(scale=scale):
            limits = [
                None if limit is None else decimal_text(limit, scale)
                for limit in (type_.minimum, type_.maximum)
            ]
            return f"decimal<{scale}>" + _range(*limits)
        case UuidType():
            return "uuid"
        case AsciiType(length=length):
            return f"ascii[{length}]"
        case FixedBytesType(length=length):
            return f"bytes[{length}]"
        case ArrayType(element=element, length=length):
            return f"{schema_text(element)}[{length}]"
        case EnumType(name=name) | StructType(name=name) | MessageType(name=name) | UnionType(name=name):
            return name.rpartition(".")[2]
        case StringType():
            return "string" + _arguments([], type_.minimum, type_.maximum)
        case BytesType():
            return "bytes" + _arguments([], type_.minimum, type_.maximum)
        case ListType(element=element):
            return "list" + _arguments([schema_text(element)], type_.minimum, type_.maximum)
        case MapType(key=key, value=value):
            return "map" + _arguments([schema_text(key), schema_text(value)], type_.minimum, type_.maximum)


def _range(minimum: object, maximum: object) -> str:
    if minimum is None and maximum is None:
        return ""
    return f" in {'' if minimum is None else minimum}..{'' if maximum is None else maximum}"


def _arguments(types: list[str], minimum: int | None, maximum: int | None) -> str:
    if minimum is not None:
        types = [*types, f"{minimum}..{'' if maximum is None else maximum}"]
    elif maximum is not None:
        types = [*types, str(maximum)]
    return f"<{', '.join(types)}>" if types else ""


def decimal_text(mantissa: int, scale: int) -> str:
    """mantissa / 10**scale with exactly ``scale`` digits after the point."""
    if scale == 0:
        return str(mantissa)
    digits = str(abs(mantissa)).rjust(scale + 1, "0")
    return f"{'-' if mantissa < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


def float_text(value: float) -> str:
    """A float as a Python expression."""
    return repr(value).replace("e+", "e") if math.isfinite(value) else f'float("{value}")'


def bytes_text(value: bytes) -> str:
    """A bytes literal the way black writes it."""
    return 'b"' + "".join(f"\\x{byte:02x}" for byte in value) + '"'


def string_text(value: str) -> str:
    """A string literal the way black writes it: in double quotes unless single ones need fewer escapes."""
    quote = "'" if value.count('"') > value.count("'") else '"'
    return quote + "".join(_literal_character(character, quote) for character in value) + quote


def _literal_character(character: str, quote: str) -> str:
    """Only printable characters stand for themselves."""
    if character in ("\\", quote):
        return "\\" + character
    if character.isprintable():
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def literal(type_: Type, value: Literal, scope: ModuleScope) -> str:
    """A default or constant as a Python expression."""
    match type_:
        case DecimalType(scale=scale):
            assert isinstance(value, int)
            return f'{scope.use("decimal", "Decimal")}("{decimal_text(value, scale)}")'
        case UuidType():
            assert isinstance(value, bytes)
            return f'{scope.use("uuid", "UUID")}("{UUID(bytes=value)}")'
        case EnumType(name=name):
            assert isinstance(value, int)
            return _enum_literal(type_, scope.class_of(name), value, scope)
        case ListType() | ArrayType():
            return "()"
        case MapType():
            return "{}"
        case FloatType():
            assert isinstance(value, int | float)
            return float_text(float(value))
    if isinstance(value, bytes):
        return bytes_text(value)
    if isinstance(value, str):
        return string_text(value)
    return repr(value)


def _enum_literal(type_: EnumType, enum_class: str, number: int, scope: ModuleScope) -> str:
    for member in scope.schema.enum(type_).members:
        if member.number == number:
            return f"{enum_class}.{escaped(member.name, RESERVED_FOR_MEMBERS)}"
    return f"{enum_class}({number})"
