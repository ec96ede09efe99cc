"""The generated classes, as a user has them: made of the schemas here and now, and imported."""

from __future__ import annotations

import importlib
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benches.codec.contestant import Contestant
from benches.codec.contestants.of_classes import worth
from benches.codec.values import BOOK, ORDER, QUOTE, TRADING_QUOTE
from mycelium.codegen.commands.console import Console
from mycelium.codegen.commands.generate import GenerateOptions, run
from mycelium.codegen.commands.schemas import select

REPOSITORY = Path(__file__).resolve().parents[3]


@dataclass(frozen=True)
class Classes:
    """Generated modules: of the benchmark's own schema, and of two packages of the trading schema."""

    bench: Any
    market: Any
    instrument: Any


def generate(name: str) -> Classes:
    """Modules of their own, in a package of that name, so that several codecs can be had in one process."""
    folder = Path(tempfile.mkdtemp(prefix="mycelium-bench-"))
    for schemas, package in ((REPOSITORY / "benches/schemas", "own"), (REPOSITORY / "schemas", "reference")):
        options = GenerateOptions(folder / package, ["python"])
        if run(select([schemas], None), options, Console(quiet=True)) != 0:
            raise RuntimeError(f"{schemas} does not compile")
        (folder / package / "python").rename(folder / f"{name}_{package}")
    sys.path.insert(0, str(folder))
    return Classes(
        importlib.import_module(f"{name}_own.bench"),
        importlib.import_module(f"{name}_reference.trading.market"),
        importlib.import_module(f"{name}_reference.trading.instrument"),
    )


def quote(classes: Classes) -> Contestant:
    kind, side, v = classes.bench.Quote, classes.bench.Side(QUOTE.side), QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence = v.sequence

    def build() -> Any:
        return kind(
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

    return Contestant(build, kind.encode, kind.decode, read)


def book(classes: Classes) -> Contestant:
    kind, level = classes.bench.Book, classes.bench.Level
    symbol, time, sequence, bids, asks = BOOK.symbol, BOOK.time, BOOK.sequence, BOOK.bids, BOOK.asks

    def build() -> Any:
        return kind(
            symbol=symbol,
            time=time,
            sequence=sequence,
            bids=tuple([level(price, quantity) for price, quantity in bids]),
            asks=tuple([level(price, quantity) for price, quantity in asks]),
        )

    def read(b: Any) -> object:
        return b.symbol, b.time, b.sequence, worth(b.bids), worth(b.asks)

    return Contestant(build, kind.encode, kind.decode, read)


def order(classes: Classes) -> Contestant:
    kind, side = classes.bench.Order, classes.bench.Side(ORDER.side)
    identity, symbol, limit_price = ORDER.id, ORDER.symbol, ORDER.limit_price
    tags, attributes = ORDER.tags, dict(ORDER.attributes)

    def build() -> Any:
        return kind(
            id=identity,
            symbol=symbol,
            side=side,
            limit_price=limit_price,
            tags=tags,
            attributes=attributes,
        )

    def read(o: Any) -> object:
        return o.id, o.symbol, o.side, o.limit_price, o.tags, o.attributes

    return Contestant(build, kind.encode, kind.decode, read)


def trading_quote(classes: Classes) -> Contestant:
    kind, venue, v = classes.market.Quote, classes.instrument.Venue(TRADING_QUOTE.venue), TRADING_QUOTE
    symbol, time, bid, ask, bid_size, ask_size = v.symbol, v.time, v.bid, v.ask, v.bid_size, v.ask_size
    sequence, conditions = v.sequence, v.conditions

    def build() -> Any:
        return kind(
            symbol=symbol,
            time=time,
            bid=bid,
            ask=ask,
            bid_size=bid_size,
            ask_size=ask_size,
            sequence=sequence,
            venue=venue,
            conditions=conditions,
        )

    def read(q: Any) -> object:
        sizes = q.bid_size, q.ask_size
        return q.symbol, q.time, q.bid, q.ask, *sizes, q.sequence, q.venue, q.conditions

    return Contestant(build, kind.encode, kind.decode, read)
