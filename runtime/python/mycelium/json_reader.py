"""JSON form -> message, driven by plans.

Checks names and JSON types, which the message itself could not hold; what a value may be is checked when it is
encoded.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from mycelium import plan
from mycelium.errors import EncodeError, ErrorCode, Offence
from mycelium.fixed_encoder import is_integer, type_mismatch
from mycelium.map_keys import key_text
from mycelium.message import Message
from mycelium.wire import MAXIMUM_DEPTH

MessageClass = TypeVar("MessageClass", bound=Message)

_DECIMAL = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
_INTEGER = re.compile(r"-?[0-9]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2})*")
_FLOAT_NAMES = ("NaN", "Infinity", "-Infinity")
_LONGEST_NUMBER = 100
"""Digits beyond which no number of the wire format goes; longer texts are not worth converting."""


def from_json(message: type[MessageClass], value: object) -> MessageClass:
    """The message that a JSON form stands for; as with any constructor, its values are not checked further.

    Raises :class:`~mycelium.EncodeError`: ENCODE_TYPE for a wrong or unknown name, a missing required field or a
    JSON value of the wrong type, NON_CANONICAL for two keys that mean the same.
    """
    try:
        read: MessageClass = _within(message.__plan__.name, _message, message, value, 1)
        return read
    except Offence as offence:
        raise EncodeError(offence.code, offence.path, 0, offence.detail) from None


def _within(part: str, read: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return read(*arguments)
    except Offence as offence:
        offence.within(part)
        raise


def _members(value: object, name: str, known: dict[str, Any]) -> dict[str, Any]:
    """The object's members, all of whose names are known."""
    if not isinstance(value, dict):
        raise type_mismatch(f"an object for {name}", value)
    for member in value:
        if member not in known:
            offence = Offence(ErrorCode.ENCODE_TYPE, detail=f"{name} has no field of this name")
            offence.within(f".{member}")
            raise offence
    return value


def _enter(depth: int) -> None:
    """Bound the recursion: one level beyond the wire's, where a default may have put an empty list or map."""
    if depth > MAXIMUM_DEPTH + 1:
        raise Offence(ErrorCode.DEPTH_EXCEEDED, detail=f"nested deeper than {MAXIMUM_DEPTH}")


def _message(message: type[Message], value: object, depth: int) -> Message:
    _enter(depth)
    description = message.__plan__
    fields = {field.name: field for field in description.fields}
    members = _members(value, description.name, fields)
    arguments: dict[str, Any] = {}
    for name, field in fields.items():
        held = members.get(name)
        if held is None and field.presence is plan.Presence.REQUIRED:
            offence = Offence(ErrorCode.ENCODE_TYPE, detail="required, and missing")
            offence.within("." + name)
            raise offence
        if held is not None:
            arguments[field.attribute] = _within("." + name, _value, field.type, held, depth)
    return message(**arguments)


def _value(type_: plan.Type, value: Any, depth: int) -> Any:
    match type_:
        case plan.Array(element=element):
            return _items(element, value, depth)
        case plan.List(element=element):
            _enter(depth + 1)
            return _items(element, value, depth + 1)
        case plan.Map():
            return _map(type_, value, depth + 1)
        case plan.Struct(struct=struct):
            return _struct(struct, value, depth)
        case plan.Message(message=message):
            return _message(message, value, depth + 1)
        case plan.Union(unknown=unknown):
            return _union(unknown.__union__, value, depth + 1)
    return _scalar(type_, value)


def _items(element: plan.Type, value: Any, depth: int) -> tuple[Any, ...]:
    if not isinstance(value, list | tuple):
        raise type_mismatch("an array", value)
    return tuple(_within(f"[{index}]", _value, element, item, depth) for index, item in enumerate(value))


def _struct(struct: Any, value: Any, depth: int) -> Any:
    fields = {field.name: field for field in struct.__plan__.fields}
    members = _members(value, struct.__plan__.name, fields)
    arguments: list[Any] = []
    for name, field in fields.items():
        if name not in members:
            offence = Offence(ErrorCode.ENCODE_TYPE, detail="required, and missing")
            offence.within("." + name)
            raise offence
        arguments.append(_within("." + name, _value, field.type, members[name], depth))
    return struct(*arguments)


def _map(type_: plan.Map, value: Any, depth: int) -> dict[Any, Any]:
    _enter(depth)
    if not isinstance(value, dict):
        raise type_mismatch("an object", value)
    entries: dict[Any, Any] = {}
    for index, (name, item) in enumerate(value.items()):
        key = _within(f"[#{index}]", _key, type_.key, name, entries)
        entries[key] = _within(f"[{key_text(type_.key, key)}]", _value, type_.value, item, depth)
    return entries


def _key(type_: plan.Type, name: Any, entries: dict[Any, Any]) -> Any:
    if not isinstance(name, str):
        raise type_mismatch("a string", name)
    is_number = isinstance(type_, plan.Integer | plan.Enum) and len(name) <= _LONGEST_NUMBER
    key = _scalar(type_, int(name) if is_number and _INTEGER.fullmatch(name) else name)
    if key in entries:
        raise Offence(ErrorCode.NON_CANONICAL, detail="a key is repeated")
    return key


def _union(union: plan.UnionPlan, value: Any, depth: int) -> Any:
    _enter(depth)
    variants = {variant.name: variant for variant in union.variants}
    members = _members(value, union.name, {**variants, "?": None})
    if len(members) != 1:
        raise Offence(ErrorCode.ENCODE_TYPE, detail=f"{union.name} is exactly one of its variants")
    ((name, held),) = members.items()
    if name == "?":
        return _within("(?)", _unknown, union, held)
    variant = variants[name]
    make: Any = variant.variant
    return make(_within(f"({name})", _value, variant.type, held, depth))


def _unknown(union: plan.UnionPlan, value: Any) -> Any:
    members = _members(value, "an unknown variant", {"tag": None, "kind": None, "bytes": None})
    tag, kind = (_scalar(plan.Integer(16, False), members.get(name)) for name in ("tag", "kind"))
    return union.unknown(tag, kind, _bytes(members.get("bytes")))


def _scalar(type_: plan.Type, value: Any) -> Any:
    match type_:
        case plan.Boolean():
            if not isinstance(value, bool):
                raise type_mismatch("true or false", value)
            return value
        case plan.Integer() | plan.Timestamp() | plan.Duration():
            if not is_integer(value):
                raise type_mismatch("an integer", value)
            return value
        case plan.Float():
            return _float(value)
        case plan.Decimal():
            if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
                raise type_mismatch("a decimal number in a string", value)
            return Decimal(value)
        case plan.Uuid():
            if not isinstance(value, str) or not _UUID.fullmatch(value):
                raise type_mismatch("a uuid in a string", value)
            return UUID(value)
        case plan.FixedBytes() | plan.Bytes():
            return _bytes(value)
        case plan.Enum(enum=enum):
            return _enum(enum, value)
    if not isinstance(value, str):
        raise type_mismatch("a string", value)
    return value


def _float(value: Any) -> float:
    if isinstance(value, str) and value in _FLOAT_NAMES:
        return float(value)
    if isinstance(value, str) or not isinstance(value, float) and not is_integer(value):
        raise type_mismatch("a number", value)
    if isinstance(value, float) and math.isinf(value):
        # JSON numbers are finite; this one was written with too large an exponent.
        raise Offence(ErrorCode.ENCODE_RANGE, detail="too large a number")
    number: float = value  # an integer too large for a float is for the encoder to refuse
    return number


def _bytes(value: Any) -> bytes:
    if not isinstance(value, str) or not _HEX.fullmatch(value):
        raise type_mismatch("hexadecimal bytes in a string", value)
    return bytes.fromhex(value)


def _enum(enum: Any, value: Any) -> Any:
    description: plan.EnumPlan = enum.__plan__
    if isinstance(value, str):
        number = description.numbers.get(value)
        if number is None:
            raise Offence(ErrorCode.ENCODE_TYPE, detail=f"no member of {description.name}")
        return enum(number)
    if not is_integer(value):
        raise type_mismatch("a name or number", value)
    try:
        return enum(value)
    except ValueError:
        return value  # for the encoder to refuse, which knows why
