"""betterproto2: protobuf messages as dataclasses, in pure Python, as its plugin for protoc writes them."""

from __future__ import annotations

from dataclasses import dataclass

import betterproto2

from benches.codec.contestant import Contestant
from benches.codec.contestants import of_classes

TITLE = "betterproto2"


@dataclass(eq=False, repr=False)
class Quote(betterproto2.Message):
    symbol: str = betterproto2.field(1, betterproto2.TYPE_STRING)
    time: int = betterproto2.field(2, betterproto2.TYPE_FIXED64)
    bid: float = betterproto2.field(3, betterproto2.TYPE_DOUBLE)
    ask: float = betterproto2.field(4, betterproto2.TYPE_DOUBLE)
    bid_size: int = betterproto2.field(5, betterproto2.TYPE_UINT32)
    ask_size: int = betterproto2.field(6, betterproto2.TYPE_UINT32)
    sequence: int = betterproto2.field(7, betterproto2.TYPE_UINT64)
    side: int = betterproto2.field(8, betterproto2.TYPE_UINT32)


@dataclass(eq=False, repr=False)
class Level(betterproto2.Message):
    price: float = betterproto2.field(1, betterproto2.TYPE_DOUBLE)
    quantity: float = betterproto2.field(2, betterproto2.TYPE_DOUBLE)


@dataclass(eq=False, repr=False)
class Book(betterproto2.Message):
    symbol: str = betterproto2.field(1, betterproto2.TYPE_STRING)
    time: int = betterproto2.field(2, betterproto2.TYPE_FIXED64)
    sequence: int = betterproto2.field(3, betterproto2.TYPE_UINT64)
    bids: list[Level] = betterproto2.field(4, betterproto2.TYPE_MESSAGE, repeated=True)
    asks: list[Level] = betterproto2.field(5, betterproto2.TYPE_MESSAGE, repeated=True)


@dataclass(eq=False, repr=False)
class Order(betterproto2.Message):
    id: bytes = betterproto2.field(1, betterproto2.TYPE_BYTES)
    symbol: str = betterproto2.field(2, betterproto2.TYPE_STRING)
    side: int = betterproto2.field(3, betterproto2.TYPE_UINT32)
    limit_price: float | None = betterproto2.field(4, betterproto2.TYPE_DOUBLE, optional=True)
    tags: list[str] = betterproto2.field(5, betterproto2.TYPE_STRING, repeated=True)
    attributes: dict[str, str] = betterproto2.field(
        6,
        betterproto2.TYPE_MAP,
        map_meta=betterproto2.map_meta(betterproto2.TYPE_STRING, betterproto2.TYPE_STRING),
    )


@dataclass(eq=False, repr=False)
class TradingQuote(betterproto2.Message):
    symbol: str = betterproto2.field(1, betterproto2.TYPE_STRING)
    time: int = betterproto2.field(2, betterproto2.TYPE_FIXED64)
    bid: str = betterproto2.field(3, betterproto2.TYPE_STRING)
    ask: str = betterproto2.field(4, betterproto2.TYPE_STRING)
    bid_size: int = betterproto2.field(5, betterproto2.TYPE_UINT32)
    ask_size: int = betterproto2.field(6, betterproto2.TYPE_UINT32)
    sequence: int = betterproto2.field(7, betterproto2.TYPE_UINT64)
    venue: int | None = betterproto2.field(8, betterproto2.TYPE_UINT32, optional=True)
    conditions: list[str] = betterproto2.field(9, betterproto2.TYPE_STRING, repeated=True)


def quote() -> Contestant:
    return of_classes.quote(Quote, Quote.__bytes__, Quote.parse)


def book() -> Contestant:
    return of_classes.book(Book, Level, Book.__bytes__, Book.parse)


def order() -> Contestant:
    return of_classes.order(Order, Order.__bytes__, Order.parse, carries_identity=False)


def trading_quote() -> Contestant:
    return of_classes.trading_quote(
        TradingQuote, TradingQuote.__bytes__, TradingQuote.parse, carries_decimal=False
    )
