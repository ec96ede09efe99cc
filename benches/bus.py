"""What it costs to publish within a process: ``python -m benches.bus``.

One message to one Python callback, and to one queue that is emptied in the same thread; beside a dict that maps a
type to a list of functions, which is the least that any bus in Python can do.
"""

from __future__ import annotations

from collections.abc import Callable
from queue import SimpleQueue

from benches.rounds import take_turns
from mycelium import MessageBus
from mycelium.control import Heartbeat

MESSAGE = Heartbeat(time=1, watermark=0)


def ignore(message: Heartbeat) -> None:
    """The cheapest callback there is."""


def bare_publish() -> Callable[[], object]:
    """A dict of lists, without checks, counters or care for what a callback raises."""
    handlers: dict[type, list[Callable[[Heartbeat], None]]] = {Heartbeat: [ignore]}

    def publish(message: Heartbeat) -> None:
        for handler in handlers[type(message)]:
            handler(message)

    return lambda: publish(MESSAGE)


def bus_publish() -> Callable[[], object]:
    """The bus, to a callback."""
    bus = MessageBus()
    bus.subscribe(Heartbeat, ignore)
    publish = bus.publisher(Heartbeat).publish
    return lambda: publish(MESSAGE)


def bare_queue() -> Callable[[], object]:
    """The standard library's fastest queue between threads, which has no bound."""
    waiting: SimpleQueue[Heartbeat] = SimpleQueue()

    def there_and_back() -> None:
        waiting.put(MESSAGE)
        waiting.get_nowait()

    return there_and_back


def bus_queue() -> Callable[[], object]:
    """The bus, to a subscriber's queue."""
    bus = MessageBus()
    subscriber = bus.subscriber(Heartbeat)
    publish = bus.publisher(Heartbeat).publish

    def there_and_back() -> None:
        publish(MESSAGE)
        subscriber.try_recv()

    return there_and_back


def main() -> int:
    """Print medians, the 99th percentile of the rounds, and ratios."""
    contestants = {
        "dict of lists, to a callback": bare_publish(),
        "bus, to a callback": bus_publish(),
        "SimpleQueue, there and back": bare_queue(),
        "bus, to a queue and back": bus_queue(),
    }
    timings = take_turns(contestants)
    names = list(contestants)
    for index, name in enumerate(names):
        timing = timings[name]
        ratio = timing.median_ns / timings[names[index - index % 2]].median_ns
        print(f"{name:32} {timing.median_ns:8.0f} ns   p99 {timing.p99_ns:8.0f} ns   {ratio:5.2f}x")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
