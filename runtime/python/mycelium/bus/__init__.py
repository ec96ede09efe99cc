"""The message bus: publishers and subscribers that do not know where the other side is."""

from __future__ import annotations

from mycelium.bus.errors import (
    BusClosed,
    BusError,
    NoServer,
    QueueFull,
    ReceiveTimedOut,
    RequestError,
    RequestFailed,
)
from mycelium.bus.message_bus import DEFAULT_CAPACITY, MessageBus
from mycelium.bus.outlet import Subscription
from mycelium.bus.overflow import Overflow
from mycelium.bus.publisher import Publisher
from mycelium.bus.subscriber import Subscriber

__all__ = [
    "DEFAULT_CAPACITY",
    "BusClosed",
    "BusError",
    "MessageBus",
    "NoServer",
    "Overflow",
    "Publisher",
    "QueueFull",
    "ReceiveTimedOut",
    "RequestError",
    "RequestFailed",
    "Subscriber",
    "Subscription",
]
