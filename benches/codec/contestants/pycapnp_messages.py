"""pycapnp: messages of one segment, unpacked, filled field by field, which is what it is fastest at.

``from_segments`` reads a segment without the context manager of ``from_bytes``; the segment is what follows the
8-byte header of a stream. After each encoding the note that a message was written is cleared, as it would warn.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import capnp

from benches.codec.contestant import Contestant
from benches.codec.values import BOOK, ORDER, QUOTE, TRADING_QUOTE

TITLE = "pycapnp"
STREAM_HEADER_SIZE = 8

SCHEMA = """
@0x9b2c7f4e1d3a5c60;

struct Quote {
  symbol @0 :Text; time @1 :Int64; bid @2 :Float64; ask @3 :Float64;
  bidSize @4 :UInt32; askSize @5 :UInt32; sequence @6 :UInt64; side @7 :UInt8;
}
struct Level { price @0 :Float64; quantity @1 :Float64; }
struct Book {
  symbol @0 :Text; time @1 :Int64; sequence @2 :UInt64; bids @3 :List(Level); asks @4 :List(Level);
}
struct Attribute { key @0 :Text; value @1 :Text; }
struct Order {
  id @0 :Data; symbol @1 :Text; side @2 :UInt8; hasLimitPrice @3 :Bool; limitPrice @4 :Float64;
  tags @5 :List(Text); attributes @6 :List(Attribute);
}
struct TradingQuote {
  symbol @0 :Text; time @1 :Int64; bid @2 :Text; ask @3 :Text; bidSize @4 :UInt32; askSize @5 :UInt32;
  sequence @6 :UInt64; hasVenue @7 :Bool; venue @8 :UInt8; conditions @9 :List(Text);
}
"""


def _load() -> Any:
    with tempfile.TemporaryDirectory(prefix="mycelium-bench-") as folder:
        path = Path(folder) / "bench.capnp"
        path.write_text(SCHEMA)
        return capnp.load(str(path))


_SCHEMA = _load()


def _encode(message: Any) -> bytes:
    body: bytes = message.to_bytes()
    message.clear_write_flag()
    return body


def _decode_as(struct: Any) -> Callable[[bytes], Any]:
    from_segments = struct.from_segments

    def decode(body: bytes) -> Any:
        return from_segments([body[STREAM_HEADER_SIZE:]])

    return decode


def quote() -> Contestant:
    v = QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, side = v.sequence, v.side
    new_message = _SCHEMA.Quote.new_message

    def build() -> Any:
        made = new_message()
        made.symbol = symbol
        made.time = time
        made.bid = bid
        made.ask = ask
        made.bidSize = bid_size
        made.askSize = ask_size
        made.sequence = sequence
        made.side = side
        return made

    def read(q: Any) -> object:
        return q.symbol, q.time, q.bid, q.ask, q.bidSize, q.askSize, q.sequence, q.side

    return Contestant(build, _encode, _decode_as(_SCHEMA.Quote), read)


def book() -> Contestant:
    symbol, time, sequence, bids, asks = BOOK.symbol, BOOK.time, BOOK.sequence, BOOK.bids, BOOK.asks
    new_message = _SCHEMA.Book.new_message

    def fill(places: Any, levels: Any) -> None:
        for place, (price, quantity) in zip(places, levels, strict=True):
            place.price = price
            place.quantity = quantity

    def build() -> Any:
        made = new_message()
        made.symbol = symbol
        made.time = time
        made.sequence = sequence
        fill(made.init("bids", len(bids)), bids)
        fill(made.init("asks", len(asks)), asks)
        return made

    def worth(levels: Any) -> float:
        total = 0.0
        for level in levels:
            total += level.price * level.quantity
        return total

    def read(b: Any) -> object:
        return b.symbol, b.time, b.sequence, worth(b.bids), worth(b.asks)

    return Contestant(build, _encode, _decode_as(_SCHEMA.Book), read)


def order() -> Contestant:
    identity, symbol, side, limit_price = ORDER.id, ORDER.symbol, ORDER.side, ORDER.limit_price
    tags, attributes = list(ORDER.tags), ORDER.attributes
    new_message = _SCHEMA.Order.new_message

    def build() -> Any:
        made = new_message()
        made.id = identity.bytes
        made.symbol = symbol
        made.side = side
        made.tags = tags
        if limit_price is not None:
            made.hasLimitPrice = True
            made.limitPrice = limit_price
        places = made.init("attributes", len(attributes))
        for place, (key, value) in zip(places, attributes, strict=True):
            place.key = key
            place.value = value
        return made

    def read(o: Any) -> object:
        return (
            UUID(bytes=o.id),
            o.symbol,
            o.side,
            o.limitPrice if o.hasLimitPrice else None,
            list(o.tags),
            {attribute.key: attribute.value for attribute in o.attributes},
        )

    return Contestant(build, _encode, _decode_as(_SCHEMA.Order), read)


def trading_quote() -> Contestant:
    v = TRADING_QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, venue, conditions = v.sequence, v.venue, list(v.conditions)
    new_message = _SCHEMA.TradingQuote.new_message

    def build() -> Any:
        made = new_message()
        made.symbol = symbol
        made.time = time
        made.bid = str(bid)
        made.ask = str(ask)
        made.bidSize = bid_size
        made.askSize = ask_size
        made.sequence = sequence
        made.hasVenue = True
        made.venue = venue
        made.conditions = conditions
        return made

    def read(q: Any) -> object:
        return (
            q.symbol,
            q.time,
            Decimal(q.bid),
            Decimal(q.ask),
            q.bidSize,
            q.askSize,
            q.sequence,
            q.venue if q.hasVenue else None,
            list(q.conditions),
        )

    return Contestant(build, _encode, _decode_as(_SCHEMA.TradingQuote), read)
