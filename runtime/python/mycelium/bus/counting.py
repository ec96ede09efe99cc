"""What one bus counts, by type of message."""

from __future__ import annotations

from typing import Any, NamedTuple

from mycelium.bus.inbox import Inbox
from mycelium.bus.latencies import Latencies
from mycelium.message import Message


class Gone(NamedTuple):
    """What subscribers that have gone counted."""

    received: int = 0
    lost: dict[str, int] = {}
    latencies: Latencies | None = None

    def and_of(self, queue: Inbox[Any]) -> Gone:
        """With what this one counted."""
        lost = dict(self.lost)
        for reason, count in queue.lost.items():
            lost[reason] = lost.get(reason, 0) + count
        known = [each for each in (self.latencies, queue.latencies) if each is not None]
        return Gone(self.received + queue.received, lost, Latencies.of_all(known) if known else None)


class BusCounts(NamedTuple):
    """Messages published, what subscribers that have gone counted, subscribers, and types of callbacks."""

    published: dict[type[Message], int]
    gone: dict[type[Message], Gone]
    queues: list[tuple[type[Message], Inbox[Any]]]
    callbacks: list[type[Message]]
