"""What a subscriber receives from, whichever way messages come to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

from mycelium.bus.latencies import Latencies
from mycelium.bus.overflow import Overflow
from mycelium.bus.service_clock import Clock

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)


class Take(Protocol[T_co]):
    """``recv``: the next message, waiting up to ``timeout`` seconds, without one for ever."""

    def __call__(self, timeout: float | None = None) -> T_co:
        """Raises :class:`~mycelium.bus.ReceiveTimedOut` and :class:`~mycelium.bus.BusClosed`."""


class TryTake(Protocol[T_co]):
    """``try_recv``: the next message, None where there is none now."""

    def __call__(self) -> T_co | None:
        """Raises :class:`~mycelium.bus.BusClosed`."""


class Entrance(Protocol[T_contra]):
    """Where one service of this process puts what it publishes into an inbox."""

    @property
    def overflow(self) -> Overflow:
        """What happens to a message for which there is no room."""

    def put(self, message: T_contra, /) -> object:
        """Add a message."""

    def has_room(self) -> bool:
        """Whether one more message would be kept; a closed queue swallows any number."""

    def wait_for_room(self) -> None:
        """Return when there is room, or when the queue was closed."""

    def leave(self) -> None:
        """The service publishes no more."""


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

    @property
    def latencies(self) -> Latencies | None:
        """How long messages were on their way; None where that is not measured."""

    def keep(self, keeper: object) -> None:
        """Let this live as long as anybody has what ``take`` or ``try_take`` gave, until the next."""

    def entrance(self, clock: Clock, /) -> Entrance[T]:
        """Where the service of this process that has this time puts what it publishes."""

    async def take_later(self) -> T:
        """As ``take``, without holding up the event loop."""

    def close(self) -> None:
        """Take in nothing more, and wake everybody who waits for a message or for room."""
