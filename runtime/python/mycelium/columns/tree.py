"""Which columns a message becomes: a tree along its plan, whose leaves are buffers.

A column is filled row by row, by the native codec or in Python, into the same buffers in the same order. A message has one
buffer with the blocks of all rows, one after the other, and the columns of its tagged fields.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from mycelium import plan
from mycelium.message import Message
from mycelium.wire import MAXIMUM_DEPTH


class FixedColumn(msgspec.Struct, frozen=True):
    """Values of a fixed-size type. One buffer: the packed values."""

    type: plan.Type
    size: int


class BytesColumn(msgspec.Struct, frozen=True):
    """Text or bytes. Two buffers: where each ends (int64, one more than rows), and all of them joined."""

    type: plan.String | plan.Bytes


class ListColumn(msgspec.Struct, frozen=True):
    """Lists. One buffer, where each ends, counted in items; then those of the items of all rows."""

    type: plan.List
    item: Column


class MapColumn(msgspec.Struct, frozen=True):
    """Maps. One buffer, where each ends, counted in entries; then those of all keys, and of all values."""

    type: plan.Map
    key: Column
    value: Column


class MessageColumn(msgspec.Struct, frozen=True):
    """Messages. One buffer of blocks, if there is a block; then those of each tagged field."""

    description: plan.MessagePlan
    tagged: tuple[TaggedColumn, ...]


class TaggedColumn(msgspec.Struct, frozen=True):
    """A tagged field. An optional one has a buffer of booleans first: whether a row has it."""

    field: plan.TaggedField
    column: Column

    @property
    def is_optional(self) -> bool:
        """Whether rows may lack it."""
        return self.field.presence is plan.Presence.OPTIONAL


Column: TypeAlias = FixedColumn | BytesColumn | ListColumn | MapColumn | MessageColumn


def columns_of(message: type[Message]) -> MessageColumn:
    """The columns of a message.

    Raises :class:`TypeError` where a field can have none: a union, or a message that contains itself.
    """
    return _message(message, message.__plan__.name, ())


def _message(message: type[Message], path: str, around: tuple[type[Message], ...]) -> MessageColumn:
    if message in around:
        raise TypeError(f"{path} has no columns: {message.__plan__.name} contains itself")
    if len(around) >= MAXIMUM_DEPTH:
        raise TypeError(f"{path} has no columns: it is nested deeper than {MAXIMUM_DEPTH}")
    description = message.__plan__
    within = (*around, message)
    tagged = (
        TaggedColumn(field, _column(field.type, f"{path}.{field.name}", within))
        for field in description.tagged
    )
    return MessageColumn(description, tuple(tagged))


def _column(type_: plan.Type, path: str, around: tuple[type[Message], ...]) -> Column:
    match type_:
        case plan.String() | plan.Bytes():
            return BytesColumn(type_)
        case plan.List(element=element):
            return ListColumn(type_, _column(element, path, around))
        case plan.Map(key=key, value=value):
            return MapColumn(type_, _column(key, path, around), _column(value, path, around))
        case plan.Message(message=message):
            return _message(message, path, around)
        case plan.Union(unknown=unknown):
            raise TypeError(f"{path} has no columns: {unknown.__union__.name} is a union")
    return FixedColumn(type_, plan.fixed_size(type_) or 0)
