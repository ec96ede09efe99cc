"""msgspec's classes: positional fields, no garbage collection; and what both of its formats share."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import msgspec


class Quote(msgspec.Struct, array_like=True, gc=False):
    symbol: str
    time: int
    bid: float
    ask: float
    bid_size: int
    ask_size: int
    sequence: int
    side: int


class Level(msgspec.Struct, array_like=True, gc=False):
    price: float
    quantity: float


class Book(msgspec.Struct, array_like=True, gc=False):
    symbol: str
    time: int
    sequence: int
    bids: list[Level]
    asks: list[Level]


class Order(msgspec.Struct, array_like=True, gc=False):
    id: UUID
    symbol: str
    side: int
    limit_price: float | None
    tags: list[str]
    attributes: dict[str, str]


class TradingQuote(msgspec.Struct, array_like=True, gc=False):
    symbol: str
    time: int
    bid: Decimal
    ask: Decimal
    bid_size: int
    ask_size: int
    sequence: int
    venue: int | None
    conditions: list[str] | None
