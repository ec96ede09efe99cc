"""The queue of a subscriber that merges by time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Generic, TypeVar

from mycelium.bus.errors import ReceiveTimedOut
from mycelium.bus.inbox import Entrance
from mycelium.bus.merging import MergedMessages
from mycelium.bus.message_queue import MessageQueue
from mycelium.bus.overflow import Overflow
from mycelium.bus.service_clock import Clock, ServiceClock

if TYPE_CHECKING:
    import asyncio

T = TypeVar("T")


class MergedQueue(MessageQueue[T]):
    """As :class:`MessageQueue`, in the order of publication; ``capacity`` is for each publishing service.

    Without room, what just came is lost where messages may be lost at all: which of them it is does not matter to the
    order.
    """

    __slots__ = ("_merged", "__weakref__")

    def __init__(self, capacity: int, overflow: Overflow, lateness: float) -> None:
        super().__init__(capacity, overflow)
        self._merged: MergedMessages[T] = MergedMessages(capacity, lateness)
        # It is true where a message can be taken, and has one to take: all that receiving asks of a deque.
        self._messages = self._merged  # type: ignore[assignment]

    def __len__(self) -> int:
        return len(self._merged)

    @property
    def lost(self) -> dict[str, int]:
        """How many messages were lost, by reason; reasons that never happened are left out."""
        late = {"late": self._merged.late} if self._merged.late else {}
        return super().lost | late

    def entrance(self, clock: Clock) -> Entrance[T]:
        """Where a service of this process puts what it publishes; from now on it is waited for."""
        assert isinstance(clock, ServiceClock)  # buses without other nodes have no other
        with self._lock:
            if not self._is_closed:
                self._merged.expect(clock)
        clock.tell(self)
        return MergedEntrance(self, clock)

    def look_again(self) -> None:
        """A service has told a later time, or has left."""
        with self._lock:
            self._wake_everybody()

    def put_from(self, clock: ServiceClock, message: T) -> None:
        """Add what a service publishes now."""
        with self._lock:
            if self._is_closed:
                return
            if not self._merged.has_room(clock.service):
                self.overflowed += 1
                return
            self._merged.put(clock, message)
            self._wake_everybody()

    def has_room_from(self, service: str) -> bool:
        """Whether one more message of the service would be kept; a closed queue swallows any number."""
        return self._merged.has_room(service) or self._is_closed

    def wait_for_room_from(self, service: str) -> None:
        """Return when there is room for a message of the service, or when the queue was closed."""
        with self._lock:
            while not self.has_room_from(service):
                self._publishers_waiting += 1
                try:
                    self._emptied.wait()
                finally:
                    self._publishers_waiting -= 1

    def leave_from(self, service: str) -> None:
        """A service publishes no more: nobody waits for it."""
        with self._lock:
            self._merged.leave(service)
            self._wake_everybody()

    def close(self) -> None:
        """Take in nothing more, give out what is there, and wake everybody who waits."""
        with self._lock:
            self._merged.leave_all()
        super().close()

    async def take_later(self) -> T:
        """As ``take``, without holding up the event loop."""
        import asyncio

        while True:
            with self._lock:
                if self._merged:
                    return self._take_first()
                self._refuse_closed()
                woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._awaiting.append(woken)
                remaining = self._seconds_until_due()
            try:
                await asyncio.wait_for(woken, remaining)
            except TimeoutError:
                self._forget(woken)
            except asyncio.CancelledError:
                self._pass_on(woken)
                raise

    def _forget(self, woken: asyncio.Future[None]) -> None:
        with self._lock:
            if woken in self._awaiting:
                self._awaiting.remove(woken)

    def _wake_everybody(self) -> None:
        """One message may make several certain; those who find none wait again."""
        while self._awaiting:
            self._wake_coroutine()
        self._filled.notify_all()

    def _seconds_until_due(self) -> float | None:
        due = self._merged.due
        return None if due is None else max(0.0, due - time.monotonic())

    def _wait_for_message(self, timeout: float | None) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._merged:
            self._refuse_closed()
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                raise ReceiveTimedOut(f"no message within {timeout} s")
            ends = [each for each in (remaining, self._seconds_until_due()) if each is not None]
            self._filled.wait(min(ends) if ends else None)

    def _take_first(self) -> T:
        message = self._merged.popleft()
        self.received += 1
        if self._publishers_waiting:
            # They wait for room of different services.
            self._emptied.notify_all()
        return message


class MergedEntrance(Generic[T]):
    """Where one service puts what it publishes into a queue that merges."""

    __slots__ = ("overflow", "_queue", "_clock")

    def __init__(self, queue: MergedQueue[T], clock: ServiceClock) -> None:
        self.overflow = queue.overflow
        self._queue = queue
        self._clock = clock

    def put(self, message: T, /) -> None:
        """Add what the service publishes now."""
        self._queue.put_from(self._clock, message)

    def has_room(self) -> bool:
        """Whether one more message of the service would be kept."""
        return self._queue.has_room_from(self._clock.service)

    def wait_for_room(self) -> None:
        """Return when there is room, or when the queue was closed."""
        self._queue.wait_for_room_from(self._clock.service)

    def leave(self) -> None:
        """The service publishes no more."""
        self._queue.leave_from(self._clock.service)
