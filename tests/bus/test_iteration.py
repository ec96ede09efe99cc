"""Iterating over a subscriber that nobody else holds."""

from __future__ import annotations

from itertools import islice

from mycelium.bus import MessageBus
from mycelium.control import Heartbeat


def test_an_iterator_keeps_its_subscriber() -> None:
    bus = MessageBus()
    iterator = islice(bus.subscriber(Heartbeat), 2)
    next_one = iter(bus.subscriber(Heartbeat))
    publisher = bus.publisher(Heartbeat)
    for number in range(2):
        publisher.publish(Heartbeat(time=number, watermark=0))
    assert [message.time for message in iterator] == [0, 1]
    assert next(next_one).time == 0
