"""Messages of several services of this process, put into the order of their publication."""

from __future__ import annotations

import time
from collections import deque
from typing import Generic, TypeVar

from mycelium.bus.service_clock import ServiceClock

T = TypeVar("T")

_EARLIEST = -(1 << 63)
"""Before every time of publication."""


class _Source(Generic[T]):
    """What one service published and is not given out yet, and how far it is."""

    __slots__ = ("clock", "waiting", "sequence", "promised", "awaited_since", "is_absent")

    def __init__(self, clock: ServiceClock) -> None:
        self.clock = clock
        self.waiting: deque[tuple[int, int, T]] = deque()
        self.sequence = 0
        self.promised = _EARLIEST
        self.awaited_since: float | None = None
        self.is_absent = False

    def promise(self, published_at: int) -> None:
        """It publishes nothing earlier. What is no news does not make others wait anew."""
        if published_at > self.promised:
            self.promised = published_at
            self.awaited_since = None
            self.is_absent = False


class MergedMessages(Generic[T]):
    """Up to ``capacity`` messages of each service, given out by time, service and number; true where one can be now.

    A message is certain once no other service can publish an earlier one, or has been waited for ``lateness`` seconds.
    ``late`` counts what came after its place in the order was given out.
    """

    __slots__ = ("capacity", "lateness", "late", "due", "_sources", "_ended", "_last")

    def __init__(self, capacity: int, lateness: float) -> None:
        self.capacity = capacity
        self.lateness = lateness
        self.late = 0
        self.due: float | None = None
        """When to look again at what is held back, by the monotonic clock; as of the last look."""
        self._sources: dict[str, _Source[T]] = {}
        self._ended: list[tuple[str, _Source[T]]] = []
        self._last: tuple[int, str, int] | None = None

    def __len__(self) -> int:
        ended = sum(len(source.waiting) for _, source in self._ended)
        return ended + sum(len(source.waiting) for source in self._sources.values())

    def __bool__(self) -> bool:
        return self._first_certain() is not None

    def expect(self, clock: ServiceClock) -> None:
        """The service may publish: it is waited for."""
        if clock.service not in self._sources:
            self._sources[clock.service] = _Source(clock)

    def leave(self, service: str) -> None:
        """The service publishes no more; what it has published is still given out."""
        source = self._sources.pop(service, None)
        if source is not None and source.waiting:
            self._ended.append((service, source))

    def leave_all(self) -> None:
        """Nobody publishes any more."""
        for service in list(self._sources):
            self.leave(service)

    def has_room(self, service: str) -> bool:
        """Whether one more message of the service would be kept."""
        source = self._sources.get(service)
        return source is None or len(source.waiting) < self.capacity

    def put(self, clock: ServiceClock, message: T) -> None:
        """Take in what a service publishes now; what is late is counted and dropped."""
        self.expect(clock)
        source = self._sources[clock.service]
        source.sequence += 1
        published_at = clock.given
        if published_at is None:
            # By the system's clock nothing is earlier than what is out already, or than its predecessor.
            after = source.promised if self._last is None else max(source.promised, self._last[0] + 1)
            published_at = max(clock.now(), after)
        elif self._last is not None and (published_at, clock.service, source.sequence) < self._last:
            self.late += 1
            return
        source.waiting.append((published_at, source.sequence, message))
        source.promise(published_at)
        source.awaited_since = None
        source.is_absent = False

    def popleft(self) -> T:
        """The next message. Raises IndexError where none is certain."""
        found = self._first_certain()
        if found is None:
            raise IndexError("no message is certain")
        service, source = found
        published_at, sequence, message = source.waiting.popleft()
        self._last = (published_at, service, sequence)
        self._ended = [(name, ended) for name, ended in self._ended if ended.waiting]
        return message

    def _first_certain(self) -> tuple[str, _Source[T]] | None:
        self.due = None
        heads = [
            (source.waiting[0][0], service, source.waiting[0][1], source)
            for service, source in (*self._sources.items(), *self._ended)
            if source.waiting
        ]
        if not heads:
            return None
        published_at, service, _, chosen = min(heads, key=lambda head: head[:3])
        dues = [
            due
            for name, source in self._sources.items()
            if not source.waiting and (due := self._held_up_until(name, source, published_at, service))
        ]
        if dues:
            self.due = max(dues)
            return None
        return service, chosen

    def _held_up_until(self, name: str, source: _Source[T], published_at: int, service: str) -> float | None:
        """Until when this source, of which nothing waits, holds up a message; None where it does not."""
        latest = source.clock.now()
        if source.clock.given is None and self._last is not None:
            latest = max(latest, self._last[0])
        source.promise(latest)
        if source.is_absent or (source.promised, name) >= (published_at, service):
            return None
        now = time.monotonic()
        if source.awaited_since is None:
            source.awaited_since = now
        if source.awaited_since + self.lateness <= now:
            source.is_absent = True
            return None
        return source.awaited_since + self.lateness
