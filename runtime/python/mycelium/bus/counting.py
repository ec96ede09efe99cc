"""What one bus counts, by type of message."""

from __future__ import annotations

from typing import Any, NamedTuple

from mycelium.bus.inbox import Inbox
from mycelium.message import Message


class BusCounts(NamedTuple):
    """Messages published, what subscribers that have gone received and lost, subscribers, and types of callbacks."""

    published: dict[type[Message], int]
    gone: dict[type[Message], tuple[int, dict[str, int]]]
    queues: list[tuple[type[Message], Inbox[Any]]]
    callbacks: list[type[Message]]
