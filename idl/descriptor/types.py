"""Types and their values, from JSON."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from types import MappingProxyType
from typing import Any, TypeVar
from uuid import UUID

from mycelium.idl.descriptor.document import Node
from mycelium.idl.descriptor.form import TYPE_CLASSES
from mycelium.idl.schema import (
    MAXIMUM_FIXED_SIZE,
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
    NumberType,
    ReferenceType,
    StringType,
    StructType,
    TimestampType,
    Type,
    UnionType,
    UuidType,
    fixed_size,
)

_Number = TypeVar("_Number", int, float)

MAXIMUM_DECIMAL_SCALE = 18
MAXIMUM_BOUND = (1 << 32) - 1


def read_type(node: Node) -> Type:
    """A type; that what it refers to exists is checked when all declarations are known."""
    members = node.any_members()
    if "type" not in members:
        node.refuse("`type` is missing")
    made = TYPE_CLASSES.get(members["type"].text())
    if made is None:
        members["type"].refuse(f"no type is called `{members['type'].value}`")
    attributes = fields(made)
    members = node.members(
        ["type", *(attribute.name for attribute in attributes if attribute.default is MISSING)],
        [attribute.name for attribute in attributes],
    )
    values: dict[str, Any] = {}
    for name, member in members.items():
        if name != "type":
            values[name] = _attribute(made, name, member, members)
    type_ = made(**values)
    _check(node, type_)
    return type_


def _attribute(made: type[Type], name: str, member: Node, members: Mapping[str, Node]) -> object:
    """One attribute of a type: what it may be depends on the type and on the attribute's name."""
    match name:
        case "element" | "key" | "value":
            return read_type(member)
        case "name":
            return member.text()
        case "signed" | "closed":
            return member.truth()
        case "scale":
            return member.whole(0, MAXIMUM_DECIMAL_SCALE)
        case "length" | "size":
            return member.whole(1, MAXIMUM_FIXED_SIZE)
        case "bits":
            allowed = _BITS[made]
            return (
                member.value if member.whole() in allowed else member.refuse(f"one of {allowed} is expected")
            )
    if made is FloatType:
        return member.real()
    if made in _COUNTED:
        return member.whole(0, MAXIMUM_BOUND)
    if made is IntegerType:
        return member.whole(*_integer_limits(members["bits"].whole(8, 256), members["signed"].truth()))
    return member.whole(*_integer_limits(64, True))


_BITS: Mapping[type, tuple[int, ...]] = MappingProxyType(
    {IntegerType: (8, 16, 32, 64, 128, 256), FloatType: (32, 64), EnumType: (8, 16, 32, 64)}
)
_COUNTED = (StringType, BytesType, ListType, MapType)


def _check(node: Node, type_: Type) -> None:
    """What must hold between the attributes of one type."""
    minimum, maximum = getattr(type_, "minimum", None), getattr(type_, "maximum", None)
    if minimum is not None and maximum is not None and not minimum <= maximum:
        node.refuse("the minimum is above the maximum")
    if type_ == IntegerType(256, True):
        node.refuse("there is no signed integer of 256 bits")
    match type_:
        case FloatType(bits=bits):
            if any(limit is not None and not _fits(limit, bits) for limit in (minimum, maximum)):
                node.refuse("a limit that its float does not hold")
        case ArrayType(element=element) if fixed_size(element) is None:
            node.refuse("the elements of an array are of a fixed size")
        case MapType(key=key) if not isinstance(
            key, IntegerType | EnumType | StringType | AsciiType | FixedBytesType
        ):
            node.refuse("a key is an integer, an enum or a text, or bytes of a fixed size")
    if (fixed_size(type_) or 0) > MAXIMUM_FIXED_SIZE:
        node.refuse(f"larger than {MAXIMUM_FIXED_SIZE} bytes")


def _integer_limits(bits: int, signed: bool) -> tuple[int, int]:
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)


def _fits(value: float, bits: int) -> bool:
    if value != value:
        return False
    try:
        return bits == 64 or struct.unpack("<f", struct.pack("<f", value))[0] == value
    except OverflowError:
        return False


def read_literal(node: Node, type_: Type) -> Literal:
    """A default or constant of that type."""
    match type_:
        case BoolType():
            return node.truth()
        case IntegerType(bits=bits, signed=signed):
            return _limited(node, node.whole(*_integer_limits(bits, signed)), type_)
        case TimestampType() | DurationType() | DecimalType():
            return _limited(node, node.whole(*_integer_limits(64, True)), type_)
        case FloatType(bits=bits):
            value = node.real()
            if value == value and not _fits(value, bits):
                node.refuse(f"a value no f{bits} holds")
            return _limited(node, value, type_)
        case EnumType(bits=bits):
            return node.whole(*_integer_limits(bits, False))
        case ListType() | MapType():
            if node.items() or type_.minimum:
                node.refuse("the only value of a list or map that can stand here is the empty one")
            return ()
    return _read_text(node, type_)


def _limited(node: Node, value: _Number, type_: NumberType) -> _Number:
    above = type_.minimum is None or value >= type_.minimum
    if not (above and (type_.maximum is None or value <= type_.maximum)):
        node.refuse("a value outside the limits of its type")
    return value


def _read_text(node: Node, type_: Type) -> Literal:
    match type_:
        case StringType():
            text = node.text()
            return text if _within_bounds(text.encode(errors="replace"), type_) else node.refuse(_OUTSIDE)
        case AsciiType(length=length):
            text = node.text()
            if len(text) > length or not all(" " <= character <= "~" for character in text):
                node.refuse(f"at most {length} printable ASCII characters are expected")
            return text
        case UuidType():
            return _parsed(node, lambda text: UUID(text).bytes)
        case FixedBytesType(length=length):
            value = _parsed(node, bytes.fromhex)
            return value if len(value) == length else node.refuse(f"{length} bytes are expected")
        case BytesType():
            value = _parsed(node, bytes.fromhex)
            return value if _within_bounds(value, type_) else node.refuse(_OUTSIDE)
    node.refuse("this type has no defaults and no constants")


_OUTSIDE = "a value outside the bound of its type"


def _within_bounds(value: bytes, type_: StringType | BytesType) -> bool:
    return (type_.minimum or 0) <= len(value) <= (MAXIMUM_BOUND if type_.maximum is None else type_.maximum)


def _parsed(node: Node, parse: Callable[[str], bytes]) -> bytes:
    try:
        return parse(node.text())
    except ValueError:
        node.refuse("not a value of its type")


def references(type_: Type) -> list[ReferenceType]:
    """The types inside a type that name a declaration, the type itself included."""
    match type_:
        case ArrayType(element=element) | ListType(element=element):
            return references(element)
        case MapType(key=key, value=value):
            return [*references(key), *references(value)]
        case EnumType() | StructType() | MessageType() | UnionType():
            return [type_]
    return []
