"""Columns as a program for the native codec: one run of bytes that says what to expect and what to check.

Every number is a u64 and every run of bytes has its size before it. ``runtime/rust/mycelium-python/src/columns/program.rs``
reads what is written here.
"""

from __future__ import annotations

import struct
from typing import Any

from mycelium import plan
from mycelium.columns.tree import BytesColumn, Column, FixedColumn, ListColumn, MapColumn, MessageColumn
from mycelium.fixed_encoder import write_fixed
from mycelium.plan import Presence

_OPEN = (1 << 64) - 1
_FIXED, _BYTES, _PACKED_LIST, _LIST, _MAP, _MESSAGE = range(6)
_BOOLEAN, _ASCII, _MEMBERS, _INTEGER, _REAL, _REPEATED = range(6)
_BYTEWISE, _UNSIGNED, _SIGNED = range(3)
_PRESENCES = {Presence.REQUIRED: 0, Presence.DEFAULTED: 1, Presence.OPTIONAL: 2}


def program(column: MessageColumn) -> bytes:
    """The program of a message's columns."""
    description = column.description
    parts = [_number(description.block_size)]
    if description.block:
        parts += _block(description.block)
    parts.append(_number(len(column.tagged)))
    for tagged in column.tagged:
        field = tagged.field
        parts += [_number(field.tag), _number(field.kind), _number(_PRESENCES[field.presence])]
        if field.presence is Presence.DEFAULTED:
            parts.append(_run(_default(field.type, field.default)))
        parts.append(_column(tagged.column))
    return b"".join(parts)


def checks_program(fields: tuple[plan.BlockField, ...]) -> bytes:
    """What to check of a block."""
    return _checks([check for field in fields for check in checks(field.type, field.offset)])


def checks(type_: plan.Type, offset: int = 0) -> list[bytes]:
    """What to check of a fixed-size value ``offset`` bytes into its surroundings."""
    match type_:
        case plan.Boolean():
            return [_number(_BOOLEAN, offset)]
        case plan.Ascii(length=length):
            return [_number(_ASCII, offset, length)]
        case plan.Enum(enum=enum) if enum.__plan__.closed:
            numbers = sorted(enum.__plan__.names)
            return [_number(_MEMBERS, offset, enum.__plan__.bits // 8, len(numbers), *numbers)]
        case plan.Float(bits=bits) if _is_limited(type_):
            minimum = float("-inf") if type_.minimum is None else type_.minimum
            maximum = float("inf") if type_.maximum is None else type_.maximum
            return [_number(_REAL, offset, bits // 8) + struct.pack("<dd", minimum, maximum)]
        case plan.Integer() | plan.Timestamp() | plan.Duration() | plan.Decimal() if _is_limited(type_):
            return [_integer_limits(type_, offset)]
        case plan.Struct(struct=struct_class):
            fields = struct_class.__plan__.fields
            return [check for field in fields for check in checks(field.type, offset + field.offset)]
        case plan.Array(element=element, length=length):
            inner = checks(element)
            size = plan.fixed_size(element) or 0
            return [_number(_REPEATED, offset, length, size) + _checks(inner)] if inner else []
    return []


def _block(fields: tuple[plan.BlockField, ...]) -> list[bytes]:
    """What missing fields are, at which sizes older blocks may end, and what to check."""
    required = max((index + 1 for index, field in enumerate(fields) if field.default is None), default=0)
    sizes = [field.end for index, field in enumerate(fields[:-1]) if index + 1 >= required]
    template = b"".join(
        bytes(field.end - field.offset) if field.default is None else write_fixed(field.type, field.default)
        for field in fields
    )
    may_be_absent = int(required == 0)
    return [_run(template), _number(may_be_absent, len(sizes), *sizes), checks_program(fields)]


def _column(column: Column) -> bytes:
    match column:
        case FixedColumn(type=type_, size=size):
            return _number(_FIXED, size) + _checks(checks(type_))
        case BytesColumn(type=type_):
            return _number(_BYTES, int(isinstance(type_, plan.String))) + _bounds(type_)
        case ListColumn(type=type_, item=FixedColumn(type=item, size=size)):
            return _number(_PACKED_LIST) + _bounds(type_) + _number(size) + _checks(checks(item))
        case ListColumn(type=type_, item=item):
            return _number(_LIST) + _bounds(type_) + _column(item)
        case MapColumn(type=type_, key=key, value=value):
            return _number(_MAP) + _bounds(type_) + _number(_order(type_.key)) + _column(key) + _column(value)
        case MessageColumn():
            return _number(_MESSAGE) + program(column)


def _order(key: plan.Type) -> int:
    match key:
        case plan.Integer(signed=signed):
            return _SIGNED if signed else _UNSIGNED
        case plan.Enum():
            return _UNSIGNED
    return _BYTEWISE


def _default(type_: plan.Type, value: Any) -> bytes:
    """The bytes of a default. The only list or map that is one is empty."""
    if isinstance(value, str) and isinstance(type_, plan.String):
        return value.encode()
    if isinstance(type_, plan.Bytes | plan.List | plan.Map):
        return bytes(value)
    return write_fixed(type_, value)


def _is_limited(type_: Any) -> bool:
    return type_.minimum is not None or type_.maximum is not None


def _integer_limits(
    type_: plan.Integer | plan.Timestamp | plan.Duration | plan.Decimal, offset: int
) -> bytes:
    """Limits as little-endian bytes of the number's own size."""
    bits, signed = (type_.bits, type_.signed) if isinstance(type_, plan.Integer) else (64, True)
    smallest, largest = plan.integer_limits(bits, signed)
    minimum = smallest if type_.minimum is None else type_.minimum
    maximum = largest if type_.maximum is None else type_.maximum
    size = bits // 8
    packed = minimum.to_bytes(size, "little", signed=signed) + maximum.to_bytes(size, "little", signed=signed)
    return _number(_INTEGER, offset, size, int(signed)) + packed


def _bounds(type_: plan.String | plan.Bytes | plan.List | plan.Map) -> bytes:
    return _number(type_.minimum or 0, _OPEN if type_.maximum is None else type_.maximum)


def _checks(inner: list[bytes]) -> bytes:
    return _number(len(inner)) + b"".join(inner)


def _run(data: bytes) -> bytes:
    return _number(len(data)) + data


def _number(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}Q", *numbers)
