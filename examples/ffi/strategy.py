"""The service `strategy` in Python, within a program in Rust: ``rust-host`` runs an interpreter and calls ``run``."""

from __future__ import annotations

from itertools import islice

from trading.market import Quote
from trading.strategy import Signal

from mycelium.bus import Node


def run(capsule: object) -> None:
    """Answers five quotes with signals."""
    with Node.join(capsule, services=["strategy"]) as node:
        bus = node.bus("strategy")
        quotes = bus.subscriber(Quote)
        signals = bus.publisher(Signal)
        node.wait_until_connected(timeout=30)
        for quote in islice(quotes, 5):
            signals.publish(
                Signal(
                    symbol=quote.symbol,
                    time=quote.time,
                    strength=0.25,
                    confidence=0.5,
                    horizon=1_000_000_000,
                    strategy="python",
                )
            )
