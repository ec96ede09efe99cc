"""From one thread of an interpreter to another and back: an object by reference, both ends waiting for it asleep."""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import Queue, SimpleQueue
from threading import Thread
from typing import Any

from benches.bus.calls import MESSAGE
from benches.bus.results import Row, Table
from mycelium import MessageBus
from mycelium.control import Goodbye, GoodbyeCode, Heartbeat

ROUND_TRIPS = 2_000
"""In one turn of a contestant."""

Send = Callable[[Any], object]
Receive = Callable[[], object]
End = tuple[Any, Send, Receive]
"""The message it sends, and how it sends and receives."""

ANSWER = Goodbye(code=GoodbyeCode.SHUTDOWN)


def bus() -> tuple[End, End]:
    """A bus, with a type each way."""
    messages = MessageBus()
    questions, answers = messages.subscriber(Heartbeat), messages.subscriber(Goodbye)
    ask, answer = messages.publisher(Heartbeat).publish, messages.publisher(Goodbye).publish
    # Not the bound methods: a subscriber ends with the last reference to it.
    return (MESSAGE, ask, lambda: answers.recv()), (ANSWER, answer, lambda: questions.recv())


def _queues(make: Callable[[], Any]) -> tuple[End, End]:
    there, back = make(), make()
    return (MESSAGE, there.put, back.get), (ANSWER, back.put, there.get)


def simple_queue() -> tuple[End, End]:
    """The standard library's fastest, which has no bound."""
    return _queues(SimpleQueue)


def bounded_queue() -> tuple[End, End]:
    """The standard library's with a bound, as the bus has."""
    return _queues(lambda: Queue(1024))


CONTESTANTS: dict[str, tuple[str, Callable[[], tuple[End, End]]]] = {
    "mycelium": ("Mycelium", bus),
    "simple_queue": ("SimpleQueue", simple_queue),
    "bounded_queue": ("Queue", bounded_queue),
}


def table(rounds: int, divisor: int) -> Table:
    """All contestants, a turn each in every round, with the threads wherever the system puts them."""
    samples: dict[str, list[int]] = {name: [] for name in CONTESTANTS}
    for _ in range(rounds):
        for name, (_, make) in CONTESTANTS.items():
            samples[name] += _turn(*make(), max(1, ROUND_TRIPS // divisor))
    rows = [
        Row(name, CONTESTANTS[name][0], {"round_trip_object": _percentiles(found)})
        for name, found in samples.items()
    ]
    return Table("threads", "Thread to thread, sleeping", rows)


def _turn(near: End, far: End, round_trips: int) -> list[int]:
    other = Thread(target=_answer, args=(far, round_trips), daemon=True)
    other.start()
    message, send, receive = near
    found = []
    for _ in range(round_trips):
        before = time.perf_counter_ns()
        send(message)
        receive()
        found.append(time.perf_counter_ns() - before)
    other.join()
    return found


def _answer(end: End, round_trips: int) -> None:
    message, send, receive = end
    for _ in range(round_trips):
        receive()
        send(message)


def _percentiles(found: list[int]) -> list[float]:
    ordered = sorted(found)
    return [float(ordered[min(len(ordered) - 1, int(len(ordered) * share))]) for share in (0.5, 0.99, 0.999)]
