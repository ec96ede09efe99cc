"""Types as they are written in a schema."""

from __future__ import annotations

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
    NumberType,
    StringType,
    StructType,
    TimestampType,
    Type,
    UnionType,
    UuidType,
)


def type_name(type_: Type, package: str | None = None) -> str:
    """The type with its bounds and limits, declarations by qualified name; those of ``package`` by their own."""
    match type_:
        case BoolType():
            return "bool"
        case IntegerType() | FloatType() | TimestampType() | DurationType() | DecimalType():
            return base_name(type_) + _limit(type_)
        case UuidType():
            return "uuid"
        case AsciiType(length=length):
            return f"ascii[{length}]"
        case FixedBytesType(length=length):
            return f"bytes[{length}]"
        case ArrayType(element=element, length=length):
            return f"{type_name(element, package)}[{length}]"
        case StringType(minimum=minimum, maximum=maximum):
            return "string" + _angle_brackets(_bound(minimum, maximum))
        case BytesType(minimum=minimum, maximum=maximum):
            return "bytes" + _angle_brackets(_bound(minimum, maximum))
        case ListType(element=element, minimum=minimum, maximum=maximum):
            return "list" + _angle_brackets(type_name(element, package), _bound(minimum, maximum))
        case MapType(key=key, value=value, minimum=minimum, maximum=maximum):
            arguments = (type_name(key, package), type_name(value, package), _bound(minimum, maximum))
            return "map" + _angle_brackets(*arguments)
        case EnumType(name=name) | StructType(name=name) | MessageType(name=name) | UnionType(name=name):
            owner, _, own_name = name.rpartition(".")
            return own_name if owner == package else name


def base_name(type_: NumberType) -> str:
    """The number type without its limits."""
    match type_:
        case IntegerType(bits=bits, signed=signed):
            return f"{'i' if signed else 'u'}{bits}"
        case FloatType(bits=bits):
            return f"f{bits}"
        case TimestampType():
            return "timestamp"
        case DurationType():
            return "duration"
        case DecimalType(scale=scale):
            return f"decimal<{scale}>"


def number_text(number: float, type_: NumberType) -> str:
    """A stored number as it is written: a decimal's mantissa with its point."""
    if not isinstance(type_, DecimalType) or type_.scale == 0:
        return str(number)
    digits = str(abs(int(number))).rjust(type_.scale + 1, "0")
    return f"{'-' if number < 0 else ''}{digits[: -type_.scale]}.{digits[-type_.scale :]}"


def _limit(type_: NumberType) -> str:
    if type_.minimum is None and type_.maximum is None:
        return ""
    lower = "" if type_.minimum is None else number_text(type_.minimum, type_)
    upper = "" if type_.maximum is None else number_text(type_.maximum, type_)
    return f" in {lower}..{upper}"


def _bound(minimum: int | None, maximum: int | None) -> str:
    if maximum is None:
        return "" if minimum is None else f"{minimum}.."
    return str(maximum) if minimum is None else f"{minimum}..{maximum}"


def _angle_brackets(*arguments: str) -> str:
    given = ", ".join(argument for argument in arguments if argument)
    return f"<{given}>" if given else ""
