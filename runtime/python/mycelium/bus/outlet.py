"""Where the messages of one type that one bus publishes go."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from threading import Lock
from typing import Any, Generic, TypeVar

from mycelium.bus.errors import BusClosed, QueueFull
from mycelium.bus.message_queue import MessageQueue
from mycelium.bus.overflow import Overflow
from mycelium.message import Message

M = TypeVar("M", bound=Message)


class Subscription(Generic[M]):
    """A callback and what became of it: ``failures`` counts the times it raised, ``last_failure`` is the latest.

    The first failure is logged to ``mycelium.bus``, then the second, the fourth, the eighth and so on: a callback that
    always fails cannot flood the log. ``close`` ends the subscription.
    """

    __slots__ = ("message_class", "callback", "failures", "last_failure", "_leave")

    def __init__(
        self,
        message_class: type[M],
        callback: Callable[[M], object],
        leave: Callable[[Subscription[M]], None],
    ) -> None:
        self.message_class = message_class
        self.callback = callback
        self.failures = 0
        self.last_failure: Exception | None = None
        self._leave = leave

    def close(self) -> None:
        """Call the callback no more. Closing twice is harmless."""
        self._leave(self)

    def failed(self, error: Exception) -> None:
        """Count and report what the callback raised."""
        self.failures += 1
        self.last_failure = error
        if self.failures & (self.failures - 1) == 0:
            import logging  # takes longer to import than all of the bus

            name = getattr(self.callback, "__qualname__", repr(self.callback))
            logging.getLogger("mycelium.bus").error(
                "%s raised on a %s (%d so far)", name, self.message_class.NAME, self.failures, exc_info=error
            )


class Outlet(Generic[M]):
    """The receivers of one bus's messages of one type.

    ``callbacks`` are called one after the other, ``queues`` lose messages rather than wait, ``gates`` are queues that
    lose nothing: either all of them have room for a message, or nobody gets it. The tuples are replaced, never
    changed, so that publishing needs no lock to read them. ``gate_lock`` is shared by all outlets of the type.
    """

    __slots__ = (
        "message_class",
        "subscriptions",
        "callbacks",
        "queues",
        "gates",
        "is_direct",
        "is_closed",
        "gate_lock",
        "gate_overflow",
        "published",
    )

    def __init__(self, message_class: type[M], gate_lock: Lock, gate_overflow: Overflow) -> None:
        self.message_class = message_class
        self.gate_lock = gate_lock
        self.gate_overflow = gate_overflow
        self.published = count()
        self.is_closed = False
        self.connect((), ())

    def connect(
        self, subscriptions: tuple[Subscription[M], ...], queues: tuple[MessageQueue[M], ...]
    ) -> None:
        """Deliver to these from now on."""
        self.subscriptions = subscriptions
        self.gates = tuple(queue for queue in queues if queue.overflow.holds_publisher)
        self.queues = tuple(queue for queue in queues if not queue.overflow.holds_publisher)
        self.is_direct = not queues and not self.is_closed
        self.callbacks: tuple[Callable[[M], object], ...] = tuple(each.callback for each in subscriptions)

    def close(self) -> None:
        """Let nothing pass any more."""
        self.is_closed = True
        self.connect((), ())

    def refuse_other_class(self, message: Any) -> None:
        """Raise TypeError unless this is a message of the type, perhaps of a subclass."""
        if not isinstance(message, self.message_class):
            raise TypeError(
                f"this publisher is for {self.message_class.NAME}, not for {type(message).__name__}"
            )

    def enqueue(self, message: M, may_wait: bool = True) -> bool:
        """Put the message into all queues; False, and nothing done, when a gate has no room and waiting is not wanted.

        Raises :class:`QueueFull` where the route says so, and :class:`BusClosed`.
        """
        if self.is_closed:
            raise BusClosed(f"the bus was closed: no {self.message_class.NAME} can be published")
        if self.gates and not self._pass_gates(message, may_wait):
            return False
        for queue in self.queues:
            queue.put(message)
        return True

    def _pass_gates(self, message: M, may_wait: bool) -> bool:
        """Look and put under one lock: room cannot vanish in between, since whoever fills a gate holds it."""
        while True:
            with self.gate_lock:
                for full in self.gates:
                    if not full.has_room():
                        break
                else:
                    for gate in self.gates:
                        gate.put(message)
                    return True
            if not may_wait:
                return False
            if self.gate_overflow is Overflow.ERROR:
                raise QueueFull(f"a subscriber to {self.message_class.NAME} has no room for one more message")
            full.wait_for_room()

    def callback_failed(self, callback: Callable[[M], object], error: Exception) -> None:
        """Let the subscription of this callback count what it raised."""
        for subscription in self.subscriptions:
            if subscription.callback is callback:
                subscription.failed(error)
                return
