"""What one bus counts, by type of message."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from mycelium.bus.inbox import Inbox
from mycelium.bus.metrics import SubscriberMetrics
from mycelium.message import Message


class Counts:
    """What the subscribers of one type received and lost, those that have gone included."""

    __slots__ = ("subscribers", "received", "waiting", "lost")

    def __init__(self) -> None:
        self.subscribers = 0
        self.received = 0
        self.waiting = 0
        self.lost: Counter[str] = Counter()

    def add(self, queue: Inbox[Any]) -> None:
        """What a queue counted."""
        self.received += queue.received
        self.lost.update(queue.lost)


def counted_subscribers(
    service: str,
    gone: dict[type[Message], Counts],
    queues: Iterable[tuple[type[Message], Inbox[Any]]],
    callbacks: Iterable[type[Message]],
) -> Iterator[SubscriberMetrics]:
    """By type of message: queues that are there, those that have gone, and callbacks."""
    all_counts: dict[type[Message], Counts] = {}
    for message_class, before in gone.items():
        counts = all_counts.setdefault(message_class, Counts())
        counts.received += before.received
        counts.lost.update(before.lost)
    for message_class, queue in queues:
        counts = all_counts.setdefault(message_class, Counts())
        counts.add(queue)
        counts.subscribers += 1
        counts.waiting += len(queue)
    for message_class in callbacks:
        all_counts.setdefault(message_class, Counts()).subscribers += 1
    for message_class, counts in all_counts.items():
        yield SubscriberMetrics(
            service=service,
            message=message_class.NAME,
            topic=message_class.TOPIC or "",
            subscribers=counts.subscribers,
            received=counts.received,
            waiting=counts.waiting,
            lost=dict(counts.lost),
        )
