"""Fills columns from decoded messages, one by one: for where the native codec is not."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Any, Protocol

from mycelium import plan
from mycelium.columns.tree import (
    BytesColumn,
    Column,
    FixedColumn,
    ListColumn,
    MapColumn,
    MessageColumn,
    TaggedColumn,
)
from mycelium.fixed_encoder import write_fixed

_OFFSET = struct.Struct("<q")


class Filling(Protocol):
    """A column on its way."""

    def add(self, value: Any) -> None:
        """Another value; None stands for an absent one, which takes a place all the same."""

    def buffers(self) -> list[bytearray]:
        """What was filled, in the order that the column's class tells."""


class _Fixed:
    def __init__(self, type_: plan.Type, size: int) -> None:
        self.type = type_
        self.absent = bytes(size)
        self.data = bytearray()

    def add(self, value: Any) -> None:
        self.data += self.absent if value is None else write_fixed(self.type, value)

    def buffers(self) -> list[bytearray]:
        return [self.data]


class _Bytes:
    def __init__(self) -> None:
        self.offsets = bytearray(8)
        self.data = bytearray()

    def add(self, value: Any) -> None:
        if value is not None:
            self.data += value.encode() if isinstance(value, str) else value
        self.offsets += _OFFSET.pack(len(self.data))

    def buffers(self) -> list[bytearray]:
        return [self.offsets, self.data]


class _Several:
    """A list, or a map, whose items are its entries."""

    def __init__(self, parts: tuple[Column, ...]) -> None:
        self.offsets = bytearray(8)
        self.count = 0
        self.parts = [filling(part) for part in parts]

    def add(self, value: Any) -> None:
        if value is not None:
            parts = zip(value, strict=True) if not isinstance(value, dict) else value.items()
            for part in parts:
                for column, item in zip(self.parts, part, strict=True):
                    column.add(item)
            self.count += len(value)
        self.offsets += _OFFSET.pack(self.count)

    def buffers(self) -> list[bytearray]:
        return [self.offsets, *(buffer for part in self.parts for buffer in part.buffers())]


class _Tagged:
    def __init__(self, tagged: TaggedColumn) -> None:
        self.present = bytearray() if tagged.is_optional else None
        self.column = filling(tagged.column)

    def add(self, value: Any) -> None:
        if self.present is not None:
            self.present.append(value is not None)
        self.column.add(value)

    def buffers(self) -> list[bytearray]:
        return [*([] if self.present is None else [self.present]), *self.column.buffers()]


class _Message:
    def __init__(self, column: MessageColumn) -> None:
        fields: list[tuple[str, Filling]] = [
            (field.attribute, _Fixed(field.type, plan.fixed_size(field.type) or 0))
            for field in column.description.block
        ]
        self.block = bytearray() if fields else None
        self.block_fields = fields
        self.tagged = [(tagged.field.attribute, _Tagged(tagged)) for tagged in column.tagged]

    def add(self, value: Any) -> None:
        value_of: Callable[[str], Any] = (
            (lambda _: None) if value is None else (lambda name: getattr(value, name))
        )
        for attribute, field in self.block_fields:
            field.add(value_of(attribute))
        if self.block is not None:
            for _, field in self.block_fields:
                (data,) = field.buffers()
                self.block += data
                data.clear()
        for attribute, tagged in self.tagged:
            tagged.add(value_of(attribute))

    def buffers(self) -> list[bytearray]:
        tagged = [buffer for _, field in self.tagged for buffer in field.buffers()]
        return tagged if self.block is None else [self.block, *tagged]


def filling(column: Column) -> Filling:
    """An empty column."""
    match column:
        case FixedColumn(type=type_, size=size):
            return _Fixed(type_, size)
        case BytesColumn():
            return _Bytes()
        case ListColumn(item=item):
            return _Several((item,))
        case MapColumn(key=key, value=value):
            return _Several((key, value))
        case MessageColumn():
            return _Message(column)
