"""What it costs to publish within a process: to one callback, and to a queue that is emptied in the same thread."""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue
from typing import Any

from benches.bus.results import Row, Table
from benches.rounds import Schedule, take_turns
from mycelium import MessageBus
from mycelium.control import Heartbeat

MESSAGE = Heartbeat(time=1, watermark=0)

Call = Callable[[], object]


def ignore(message: Any) -> None:
    """The cheapest callback there is."""


def bus_to_callback() -> Call:
    """The bus; in Python a callback runs in the publisher's thread."""
    bus = MessageBus()
    bus.subscribe(Heartbeat, ignore)
    publish = bus.publisher(Heartbeat).publish
    return lambda: publish(MESSAGE)


def dictionary_of_lists() -> Call:
    """The least that a bus in Python can do: without checks, counters or care for what a callback raises."""
    handlers: dict[type, list[Callable[[Any], None]]] = {Heartbeat: [ignore]}

    def publish(message: Any) -> None:
        for handler in handlers[type(message)]:
            handler(message)

    return lambda: publish(MESSAGE)


def nautilus() -> Call:
    """The message bus of nautilus_trader, compiled, whose topics are strings."""
    from nautilus_trader.common.component import MessageBus as NautilusBus
    from nautilus_trader.common.component import TestClock
    from nautilus_trader.model.identifiers import TraderId

    bus = NautilusBus(trader_id=TraderId("BENCH-001"), clock=TestClock())
    bus.subscribe(topic="heartbeats", handler=ignore)
    publish = bus.publish
    return lambda: publish("heartbeats", MESSAGE)


def bus_to_queue() -> Call:
    """The bus, to a subscriber's queue and out of it."""
    bus = MessageBus()
    subscriber = bus.subscriber(Heartbeat)
    publish = bus.publisher(Heartbeat).publish

    def there_and_back() -> None:
        publish(MESSAGE)
        subscriber.try_recv()

    return there_and_back


def simple_queue() -> Call:
    """The standard library's fastest queue between threads, which has no bound."""
    waiting: SimpleQueue[Any] = SimpleQueue()
    put, get = waiting.put, waiting.get_nowait

    def there_and_back() -> None:
        put(MESSAGE)
        get()

    return there_and_back


TABLES: dict[str, tuple[str, dict[str, tuple[str, Callable[[], Call]]]]] = {
    "callback": (
        "Within a process, to one callback",
        {
            "mycelium": ("Mycelium", bus_to_callback),
            "dictionary": ("dict of lists", dictionary_of_lists),
            "nautilus": ("nautilus_trader", nautilus),
        },
    ),
    "queue": (
        "Within a process, into a queue and out",
        {"mycelium": ("Mycelium", bus_to_queue), "simple_queue": ("SimpleQueue", simple_queue)},
    ),
}


def tables(divisor: int, notes: list[str]) -> list[Table]:
    """Medians and the 99th percentile of the rounds."""
    found = []
    for name, (title, contestants) in TABLES.items():
        calls: dict[str, Call] = {}
        for one, (_, make) in contestants.items():
            try:
                calls[one] = make()
            except ImportError as error:
                notes.append(f"{title}: without {one}: {error}")
        timings = take_turns(calls, Schedule(rounds=max(1, 120 // divisor)))
        rows = [
            Row(one, contestants[one][0], {"call": [round(timing.median_ns, 1), round(timing.p99_ns, 1)]})
            for one, timing in timings.items()
        ]
        found.append(Table(name, title, rows))
    return found
