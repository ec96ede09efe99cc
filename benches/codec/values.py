"""What every contestant carries: one value of each message, as an application holds it.

Identities are ``UUID`` and decimals ``Decimal`` here: a contestant that has no such type converts while it builds
and reads. A side is its number: whether a contestant makes more of it is its own affair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

Levels = tuple[tuple[float, float], ...]
"""Price and quantity, level by level."""


@dataclass(frozen=True)
class QuoteValues:
    """``bench.Quote``."""

    symbol: str = "EURUSD"
    time: int = 1_577_898_000_065_000_000
    bid: float = 1.1212
    ask: float = 1.12172
    bid_size: int = 1_000_000
    ask_size: int = 2_500_000
    sequence: int = 123_456
    side: int = 1


@dataclass(frozen=True)
class BookValues:
    """``bench.Book``: 20 levels a side."""

    symbol: str = "EURUSD"
    time: int = 1_577_898_000_065_000_000
    sequence: int = 123_456
    bids: Levels = tuple((1.1212 - step * 0.00005, 1_000_000.0 + step * 250_000) for step in range(20))
    asks: Levels = tuple((1.12172 + step * 0.00005, 1_250_000.0 + step * 250_000) for step in range(20))


@dataclass(frozen=True)
class OrderValues:
    """``bench.Order``."""

    id: UUID = UUID("5e3f2c1a-9b7d-4c6e-8f10-2a3b4c5d6e7f")
    symbol: str = "EURUSD"
    side: int = 2
    limit_price: float | None = 1.12165
    tags: tuple[str, ...] = ("algo", "momentum", "eu")
    attributes: tuple[tuple[str, str], ...] = (("desk", "fx-spot"), ("trader", "mlin"))


@dataclass(frozen=True)
class TradingQuoteValues:
    """``trading.market.Quote``: decimals of eight digits, and a list that may be absent but is there."""

    symbol: str = "EURUSD"
    time: int = 1_577_898_000_065_000_000
    bid: Decimal = Decimal("1.12120000")
    ask: Decimal = Decimal("1.12172000")
    bid_size: int = 1_000_000
    ask_size: int = 2_500_000
    sequence: int = 123_456
    venue: int = 1
    conditions: tuple[str, ...] = ("firm", "auction")


QUOTE = QuoteValues()
BOOK = BookValues()
ORDER = OrderValues()
TRADING_QUOTE = TradingQuoteValues()


def worth(levels: Levels) -> float:
    """The sum of price times quantity: what reading a side of a book is taken to mean."""
    total = 0.0
    for price, quantity in levels:
        total += price * quantity
    return total


def of_quote(found: Any) -> object:
    """What a contestant read of a quote, in the form all agree on."""
    symbol, time, bid, ask, bid_size, ask_size, sequence, side = found
    return symbol, time, bid, ask, bid_size, ask_size, sequence, int(side)


def of_book(found: Any) -> object:
    """What a contestant read of a book, in the form all agree on."""
    return tuple(found)


def of_order(found: Any) -> object:
    """What a contestant read of an order, in the form all agree on."""
    identity, symbol, side, limit_price, tags, attributes = found
    return identity, symbol, int(side), limit_price, tuple(tags), dict(attributes)


def of_trading_quote(found: Any) -> object:
    """What a contestant read of the trading schema's quote, in the form all agree on."""
    symbol, time, bid, ask, bid_size, ask_size, sequence, venue, conditions = found
    return symbol, time, bid, ask, bid_size, ask_size, sequence, int(venue), tuple(conditions)


@dataclass(frozen=True)
class Subject:
    """A message of the benchmark: its title, and what every contestant must have read in the end."""

    name: str
    title: str
    expected: object
    agreed_form: Callable[[Any], object]


SUBJECTS = (
    Subject("quote", "Quote: 8 fields, floats", tuple(vars(QUOTE).values()), of_quote),
    Subject(
        "book",
        "Book: 20 bids and 20 asks",
        (BOOK.symbol, BOOK.time, BOOK.sequence, worth(BOOK.bids), worth(BOOK.asks)),
        of_book,
    ),
    Subject(
        "order",
        "Order: uuid, optional price, 3 tags, 2 attributes",
        (*tuple(vars(ORDER).values())[:-1], dict(ORDER.attributes)),
        of_order,
    ),
    Subject(
        "trading_quote",
        "The trading schema's quote: decimals, timestamp, a list",
        tuple(vars(TRADING_QUOTE).values()),
        of_trading_quote,
    ),
)
