"""Contestants whose messages are dictionaries: they differ in encoder and decoder.

``identity`` says how the peer carries a ``UUID``: as it is when writing and text when reading, or 16 bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from benches.codec.contestant import Contestant
from benches.codec.values import BOOK, ORDER, QUOTE, TRADING_QUOTE

Encode = Callable[[Any], bytes]
Decode = Callable[[bytes], Any]


def quote(encode: Encode, decode: Decode) -> Contestant:
    v = QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, side = v.sequence, v.side

    def build() -> Any:
        return {
            "symbol": symbol,
            "time": time,
            "bid": bid,
            "ask": ask,
            "bid_size": bid_size,
            "ask_size": ask_size,
            "sequence": sequence,
            "side": side,
        }

    def read(q: Any) -> object:
        sizes = q["bid_size"], q["ask_size"]
        return q["symbol"], q["time"], q["bid"], q["ask"], *sizes, q["sequence"], q["side"]

    return Contestant(build, encode, decode, read)


def book(encode: Encode, decode: Decode) -> Contestant:
    symbol, time, sequence, bids, asks = BOOK.symbol, BOOK.time, BOOK.sequence, BOOK.bids, BOOK.asks

    def build() -> Any:
        return {
            "symbol": symbol,
            "time": time,
            "sequence": sequence,
            "bids": [{"price": price, "quantity": quantity} for price, quantity in bids],
            "asks": [{"price": price, "quantity": quantity} for price, quantity in asks],
        }

    def worth(levels: Any) -> float:
        total = 0.0
        for level in levels:
            total += level["price"] * level["quantity"]
        return total

    def read(b: Any) -> object:
        return b["symbol"], b["time"], b["sequence"], worth(b["bids"]), worth(b["asks"])

    return Contestant(build, encode, decode, read)


def order(encode: Encode, decode: Decode, *, identity: Literal["text", "bytes"]) -> Contestant:
    id_, symbol, side, limit_price = ORDER.id, ORDER.symbol, ORDER.side, ORDER.limit_price
    tags, attributes = list(ORDER.tags), dict(ORDER.attributes)
    as_text = identity == "text"

    def build() -> Any:
        return {
            "id": id_ if as_text else id_.bytes,
            "symbol": symbol,
            "side": side,
            "limit_price": limit_price,
            "tags": tags,
            "attributes": attributes,
        }

    def read(o: Any) -> object:
        found = UUID(o["id"]) if as_text else UUID(bytes=o["id"])
        return found, o["symbol"], o["side"], o["limit_price"], o["tags"], o["attributes"]

    return Contestant(build, encode, decode, read)


def trading_quote(encode: Encode, decode: Decode, *, carries_decimal: bool) -> Contestant:
    v = TRADING_QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, venue, conditions = v.sequence, v.venue, list(v.conditions)

    def build() -> Any:
        return {
            "symbol": symbol,
            "time": time,
            "bid": bid if carries_decimal else str(bid),
            "ask": ask if carries_decimal else str(ask),
            "bid_size": bid_size,
            "ask_size": ask_size,
            "sequence": sequence,
            "venue": venue,
            "conditions": conditions,
        }

    def read(q: Any) -> object:
        prices = q["bid"], q["ask"]
        if not carries_decimal:
            prices = Decimal(prices[0]), Decimal(prices[1])
        sizes = q["bid_size"], q["ask_size"]
        return q["symbol"], q["time"], *prices, *sizes, q["sequence"], q["venue"], q["conditions"]

    return Contestant(build, encode, decode, read)
