"""The service `strategy`: answers five quotes with signals. ``python strategy.py TOPOLOGY``"""

from __future__ import annotations

import sys
from itertools import islice

from trading.market import Quote
from trading.strategy import Signal

from mycelium.bus import MessageBus

with MessageBus.from_topology(sys.argv[1], service="strategy") as bus:
    quotes = bus.subscriber(Quote)
    signals = bus.publisher(Signal)
    for quote in islice(quotes, 5):
        print(f"quote {quote.sequence} of {quote.symbol}: {quote.bid} / {quote.ask}", flush=True)
        signals.publish(
            Signal(
                symbol=quote.symbol,
                time=quote.time,
                strength=0.25,
                confidence=0.5,
                horizon=1_000_000_000,
                strategy="mean-reversion",
            )
        )
