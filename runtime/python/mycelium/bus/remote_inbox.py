"""The queue of a subscriber that others than this process send messages to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from mycelium.bus.arrivals import Arrivals
from mycelium.bus.inbox import Entrance, Take, TryTake
from mycelium.bus.latencies import Latencies
from mycelium.bus.overflow import Overflow
from mycelium.bus.service_clock import Clock

if TYPE_CHECKING:
    from mycelium import _native

T = TypeVar("T")


class RemoteInbox(Generic[T]):
    """Messages of other processes, and those of this one among them, in the order they came or were published in.

    The functions of the extension that publishers call are bound once.
    """

    __slots__ = ("overflow", "put", "has_room", "wait_for_room", "_native", "_merges", "_arrivals")

    def __init__(self, native: _native.Inbox, overflow: Overflow, merges: bool) -> None:
        self.overflow = overflow
        self._merges = merges
        self.put = native.put
        self.has_room = native.has_room
        self.wait_for_room = native.wait_for_room
        self._native = native
        self._arrivals: Arrivals | None = None

    @property
    def take(self) -> Take[T]:
        """Takes the message that has waited longest: the extension's own function, so that receiving costs one call."""
        return self._native.take

    @property
    def try_take(self) -> TryTake[T]:
        """The same, where there is one now."""
        return self._native.try_take

    def keep(self, keeper: object) -> None:
        """Let this live as long as anybody has ``take`` or ``try_take``, until the next."""
        self._native.keeper = keeper

    @property
    def received(self) -> int:
        """How many messages were taken out."""
        return self._native.received

    @property
    def lost(self) -> dict[str, int]:
        """How many messages did not get in, by reason; reasons that never happened are left out."""
        return self._native.lost

    @property
    def latencies(self) -> Latencies | None:
        """How long messages of other nodes were on their way; None where that is not measured."""
        recorded = self._native.latencies
        return None if recorded is None else Latencies(tuple(recorded))

    def entrance(self, clock: Clock, /) -> Entrance[T]:
        """Where a service puts what it publishes: here, unless its place in the order matters."""
        if not self._merges:
            return self
        assert isinstance(clock, RemoteClock)  # services of such a node have no other
        return RemoteEntrance(self._native, self.overflow, clock)

    def leave(self) -> None:
        """Somebody publishes no more."""

    def __len__(self) -> int:
        return len(self._native)

    def __iter__(self) -> Iterator[T]:
        return iter(self._native)

    async def take_later(self) -> T:
        """As ``take``, without holding up the event loop."""
        while True:
            message: Any = self._native.try_take()
            if message is not None:
                found: T = message
                return found
            if self._arrivals is None:
                self._arrivals = Arrivals(self._native)
            await self._arrivals.wait()

    def close(self) -> None:
        """Take in nothing more, and wake everybody who waits for a message or for room."""
        self._native.close()


class RemoteClock:
    """The time of one service of a node that has connections; nanoseconds since 1970-01-01 UTC."""

    __slots__ = ("service", "advance_to")

    def __init__(self, service: _native.Service) -> None:
        self.service = service
        self.advance_to = service.advance_to


class RemoteEntrance(Generic[T]):
    """Where one service of this process puts what it publishes into an inbox that merges by time."""

    __slots__ = ("overflow", "_native", "_service")

    def __init__(self, native: _native.Inbox, overflow: Overflow, clock: RemoteClock) -> None:
        self.overflow = overflow
        self._native = native
        self._service = clock.service
        native.expect(self._service)

    def put(self, message: T, /) -> object:
        """Add what the service publishes now."""
        return self._native.put_from(self._service, message)

    def has_room(self) -> bool:
        """Whether one more message of the service would be kept."""
        return self._native.has_room_from(self._service)

    def wait_for_room(self) -> None:
        """Return when there is room, or when the queue was closed."""
        self._native.wait_for_room_from(self._service)

    def leave(self) -> None:
        """The service publishes no more."""
        self._native.leave(self._service)
