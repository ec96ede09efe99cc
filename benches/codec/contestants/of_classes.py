"""Contestants whose messages are classes with positional constructors: they differ in class, encoder and decoder.

``carries_identity`` and ``carries_decimal`` say that the peer has a type for them; where it has none, bytes and text
are made while building and read back while reading.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

from benches.codec.contestant import Contestant
from benches.codec.values import BOOK, ORDER, QUOTE, TRADING_QUOTE

Encode = Callable[[Any], bytes]
Decode = Callable[[bytes], Any]


def quote(kind: Any, encode: Encode, decode: Decode) -> Contestant:
    v = QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, side = v.sequence, v.side

    def build() -> Any:
        return kind(symbol, time, bid, ask, bid_size, ask_size, sequence, side)

    def read(q: Any) -> object:
        return q.symbol, q.time, q.bid, q.ask, q.bid_size, q.ask_size, q.sequence, q.side

    return Contestant(build, encode, decode, read)


def worth(levels: Any) -> float:
    """As for plain values, of levels that have attributes."""
    total = 0.0
    for level in levels:
        total += level.price * level.quantity
    return total


def book(kind: Any, level: Any, encode: Encode, decode: Decode) -> Contestant:
    symbol, time, sequence, bids, asks = BOOK.symbol, BOOK.time, BOOK.sequence, BOOK.bids, BOOK.asks

    def build() -> Any:
        return kind(
            symbol,
            time,
            sequence,
            [level(price, quantity) for price, quantity in bids],
            [level(price, quantity) for price, quantity in asks],
        )

    def read(b: Any) -> object:
        return b.symbol, b.time, b.sequence, worth(b.bids), worth(b.asks)

    return Contestant(build, encode, decode, read)


def order(kind: Any, encode: Encode, decode: Decode, *, carries_identity: bool) -> Contestant:
    identity, symbol, side, limit_price = ORDER.id, ORDER.symbol, ORDER.side, ORDER.limit_price
    tags, attributes = list(ORDER.tags), dict(ORDER.attributes)

    def build() -> Any:
        return kind(identity, symbol, side, limit_price, tags, attributes)

    def read(o: Any) -> object:
        return o.id, o.symbol, o.side, o.limit_price, o.tags, o.attributes

    def build_with_bytes() -> Any:
        return kind(identity.bytes, symbol, side, limit_price, tags, attributes)

    def read_with_bytes(o: Any) -> object:
        return UUID(bytes=o.id), o.symbol, o.side, o.limit_price, o.tags, o.attributes

    if carries_identity:
        return Contestant(build, encode, decode, read)
    return Contestant(build_with_bytes, encode, decode, read_with_bytes)


def trading_quote(kind: Any, encode: Encode, decode: Decode, *, carries_decimal: bool) -> Contestant:
    v = TRADING_QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, venue, conditions = v.sequence, v.venue, list(v.conditions)

    def build() -> Any:
        return kind(symbol, time, bid, ask, bid_size, ask_size, sequence, venue, conditions)

    def build_with_text() -> Any:
        return kind(symbol, time, str(bid), str(ask), bid_size, ask_size, sequence, venue, conditions)

    def read(q: Any) -> object:
        sizes = q.bid_size, q.ask_size
        return q.symbol, q.time, q.bid, q.ask, *sizes, q.sequence, q.venue, q.conditions

    def read_with_text(q: Any) -> object:
        sizes = q.bid_size, q.ask_size
        bid, ask = Decimal(q.bid), Decimal(q.ask)
        return q.symbol, q.time, bid, ask, *sizes, q.sequence, q.venue, q.conditions

    if carries_decimal:
        return Contestant(build, encode, decode, read)
    return Contestant(build_with_text, encode, decode, read_with_text)
