"""What a subscriber receives from, whichever way messages come to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from mycelium.bus.overflow import Overflow

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Take(Protocol[T_co]):
    """``recv``: the next message, waiting up to ``timeout`` seconds, without one for ever."""

    def __call__(self, timeout: float | None = None) -> T_co:
        """Raises :class:`~mycelium.bus.ReceiveTimedOut` and :class:`~mycelium.bus.BusClosed`."""


class TryTake(Protocol[T_co]):
    """``try_recv``: the next message, None where there is none now."""

    def __call__(self) -> T_co | None:
        """Raises :class:`~mycelium.bus.BusClosed`."""


class Inbox(Protocol[T]):
    """A queue of messages, filled by publishers in any thread, emptied by threads, loops and coroutines.

    :class:`~mycelium.bus.message_queue.MessageQueue` is one for messages of this process.
    """

    @property
    def overflow(self) -> Overflow:
        """What happens to a message for which there is no room."""

    @property
    def take(self) -> Take[T]:
        """Takes the message that has waited longest."""

    @property
    def try_take(self) -> TryTake[T]:
        """The same, where there is one now."""

    @property
    def received(self) -> int:
        """How many messages were taken out."""

    @property
    def lost(self) -> dict[str, int]:
        """How many messages did not get in, by reason; reasons that never happened are left out."""

    def __len__(self) -> int:
        """How many messages wait."""

    def __iter__(self) -> Iterator[T]:
        """Messages until the queue is closed and empty."""

    def put(self, message: T, /) -> object:
        """Add a message of this process."""

    def has_room(self) -> bool:
        """Whether one more message would be kept; a closed queue swallows any number."""

    def wait_for_room(self) -> None:
        """Return when there is room, or when the queue was closed."""

    async def take_later(self) -> T:
        """As ``take``, without holding up the event loop."""

    def close(self) -> None:
        """Take in nothing more, and wake everybody who waits for a message or for room."""
