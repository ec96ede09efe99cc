"""flatbuffers: the calls its compiler would generate, with one builder that is cleared and used again.

It has no objects to build: what is built here is the values alone, and encoding does all the work.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

import flatbuffers
from flatbuffers import encode, packer
from flatbuffers import number_types as types
from flatbuffers.table import Table

from benches.codec.contestant import Contestant
from benches.codec.values import BOOK, ORDER, QUOTE, TRADING_QUOTE, Levels

TITLE = "flatbuffers"
_builder = flatbuffers.Builder(2048)


def _root(body: bytes) -> Table:
    return Table(body, encode.Get(packer.uoffset, body, 0))


def _finish(builder: Any, root: int) -> bytes:
    builder.Finish(root)
    return bytes(builder.Output())


def _slot(number: int) -> int:
    return 4 + 2 * number


def _number(table: Table, slot: int, flags: Any) -> Any:
    offset = table.Offset(slot)
    return table.Get(flags, offset + table.Pos) if offset else 0


def _text(table: Table, slot: int) -> str:
    found: bytes = table.String(table.Offset(slot) + table.Pos)
    return found.decode()


def _texts(table: Table, slot: int) -> list[str]:
    offset = table.Offset(slot)
    start = table.Vector(offset)
    return [table.String(start + 4 * index).decode() for index in range(table.VectorLen(offset))]


def _write_offsets(builder: Any, offsets: list[int]) -> int:
    builder.StartVector(4, len(offsets), 4)
    for offset in reversed(offsets):
        builder.PrependUOffsetTRelative(offset)
    end: int = builder.EndVector()
    return end


def quote() -> Contestant:
    slots = [_slot(number) for number in range(8)]

    def encode_quote(v: Any) -> bytes:
        builder = _builder
        builder.Clear()
        symbol = builder.CreateString(v.symbol)
        builder.StartObject(8)
        builder.PrependInt64Slot(1, v.time, 0)
        builder.PrependFloat64Slot(2, v.bid, 0.0)
        builder.PrependFloat64Slot(3, v.ask, 0.0)
        builder.PrependUint64Slot(6, v.sequence, 0)
        builder.PrependUint32Slot(4, v.bid_size, 0)
        builder.PrependUint32Slot(5, v.ask_size, 0)
        builder.PrependUOffsetTRelativeSlot(0, symbol, 0)
        builder.PrependUint8Slot(7, v.side, 0)
        return _finish(builder, builder.EndObject())

    def read(q: Table) -> object:
        return (
            _text(q, slots[0]),
            _number(q, slots[1], types.Int64Flags),
            _number(q, slots[2], types.Float64Flags),
            _number(q, slots[3], types.Float64Flags),
            _number(q, slots[4], types.Uint32Flags),
            _number(q, slots[5], types.Uint32Flags),
            _number(q, slots[6], types.Uint64Flags),
            _number(q, slots[7], types.Uint8Flags),
        )

    return Contestant(lambda: QUOTE, encode_quote, _root, read)


def book() -> Contestant:
    def write_levels(builder: Any, levels: Levels) -> int:
        builder.StartVector(16, len(levels), 8)
        for price, quantity in reversed(levels):
            builder.Prep(8, 16)
            builder.PrependFloat64(quantity)
            builder.PrependFloat64(price)
        end: int = builder.EndVector()
        return end

    def encode_book(v: Any) -> bytes:
        builder = _builder
        builder.Clear()
        asks = write_levels(builder, v.asks)
        bids = write_levels(builder, v.bids)
        symbol = builder.CreateString(v.symbol)
        builder.StartObject(5)
        builder.PrependInt64Slot(1, v.time, 0)
        builder.PrependUint64Slot(2, v.sequence, 0)
        builder.PrependUOffsetTRelativeSlot(0, symbol, 0)
        builder.PrependUOffsetTRelativeSlot(3, bids, 0)
        builder.PrependUOffsetTRelativeSlot(4, asks, 0)
        return _finish(builder, builder.EndObject())

    def worth(table: Table, slot: int) -> float:
        offset = table.Offset(slot)
        start, total, get = table.Vector(offset), 0.0, table.Get
        for index in range(table.VectorLen(offset)):
            place = start + 16 * index
            total += get(types.Float64Flags, place) * get(types.Float64Flags, place + 8)
        return total

    def read(b: Table) -> object:
        return (
            _text(b, _slot(0)),
            _number(b, _slot(1), types.Int64Flags),
            _number(b, _slot(2), types.Uint64Flags),
            worth(b, _slot(3)),
            worth(b, _slot(4)),
        )

    return Contestant(lambda: BOOK, encode_book, _root, read)


def order() -> Contestant:
    def write_attributes(builder: Any, attributes: Any) -> int:
        entries = []
        for key, value in attributes:
            value_offset, key_offset = builder.CreateString(value), builder.CreateString(key)
            builder.StartObject(2)
            builder.PrependUOffsetTRelativeSlot(0, key_offset, 0)
            builder.PrependUOffsetTRelativeSlot(1, value_offset, 0)
            entries.append(builder.EndObject())
        return _write_offsets(builder, entries)

    def encode_order(v: Any) -> bytes:
        builder = _builder
        builder.Clear()
        attributes = write_attributes(builder, v.attributes)
        tags = _write_offsets(builder, [builder.CreateString(tag) for tag in v.tags])
        identity = builder.CreateByteVector(v.id.bytes)
        symbol = builder.CreateString(v.symbol)
        builder.StartObject(7)
        if v.limit_price is not None:
            builder.PrependFloat64Slot(4, v.limit_price, 0.0)
            builder.PrependBoolSlot(3, True, False)
        builder.PrependUOffsetTRelativeSlot(0, identity, 0)
        builder.PrependUOffsetTRelativeSlot(1, symbol, 0)
        builder.PrependUOffsetTRelativeSlot(5, tags, 0)
        builder.PrependUOffsetTRelativeSlot(6, attributes, 0)
        builder.PrependUint8Slot(2, v.side, 0)
        return _finish(builder, builder.EndObject())

    def read_attributes(table: Table) -> dict[str, str]:
        offset = table.Offset(_slot(6))
        start = table.Vector(offset)
        found = {}
        for index in range(table.VectorLen(offset)):
            entry = Table(table.Bytes, table.Indirect(start + 4 * index))
            found[_text(entry, _slot(0))] = _text(entry, _slot(1))
        return found

    def read(o: Table) -> object:
        start = o.Vector(o.Offset(_slot(0)))
        has_price = _number(o, _slot(3), types.BoolFlags)
        return (
            UUID(bytes=bytes(o.Bytes[start : start + 16])),
            _text(o, _slot(1)),
            _number(o, _slot(2), types.Uint8Flags),
            _number(o, _slot(4), types.Float64Flags) if has_price else None,
            _texts(o, _slot(5)),
            read_attributes(o),
        )

    return Contestant(lambda: ORDER, encode_order, _root, read)


def trading_quote() -> Contestant:
    def encode_quote(v: Any) -> bytes:
        builder = _builder
        builder.Clear()
        conditions = _write_offsets(builder, [builder.CreateString(text) for text in v.conditions])
        bid, ask = builder.CreateString(str(v.bid)), builder.CreateString(str(v.ask))
        symbol = builder.CreateString(v.symbol)
        builder.StartObject(9)
        builder.PrependInt64Slot(1, v.time, 0)
        builder.PrependUint64Slot(6, v.sequence, 0)
        builder.PrependUint32Slot(4, v.bid_size, 0)
        builder.PrependUint32Slot(5, v.ask_size, 0)
        builder.PrependUOffsetTRelativeSlot(0, symbol, 0)
        builder.PrependUOffsetTRelativeSlot(2, bid, 0)
        builder.PrependUOffsetTRelativeSlot(3, ask, 0)
        builder.PrependUOffsetTRelativeSlot(8, conditions, 0)
        builder.PrependUint8Slot(7, v.venue, 0)
        return _finish(builder, builder.EndObject())

    def read(q: Table) -> object:
        return (
            _text(q, _slot(0)),
            _number(q, _slot(1), types.Int64Flags),
            Decimal(_text(q, _slot(2))),
            Decimal(_text(q, _slot(3))),
            _number(q, _slot(4), types.Uint32Flags),
            _number(q, _slot(5), types.Uint32Flags),
            _number(q, _slot(6), types.Uint64Flags),
            _number(q, _slot(7), types.Uint8Flags),
            _texts(q, _slot(8)),
        )

    return Contestant(lambda: TRADING_QUOTE, encode_quote, _root, read)
