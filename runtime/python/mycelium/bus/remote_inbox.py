"""The queue of a subscriber that others than this process send messages to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mycelium.bus.arrivals import Arrivals
from mycelium.bus.overflow import Overflow

if TYPE_CHECKING:
    from mycelium import _native

T = TypeVar("T")


class RemoteInbox(Generic[T]):
    """Messages of other processes, and those of this one among them, in the order they came.

    The functions of the extension are bound once, so that receiving costs one call.
    """

    __slots__ = ("overflow", "take", "try_take", "put", "has_room", "wait_for_room", "_native", "_arrivals")

    def __init__(self, native: _native.Inbox, overflow: Overflow) -> None:
        self.overflow = overflow
        self.take = native.take
        self.try_take = native.try_take
        self.put = native.put
        self.has_room = native.has_room
        self.wait_for_room = native.wait_for_room
        self._native = native
        self._arrivals: Arrivals | None = None

    @property
    def received(self) -> int:
        """How many messages were taken out."""
        return self._native.received

    @property
    def lost(self) -> dict[str, int]:
        """How many messages did not get in, by reason; reasons that never happened are left out."""
        return self._native.lost

    def __len__(self) -> int:
        return len(self._native)

    def __iter__(self) -> Iterator[T]:
        return iter(self._native)

    async def take_later(self) -> T:
        """As ``take``, without holding up the event loop."""
        while True:
            message: Any = self.try_take()
            if message is not None:
                found: T = message
                return found
            if self._arrivals is None:
                self._arrivals = Arrivals(self._native)
            await self._arrivals.wait()

    def close(self) -> None:
        """Take in nothing more, and wake everybody who waits for a message or for room."""
        self._native.close()
