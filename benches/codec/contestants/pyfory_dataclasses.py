"""pyfory in its Python form, with registered dataclasses that have slots, and no evolution of schemas."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Optional

import pyfory

from benches.codec.contestant import Contestant
from benches.codec.contestants import of_classes

TITLE = "pyfory"


@dataclass(slots=True)
class Quote:
    symbol: str
    time: pyfory.FixedInt64
    bid: pyfory.Float64
    ask: pyfory.Float64
    bid_size: pyfory.UInt32
    ask_size: pyfory.UInt32
    sequence: pyfory.UInt64
    side: pyfory.UInt8


@dataclass(slots=True)
class Level:
    price: pyfory.Float64
    quantity: pyfory.Float64


@dataclass(slots=True)
class Book:
    symbol: str
    time: pyfory.FixedInt64
    sequence: pyfory.UInt64
    bids: list[Level]
    asks: list[Level]


@dataclass(slots=True)
class Order:
    id: bytes
    symbol: str
    side: pyfory.UInt8
    limit_price: Optional[float]  # noqa: UP045, pyfory reads no other form
    tags: list[str]
    attributes: dict[str, str]


@dataclass(slots=True)
class TradingQuote:
    symbol: str
    time: pyfory.FixedInt64
    bid: str
    ask: str
    bid_size: pyfory.UInt32
    ask_size: pyfory.UInt32
    sequence: pyfory.UInt64
    venue: Optional[int]  # noqa: UP045, as above
    conditions: list[str]


def _fory(*classes: type) -> Any:
    fory = pyfory.Fory(xlang=False, ref=False, strict=True, compatible=False)
    for number, registered in enumerate(classes, start=100):
        fory.register(registered, type_id=number)
    return fory


def quote() -> Contestant:
    fory = _fory(Quote)
    return of_classes.quote(Quote, fory.serialize, fory.deserialize)


def book() -> Contestant:
    fory = _fory(Level, Book)
    return of_classes.book(Book, Level, fory.serialize, fory.deserialize)


def order() -> Contestant:
    fory = _fory(Order)
    return of_classes.order(Order, fory.serialize, fory.deserialize, carries_identity=False)


def trading_quote() -> Contestant:
    fory = _fory(TradingQuote)
    return of_classes.trading_quote(TradingQuote, fory.serialize, fory.deserialize, carries_decimal=False)
