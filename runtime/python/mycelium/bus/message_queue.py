"""The queue of one subscriber: filled by publishers in any thread, emptied by threads, loops and coroutines."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from threading import Condition, Lock
from typing import TYPE_CHECKING, Generic, TypeVar

from mycelium.bus.errors import BusClosed, ReceiveTimedOut
from mycelium.bus.overflow import Overflow
from mycelium.bus.service_clock import Clock

if TYPE_CHECKING:
    import asyncio

    from mycelium.bus.inbox import Entrance
    from mycelium.bus.latencies import Latencies

T = TypeVar("T")


class MessageQueue(Generic[T]):
    """Up to ``capacity`` messages in the order they came; ``overflow`` says what happens to one more.

    ``received`` counts what was taken out, ``overflowed`` what found no room. A closed queue takes in nothing; what it
    holds can still be taken.
    """

    __slots__ = (
        "capacity",
        "overflow",
        "received",
        "overflowed",
        "_messages",
        "_lock",
        "_filled",
        "_emptied",
        "_receivers_waiting",
        "_publishers_waiting",
        "_awaiting",
        "_is_closed",
        "_keeper",
    )

    def __init__(self, capacity: int, overflow: Overflow) -> None:
        self.capacity = 1 if overflow is Overflow.LATEST else capacity
        self.overflow = overflow
        self.received = 0
        self.overflowed = 0
        self._messages: deque[T] = deque()
        self._lock = Lock()
        self._filled = Condition(self._lock)
        self._emptied = Condition(self._lock)
        # A condition that nobody waits for costs more to notify than all the rest of putting or taking.
        self._receivers_waiting = 0
        self._publishers_waiting = 0
        self._awaiting: deque[asyncio.Future[None]] = deque()
        self._is_closed = False
        self._keeper: object = None

    def __len__(self) -> int:
        return len(self._messages)

    def __iter__(self) -> Iterator[T]:
        """Messages until the queue is closed and empty."""
        while True:
            try:
                message = self.take()
            except BusClosed:
                return
            yield message

    @property
    def lost(self) -> dict[str, int]:
        """How many messages did not get in, by reason; reasons that never happened are left out."""
        return {"overflow": self.overflowed} if self.overflowed else {}

    @property
    def latencies(self) -> Latencies | None:
        """None: messages of this process are handed over by reference, and not measured."""
        return None

    def keep(self, keeper: object) -> None:
        """Let this live as long as anybody has ``take`` or ``try_take``, until the next."""
        self._keeper = keeper

    def has_room(self) -> bool:
        """Whether one more message would be kept; a closed queue swallows any number."""
        return len(self._messages) < self.capacity or self._is_closed

    def wait_for_room(self) -> None:
        """Return when there is room, or when the queue was closed."""
        with self._lock:
            while not self.has_room():
                self._publishers_waiting += 1
                try:
                    self._emptied.wait()
                finally:
                    self._publishers_waiting -= 1

    def entrance(self, clock: Clock) -> Entrance[T]:
        """Where a service puts what it publishes: here, whichever it is."""
        return self

    def leave(self) -> None:
        """Somebody publishes no more."""

    def put(self, message: T, /) -> None:
        """Add a message. Without room, the oldest goes, or this one."""
        with self._lock:
            if self._is_closed:
                return
            messages = self._messages
            if len(messages) >= self.capacity:
                self.overflowed += 1
                if self.overflow is Overflow.DROP_NEWEST:
                    return
                messages.popleft()
            messages.append(message)
            if self._awaiting:
                self._wake_coroutine()
            if self._receivers_waiting:
                self._filled.notify()

    def take(self, timeout: float | None = None) -> T:
        """The message that has waited longest; waits for one up to ``timeout`` seconds, without one for ever.

        Raises :class:`ReceiveTimedOut`, and :class:`BusClosed` when the queue was closed and is empty.
        """
        with self._lock:
            if not self._messages:
                self._wait_for_message(timeout)
            return self._take_first()

    def try_take(self) -> T | None:
        """The message that has waited longest, None where there is none. Raises :class:`BusClosed` as ``take`` does."""
        with self._lock:
            if self._messages:
                return self._take_first()
            self._refuse_closed()
            return None

    async def take_later(self) -> T:
        """As ``take``, without holding up the event loop."""
        import asyncio  # who awaits has it; who does not is spared the time it takes

        while True:
            with self._lock:
                if self._messages:
                    return self._take_first()
                self._refuse_closed()
                woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                self._awaiting.append(woken)
            try:
                await woken
            except asyncio.CancelledError:
                self._pass_on(woken)
                raise

    def close(self) -> None:
        """Take in nothing more, and wake everybody who waits for a message or for room."""
        with self._lock:
            self._is_closed = True
            self._filled.notify_all()
            self._emptied.notify_all()
            while self._awaiting:
                self._wake_coroutine()

    def _wait_for_message(self, timeout: float | None) -> None:
        deadline = None if timeout is None else time.monotonic() + timeout
        while not self._messages:
            self._refuse_closed()
            remaining = None if deadline is None else deadline - time.monotonic()
            if remaining is not None and remaining <= 0:
                raise ReceiveTimedOut(f"no message within {timeout} s")
            self._receivers_waiting += 1
            try:
                self._filled.wait(remaining)
            finally:
                self._receivers_waiting -= 1

    def _take_first(self) -> T:
        message = self._messages.popleft()
        self.received += 1
        if self._publishers_waiting:
            self._emptied.notify()
        return message

    def _refuse_closed(self) -> None:
        if self._is_closed:
            raise BusClosed("the subscriber was closed and holds no more messages")

    def _wake_coroutine(self) -> None:
        """Wake the coroutine that has waited longest and still does; its loop may run in another thread, or have ended."""
        while self._awaiting:
            woken = self._awaiting.popleft()
            try:
                woken.get_loop().call_soon_threadsafe(_set_done, woken)
            except RuntimeError:  # the loop was closed; its coroutine will never ask again
                continue
            return

    def _pass_on(self, woken: asyncio.Future[None]) -> None:
        """A coroutine that was woken and cancelled leaves its message to the next one that waits."""
        with self._lock:
            if woken in self._awaiting:
                self._awaiting.remove(woken)
            elif self._messages:
                self._wake_coroutine()
                self._filled.notify()


def _set_done(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
