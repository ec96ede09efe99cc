"""Facts about the types of a schema that Rust needs to know: what contains itself, what can be hashed."""

from __future__ import annotations

from collections.abc import Iterator

from mycelium.idl.schema import (
    ArrayType,
    AsciiType,
    BoolType,
    DecimalType,
    Declaration,
    DurationType,
    EnumDeclaration,
    EnumType,
    FloatType,
    IntegerType,
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    NumberType,
    Schema,
    StructDeclaration,
    StructType,
    TimestampType,
    Type,
    UnionDeclaration,
    UnionType,
)


def member_types(declaration: Declaration) -> tuple[Type, ...]:
    """The types a value of this declaration is made of."""
    match declaration:
        case MessageDeclaration() | StructDeclaration():
            return tuple(field.type for field in declaration.fields)
        case UnionDeclaration():
            return tuple(variant.type for variant in declaration.variants)
        case EnumDeclaration():
            return ()


def named_types(type_: Type) -> Iterator[str]:
    """The declarations a type names."""
    match type_:
        case ArrayType(element=element) | ListType(element=element):
            yield from named_types(element)
        case MapType(key=key, value=value):
            yield from named_types(key)
            yield from named_types(value)
        case EnumType(name=name) | StructType(name=name) | MessageType(name=name) | UnionType(name=name):
            yield name


def _contains_float(type_: Type) -> bool:
    match type_:
        case FloatType():
            return True
        case ArrayType(element=element) | ListType(element=element):
            return _contains_float(element)
        case MapType(key=key, value=value):
            return _contains_float(key) or _contains_float(value)
    return False


def inexact_names(schema: Schema) -> frozenset[str]:
    """The declarations whose values contain floats somewhere, and so have neither ``Eq`` nor ``Hash``."""
    users: dict[str, list[str]] = {}
    pending: list[str] = []
    for declaration in schema.declarations():
        name = declaration.qualified_name
        for type_ in member_types(declaration):
            if _contains_float(type_):
                pending.append(name)
            for used in named_types(type_):
                users.setdefault(used, []).append(name)
    inexact: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in inexact:
            inexact.add(name)
            pending.extend(users.get(name, ()))
    return frozenset(inexact)


def is_limited(type_: Type) -> bool:
    """Whether a number's range leaves out something its type could hold."""
    return limits(type_) != (None, None)


def limits(type_: Type) -> tuple[int | float | None, int | float | None]:
    """The ends of a number's range as they are stored, None where they are those of its type."""
    match type_:
        case FloatType(minimum=lowest, maximum=highest):
            return lowest, highest
        case IntegerType(bits=bits, signed=True):
            return _within(type_, -(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        case IntegerType(bits=bits):
            return _within(type_, 0, (1 << bits) - 1)
        case TimestampType() | DurationType() | DecimalType():
            return _within(type_, -(1 << 63), (1 << 63) - 1)
    return None, None


def _within(type_: NumberType, smallest: int, largest: int) -> tuple[int | float | None, int | float | None]:
    minimum = None if type_.minimum is None or type_.minimum <= smallest else type_.minimum
    maximum = None if type_.maximum is None or type_.maximum >= largest else type_.maximum
    return minimum, maximum


def is_checked(schema: Schema, type_: Type) -> bool:
    """Whether some bytes of the right size are no value of this fixed-size type."""
    match type_:
        case BoolType() | AsciiType():
            return True
        case EnumType(closed=closed):
            return closed
        case ArrayType(element=element):
            return is_checked(schema, element)
        case StructType():
            return any(is_checked(schema, field.type) for field in schema.struct(type_).fields)
    return is_limited(type_)


def is_limited_inside(schema: Schema, type_: Type) -> bool:
    """Whether a value of this fixed-size type may hold a number outside its range."""
    match type_:
        case ArrayType(element=element):
            return is_limited_inside(schema, element)
        case StructType():
            return any(is_limited_inside(schema, field.type) for field in schema.struct(type_).fields)
    return is_limited(type_)
