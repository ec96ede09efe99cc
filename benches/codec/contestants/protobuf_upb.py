"""protobuf with its C implementation, upb; the messages are described without its compiler."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.internal import api_implementation

from benches.codec.contestant import Contestant
from benches.codec.values import BOOK, ORDER, QUOTE, TRADING_QUOTE

if api_implementation.Type() != "upb":
    raise ImportError(f"protobuf is installed with {api_implementation.Type()}, not with upb")

TITLE = "protobuf (upb)"
_Field = descriptor_pb2.FieldDescriptorProto
_STRING, _BYTES, _DOUBLE = _Field.TYPE_STRING, _Field.TYPE_BYTES, _Field.TYPE_DOUBLE
_UINT32, _UINT64, _FIXED64 = _Field.TYPE_UINT32, _Field.TYPE_UINT64, _Field.TYPE_FIXED64
_QUOTE = (("symbol", _STRING), ("time", _FIXED64), ("bid", _DOUBLE), ("ask", _DOUBLE))
_SIZES = (("bid_size", _UINT32), ("ask_size", _UINT32), ("sequence", _UINT64))
_MESSAGES: dict[str, tuple[tuple[str, Any], ...]] = {
    "Quote": (*_QUOTE, *_SIZES, ("side", _UINT32)),
    "Level": (("price", _DOUBLE), ("quantity", _DOUBLE)),
    "Book": (
        ("symbol", _STRING),
        ("time", _FIXED64),
        ("sequence", _UINT64),
        ("*bids", "Level"),
        ("*asks", "Level"),
    ),
    "Order": (
        ("id", _BYTES),
        ("symbol", _STRING),
        ("side", _UINT32),
        ("?limit_price", _DOUBLE),
        ("*tags", _STRING),
        ("*attributes", "Order.AttributesEntry"),
    ),
    "TradingQuote": (
        ("symbol", _STRING),
        ("time", _FIXED64),
        ("bid", _STRING),
        ("ask", _STRING),
        *_SIZES,
        ("?venue", _UINT32),
        ("*conditions", _STRING),
    ),
}


def _classes() -> dict[str, Any]:
    file = descriptor_pb2.FileDescriptorProto(name="bench.proto", package="bench", syntax="proto3")
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for number, (field, type_) in enumerate(fields, start=1):
            label = _Field.LABEL_REPEATED if field.startswith("*") else _Field.LABEL_OPTIONAL
            described = message.field.add(name=field.lstrip("*?"), number=number, label=label)
            if isinstance(type_, str):
                described.type = _Field.TYPE_MESSAGE
                described.type_name = f".bench.{type_}"
            else:
                described.type = type_
            if field.startswith("?"):
                described.proto3_optional = True
                described.oneof_index = len(message.oneof_decl)
                message.oneof_decl.add(name=f"_{described.name}")
        if name == "Order":
            entry = message.nested_type.add(name="AttributesEntry")
            entry.options.map_entry = True
            entry.field.add(name="key", number=1, label=_Field.LABEL_OPTIONAL, type=_STRING)
            entry.field.add(name="value", number=2, label=_Field.LABEL_OPTIONAL, type=_STRING)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"bench.{name}"))
        for name in _MESSAGES
    }


_CLASSES = _classes()
_Quote, _Level, _Book = _CLASSES["Quote"], _CLASSES["Level"], _CLASSES["Book"]
_Order, _TradingQuote = _CLASSES["Order"], _CLASSES["TradingQuote"]


def quote() -> Contestant:
    v = QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, side = v.sequence, v.side

    def build() -> Any:
        return _Quote(
            symbol=symbol,
            time=time,
            bid=bid,
            ask=ask,
            bid_size=bid_size,
            ask_size=ask_size,
            sequence=sequence,
            side=side,
        )

    def read(q: Any) -> object:
        return q.symbol, q.time, q.bid, q.ask, q.bid_size, q.ask_size, q.sequence, q.side

    return Contestant(build, _Quote.SerializeToString, _Quote.FromString, read)


def book() -> Contestant:
    symbol, time, sequence, bids, asks = BOOK.symbol, BOOK.time, BOOK.sequence, BOOK.bids, BOOK.asks

    def build() -> Any:
        made = _Book(symbol=symbol, time=time, sequence=sequence)
        add_bid, add_ask = made.bids.add, made.asks.add
        for price, quantity in bids:
            add_bid(price=price, quantity=quantity)
        for price, quantity in asks:
            add_ask(price=price, quantity=quantity)
        return made

    def worth(levels: Any) -> float:
        total = 0.0
        for level in levels:
            total += level.price * level.quantity
        return total

    def read(b: Any) -> object:
        return b.symbol, b.time, b.sequence, worth(b.bids), worth(b.asks)

    return Contestant(build, _Book.SerializeToString, _Book.FromString, read)


def order() -> Contestant:
    identity, symbol, side, limit_price = ORDER.id, ORDER.symbol, ORDER.side, ORDER.limit_price
    tags, attributes = ORDER.tags, dict(ORDER.attributes)

    def build() -> Any:
        return _Order(
            id=identity.bytes,
            symbol=symbol,
            side=side,
            limit_price=limit_price,
            tags=tags,
            attributes=attributes,
        )

    def read(o: Any) -> object:
        limit_price = o.limit_price if o.HasField("limit_price") else None
        return UUID(bytes=o.id), o.symbol, o.side, limit_price, list(o.tags), dict(o.attributes)

    return Contestant(build, _Order.SerializeToString, _Order.FromString, read)


def trading_quote() -> Contestant:
    v = TRADING_QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, venue, conditions = v.sequence, v.venue, v.conditions

    def build() -> Any:
        return _TradingQuote(
            symbol=symbol,
            time=time,
            bid=str(bid),
            ask=str(ask),
            bid_size=bid_size,
            ask_size=ask_size,
            sequence=sequence,
            venue=venue,
            conditions=conditions,
        )

    def read(q: Any) -> object:
        return (
            q.symbol,
            q.time,
            Decimal(q.bid),
            Decimal(q.ask),
            q.bid_size,
            q.ask_size,
            q.sequence,
            q.venue if q.HasField("venue") else None,
            list(q.conditions),
        )

    return Contestant(build, _TradingQuote.SerializeToString, _TradingQuote.FromString, read)
