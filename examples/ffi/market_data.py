"""The service `market-data` in Python, with `strategy` in Rust: ``python market_data.py TOPOLOGY LIBRARY``."""

from __future__ import annotations

import ctypes
import sys
from decimal import Decimal
from threading import Thread

from trading.market import Quote
from trading.strategy import Signal

from mycelium.bus import MessageBus, Node, ReceiveTimedOut


def begin_strategy(library: str, capsule: object) -> Thread:
    """Runs the library's service in a thread of its own, without the interpreter's lock."""
    table_of = ctypes.pythonapi.PyCapsule_GetPointer
    table_of.restype = ctypes.c_void_p
    table_of.argtypes = [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.c_void_p(table_of(capsule, b"mycelium.node_table.v1"))
    thread = Thread(target=ctypes.CDLL(library).run_strategy, args=(table,))
    thread.start()
    return thread


def publish_quotes(bus: MessageBus) -> None:
    """Publishes quotes until five signals have come back."""
    signals = bus.subscriber(Signal)
    quotes = bus.publisher(Quote)
    heard = 0
    for sequence in range(1, 3000):
        quotes.publish(
            Quote(
                symbol="EURUSD",
                time=1_700_000_000_000_000_000,
                bid=Decimal("1.12101"),
                ask=Decimal("1.12103"),
                bid_size=1_000_000,
                ask_size=1_000_000,
                sequence=sequence,
            )
        )
        try:
            signal = signals.recv(timeout=0.01)
        except ReceiveTimedOut:
            continue  # the strategy is not there yet, or is thinking
        print(f"{signal.strategy} of {signal.symbol}: {signal.strength:+.2f}")
        heard += 1
        if heard == 5:
            return
    raise TimeoutError("no strategy has answered for 30 s")


def main(topology: str, library: str) -> None:
    with Node.from_topology(topology, "desk", guests=["strategy"]) as node:
        capsule = node.offer()
        strategy = begin_strategy(library, capsule)
        publish_quotes(node.bus("market-data"))
        strategy.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
