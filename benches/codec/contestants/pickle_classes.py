"""pickle, its newest protocol, with named tuples: of all classes those it writes and reads fastest."""

from __future__ import annotations

import pickle
from decimal import Decimal
from functools import partial
from typing import NamedTuple
from uuid import UUID

from benches.codec.contestant import Contestant
from benches.codec.contestants import of_classes

TITLE = "pickle"
_dumps = partial(pickle.dumps, protocol=pickle.HIGHEST_PROTOCOL)


class Quote(NamedTuple):
    symbol: str
    time: int
    bid: float
    ask: float
    bid_size: int
    ask_size: int
    sequence: int
    side: int


class Level(NamedTuple):
    price: float
    quantity: float


class Book(NamedTuple):
    symbol: str
    time: int
    sequence: int
    bids: list[Level]
    asks: list[Level]


class Order(NamedTuple):
    id: UUID
    symbol: str
    side: int
    limit_price: float | None
    tags: list[str]
    attributes: dict[str, str]


class TradingQuote(NamedTuple):
    symbol: str
    time: int
    bid: Decimal
    ask: Decimal
    bid_size: int
    ask_size: int
    sequence: int
    venue: int | None
    conditions: list[str] | None


def quote() -> Contestant:
    return of_classes.quote(Quote, _dumps, pickle.loads)


def book() -> Contestant:
    return of_classes.book(Book, Level, _dumps, pickle.loads)


def order() -> Contestant:
    return of_classes.order(Order, _dumps, pickle.loads, carries_identity=True)


def trading_quote() -> Contestant:
    return of_classes.trading_quote(TradingQuote, _dumps, pickle.loads, carries_decimal=True)
