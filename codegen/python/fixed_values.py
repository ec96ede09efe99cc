"""Fixed-size types as ``struct`` codes, and the Python expressions between packed and real values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mycelium.codegen.python.constants import CodecConstants
from mycelium.codegen.python.types import float_text
from mycelium.idl.schema import (
    ArrayType,
    AsciiType,
    BoolType,
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
    UuidType,
    fixed_size,
)

_INTEGER_CODES = {8: "B", 16: "H", 32: "I", 64: "Q"}


@dataclass(frozen=True, slots=True)
class Expressions:
    """What must not hold, and then the value: several arguments where a struct spreads over many codes."""

    refusals: tuple[str, ...]
    value: str


def struct_codes(type_: Type, constants: CodecConstants) -> tuple[str, ...]:
    """The codes of a fixed-size type, one per packed value."""
    match type_:
        case BoolType():
            return ("B",)
        case TimestampType() | DurationType() | DecimalType():
            return ("q",)
        case FloatType(bits=bits):
            return ("f" if bits == 32 else "d",)
        case EnumType(bits=bits):
            return (_INTEGER_CODES[bits],)
        case StructType():
            declaration = constants.scope.schema.struct(type_)
            return tuple(code for field in declaration.fields for code in struct_codes(field.type, constants))
        case IntegerType(bits=bits, signed=signed) if bits <= 64:
            code = _INTEGER_CODES[bits]
            return (code.lower() if signed else code,)
    return (f"{fixed_size(type_)}s",)


def is_plain_number(type_: Type) -> bool:
    """Whether ``struct`` alone reads the type: a number with no limits that has a code of its own."""
    match type_:
        case IntegerType(bits=bits):
            return bits <= 64 and type_.minimum is None and type_.maximum is None
        case FloatType() | TimestampType() | DurationType():
            return type_.minimum is None and type_.maximum is None
    return False


def read_expressions(type_: Type, raws: Iterator[str], constants: CodecConstants) -> Expressions:
    """From packed values, taken from ``raws`` as needed, to a value."""
    if isinstance(type_, StructType):
        declaration = constants.scope.schema.struct(type_)
        arguments = [next(raws) for _ in struct_codes(type_, constants)]
        return Expressions((), f"{constants.struct_builder(declaration)}({', '.join(arguments)})")
    return _read_scalar(type_, next(raws), constants)


def _read_scalar(type_: Type, raw: str, constants: CodecConstants) -> Expressions:
    match type_:
        case BoolType():
            return Expressions((), f"_fast.BOOLEANS[{raw}]")
        case IntegerType(bits=bits, signed=signed) if bits > 64:
            sign = ", signed=True" if signed else ""
            number = f'int.from_bytes({raw}, "little"{sign})'
            if type_.minimum is None and type_.maximum is None:
                return Expressions((), number)
            return Expressions((), f"_fast.limited({number}, {', '.join(both_limits(type_))})")
        case DecimalType(scale=scale):
            return Expressions(limit_refusals(type_, raw), f"_fast.scaled({raw}, {-scale})")
        case IntegerType() | FloatType() | TimestampType() | DurationType():
            return Expressions(limit_refusals(type_, raw), raw)
        case UuidType():
            return Expressions((), f"_fast.uuid_of({raw})")
        case AsciiType():
            return Expressions((), f"_fast.text_of({raw})")
        case EnumType():
            return Expressions((), _member(type_, raw, constants))
        case ArrayType(element=element, length=length) if is_plain_number(element):
            layout = constants.layout("array", [f"{length}{struct_codes(element, constants)[0]}"])
            return Expressions((), f"{layout}.unpack({raw})")
        case ArrayType():
            return Expressions((), f"_fast.read_fixed({constants.type_plan(type_)}, {raw}, 0)")
    return Expressions((), raw)


def _member(type_: EnumType, raw: str, constants: CodecConstants) -> str:
    numbers = constants.numbers(type_)
    if type_.closed:
        return f"{numbers}[{raw}]"
    return f"_fast.member({numbers}, {constants.scope.class_of(type_.name)}, {raw})"


def read_expression(type_: Type, raw: str, constants: CodecConstants) -> str:
    """Like :func:`read_expressions` for one packed value, as a single expression that raises by itself."""
    if isinstance(type_, IntegerType | FloatType | TimestampType | DurationType | DecimalType):
        if limit_refusals(type_, raw) and not (isinstance(type_, IntegerType) and type_.bits > 64):
            raw = f"_fast.limited({raw}, {', '.join(both_limits(type_))})"
    return _read_scalar(type_, raw, constants).value


def limit_refusals(type_: NumberType, value: str) -> tuple[str, ...]:
    """The condition under which a value is outside its type's limits; a NaN is."""
    low, high = (_limit_text(type_, limit) for limit in (type_.minimum, type_.maximum))
    if low and high:
        return (f"not {low} <= {value} <= {high}",)
    if low:
        return (f"not {value} >= {low}",)
    if high:
        return (f"not {value} <= {high}",)
    return ()


def both_limits(type_: NumberType) -> tuple[str, str]:
    """Texts of both limits, the type's own where one is open."""
    match type_:
        case FloatType():
            low, high = 'float("-inf")', 'float("inf")'
        case IntegerType(bits=bits, signed=signed):
            smallest, largest = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
            low, high = str(smallest), str(largest)
        case _:
            low, high = str(-(1 << 63)), str((1 << 63) - 1)
    return _limit_text(type_, type_.minimum) or low, _limit_text(type_, type_.maximum) or high


def _limit_text(type_: NumberType, limit: float | None) -> str:
    if limit is None:
        return ""
    return float_text(float(limit)) if isinstance(type_, FloatType) else str(limit)


def write_expressions(type_: Type, value: str, constants: CodecConstants) -> Expressions:
    """From a value to the arguments of ``pack``."""
    scope = constants.scope
    match type_:
        case BoolType():
            return Expressions((f"type({value}) is not bool",), value)
        case IntegerType(bits=bits, signed=signed) if bits > 64:
            sign = ", signed=True" if signed else ""
            refusals = (f"type({value}) is not int", *limit_refusals(type_, value))
            return Expressions(refusals, f'{value}.to_bytes({bits // 8}, "little"{sign})')
        case IntegerType() | TimestampType() | DurationType():
            return Expressions((f"type({value}) is not int", *limit_refusals(type_, value)), value)
        case FloatType():
            wrong = f"type({value}) is not float and type({value}) is not int"
            return Expressions((wrong, *limit_refusals(type_, value)), value)
        case DecimalType(scale=scale):
            mantissa = f"_fast.mantissa({value}, {scale})"
            if type_.minimum is not None or type_.maximum is not None:
                mantissa = f"_fast.limited({mantissa}, {', '.join(both_limits(type_))})"
            return Expressions((), mantissa)
        case UuidType():
            return Expressions((f"type({value}) is not {scope.use('uuid', 'UUID')}",), f"{value}.bytes")
        case AsciiType(length=length):
            refusals = (f"len({value}) > {length}", f"not {value}.isprintable()")
            return Expressions(refusals, f'{value}.encode("ascii")')
        case FixedBytesType(length=length):
            return Expressions((f"type({value}) is not bytes", f"len({value}) != {length}"), value)
        case EnumType(name=name):
            return Expressions((f"type({value}) is not {scope.class_of(name)}",), value)
        case StructType():
            declaration = scope.schema.struct(type_)
            return Expressions((), f"*{constants.struct_spreader(declaration)}({value})")
        case ArrayType(element=element, length=length) if is_plain_number(element):
            layout = constants.layout("array", [f"{length}{struct_codes(element, constants)[0]}"])
            refusals = (f"type({value}) is not tuple", *number_refusals(element, value))
            return Expressions(refusals, f"{layout}.pack(*{value})")
    return Expressions((), f"_fast.write_fixed({constants.type_plan(type_)}, {value})")


def number_refusals(element: Type, values: str) -> tuple[str, ...]:
    """The condition under which a tuple holds something else than the numbers of its element type."""
    kinds = "REAL_TYPES" if isinstance(element, FloatType) else "INTEGER_TYPES"
    return (f"not _fast.{kinds}.issuperset(map(type, {values}))",)
