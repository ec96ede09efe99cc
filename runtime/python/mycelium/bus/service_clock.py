"""The time at which a service publishes: that of the system, or the one it is given."""

from __future__ import annotations

import time
from threading import Lock
from typing import Protocol
from weakref import WeakSet


class AwaitsTime(Protocol):
    """Somebody whom a later time of a service may let go on."""

    def look_again(self) -> None:
        """The time has changed."""


class Clock(Protocol):
    """What a bus asks of the time of its service."""

    def advance_to(self, published_at: int, /) -> None:
        """From now on it is this late. Raises ValueError for an earlier time than the present."""


class ServiceClock:
    """The time of one service within this process, in nanoseconds since 1970-01-01 UTC.

    ``given`` is the time it was told, None while it follows the system's.
    """

    __slots__ = ("service", "given", "_lock", "_waiting")

    def __init__(self, service: str) -> None:
        self.service = service
        self.given: int | None = None
        self._lock = Lock()
        self._waiting: WeakSet[AwaitsTime] = WeakSet()

    def now(self) -> int:
        """The time of a message that is published now."""
        return time.time_ns() if self.given is None else self.given

    def advance_to(self, published_at: int, /) -> None:
        """From now on it is this late, and follows the system's no more. Raises ValueError for an earlier time."""
        with self._lock:
            if self.given is not None and published_at < self.given:
                raise ValueError(
                    f"published at {published_at}, which is before {self.given}, the time of its service: publish in the "
                    "order of time, or by several services"
                )
            self.given = published_at
            waiting = list(self._waiting)
        for each in waiting:
            each.look_again()

    def tell(self, each: AwaitsTime) -> None:
        """From now on tell this one, for as long as it lives, when it is later."""
        with self._lock:
            self._waiting.add(each)
