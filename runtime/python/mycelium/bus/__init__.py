"""The message bus: publishers and subscribers that do not know where the other side is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mycelium.bus.errors import (
    AmbiguousRequest,
    BusClosed,
    BusError,
    ExtensionMissing,
    NodeClaimed,
    NodeError,
    NoServer,
    NotConnected,
    QueueFull,
    ReceiveTimedOut,
    RequestError,
    RequestFailed,
    RequestTimedOut,
)
from mycelium.bus.message_bus import DEFAULT_CAPACITY, MessageBus
from mycelium.bus.outlet import Subscription
from mycelium.bus.overflow import Overflow
from mycelium.bus.publisher import Publisher
from mycelium.bus.subscriber import Subscriber

if TYPE_CHECKING:
    from mycelium.bus.links import LinkState, LinkStatus
    from mycelium.bus.node import Node

__all__ = [
    "DEFAULT_CAPACITY",
    "AmbiguousRequest",
    "BusClosed",
    "BusError",
    "ExtensionMissing",
    "LinkState",
    "LinkStatus",
    "MessageBus",
    "NoServer",
    "Node",
    "NodeClaimed",
    "NodeError",
    "NotConnected",
    "Overflow",
    "Publisher",
    "QueueFull",
    "ReceiveTimedOut",
    "RequestError",
    "RequestFailed",
    "RequestTimedOut",
    "Subscriber",
    "Subscription",
]


def __getattr__(name: str) -> Any:
    """What needs topologies is imported when it is asked for: programs without one are spared the time."""
    if name == "Node":
        from mycelium.bus.node import Node

        return Node
    if name in ("LinkState", "LinkStatus"):
        from mycelium.bus import links

        return getattr(links, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
