"""cbor2: positional arrays, which are smaller and faster than dictionaries; identities and decimals as its tags."""

from __future__ import annotations

from typing import Any

import cbor2

from benches.codec.contestant import Contestant
from benches.codec.values import BOOK, ORDER, QUOTE, TRADING_QUOTE

TITLE = "cbor2"


def quote() -> Contestant:
    v = QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, side = v.sequence, v.side

    def build() -> Any:
        return [symbol, time, bid, ask, bid_size, ask_size, sequence, side]

    def read(q: Any) -> object:
        return q[0], q[1], q[2], q[3], q[4], q[5], q[6], q[7]

    return Contestant(build, cbor2.dumps, cbor2.loads, read)


def book() -> Contestant:
    symbol, time, sequence, bids, asks = BOOK.symbol, BOOK.time, BOOK.sequence, BOOK.bids, BOOK.asks

    def build() -> Any:
        return [
            symbol,
            time,
            sequence,
            [[price, quantity] for price, quantity in bids],
            [[price, quantity] for price, quantity in asks],
        ]

    def worth(levels: Any) -> float:
        total = 0.0
        for price, quantity in levels:
            total += price * quantity
        return total

    def read(b: Any) -> object:
        return b[0], b[1], b[2], worth(b[3]), worth(b[4])

    return Contestant(build, cbor2.dumps, cbor2.loads, read)


def order() -> Contestant:
    identity, symbol, side, limit_price = ORDER.id, ORDER.symbol, ORDER.side, ORDER.limit_price
    tags, attributes = ORDER.tags, dict(ORDER.attributes)

    def build() -> Any:
        return [identity, symbol, side, limit_price, list(tags), dict(attributes)]

    def read(o: Any) -> object:
        return o[0], o[1], o[2], o[3], o[4], o[5]

    return Contestant(build, cbor2.dumps, cbor2.loads, read)


def trading_quote() -> Contestant:
    v = TRADING_QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, venue, conditions = v.sequence, v.venue, v.conditions

    def build() -> Any:
        return [symbol, time, bid, ask, bid_size, ask_size, sequence, venue, list(conditions)]

    def read(q: Any) -> object:
        return q[0], q[1], q[2], q[3], q[4], q[5], q[6], q[7], q[8]

    return Contestant(build, cbor2.dumps, cbor2.loads, read)
