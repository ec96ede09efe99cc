"""What happens to a message for which there is no room."""

from __future__ import annotations

from enum import StrEnum


class Overflow(StrEnum):
    """``block`` and ``error`` hold the publisher, and belong to routes; the others belong to one subscriber's queue,
    lose messages there, and count them."""

    BLOCK = "block"
    """The publisher waits until there is room."""
    ERROR = "error"
    """The publisher gets :class:`~mycelium.bus.QueueFull`, and nobody the message."""
    DROP_OLDEST = "drop_oldest"
    """The message that has waited longest makes room."""
    DROP_NEWEST = "drop_newest"
    """The message that just came is lost."""
    LATEST = "latest"
    """Only the newest message is kept."""

    @property
    def holds_publisher(self) -> bool:
        """Whether nothing is lost and the publisher has to wait or to fail."""
        return self in (Overflow.BLOCK, Overflow.ERROR)
