"""Where the messages of one type that one bus publishes go."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from threading import Lock
from typing import Any, Generic, Protocol, TypeVar

from mycelium.bus.errors import BusClosed, QueueFull
from mycelium.bus.inbox import Entrance, Inbox
from mycelium.bus.overflow import Overflow
from mycelium.bus.reports import callback_failed
from mycelium.bus.service_clock import Clock
from mycelium.message import Message

M = TypeVar("M", bound=Message)


class Subscription(Generic[M]):
    """A callback and what became of it: ``failures`` counts the times it raised, ``last_failure`` is the latest.

    The first failure is logged to ``mycelium.bus``, then the second, the fourth, the eighth and so on: a callback that
    always fails cannot flood the log. ``close`` ends the subscription.
    """

    __slots__ = ("message_class", "service", "callback", "failures", "last_failure", "_leave", "__weakref__")

    def __init__(
        self,
        message_class: type[M],
        service: str,
        callback: Callable[[M], object],
        leave: Callable[[Subscription[M]], None],
    ) -> None:
        self.message_class = message_class
        self.service = service
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
        name = getattr(self.callback, "__qualname__", repr(self.callback))
        callback_failed(name, self.message_class, error, self.failures)


class Remote(Protocol[M]):
    """The way to services of other nodes: one for each publishing service and type."""

    is_alone: bool
    """Whether nobody within this process receives what is published here."""

    @property
    def published(self) -> int:
        """How many messages were published without anybody of this process."""

    @property
    def is_wanted(self) -> bool:
        """Whether a service of another node wants what is published here now."""

    def wait_until_wanted(self, timeout: float | None, /) -> None:
        """Return when one does. Raises :class:`NotConnected` after that many seconds."""

    def wanted_by(self) -> list[str]:
        """The services of other nodes, or of guests, that want the messages now."""

    def begin(self, publish: Callable[[M], None], try_publish: Callable[[M], bool], /) -> None:
        """Where :meth:`publish` and :meth:`try_publish` turn to unless they are alone and the message is plain."""

    def publish(self, message: M, /) -> None:
        """What a publisher does: :meth:`send` where this is alone."""

    def try_publish(self, message: M, /) -> bool:
        """What a publisher does: :meth:`try_send` where this is alone."""

    def send(self, message: M, /) -> None:
        """Hand the message to every node that wants it; waits, or raises :class:`QueueFull`, as their routes say."""

    def try_send(self, message: M, /) -> bool:
        """The same without waiting: False, and nobody gets the message, where there is no room."""

    def close(self) -> None:
        """Let nothing pass any more."""


class Outlet(Generic[M]):
    """The receivers of one service's messages of one type.

    ``callbacks`` are called one after the other, ``queues`` lose messages rather than wait, ``gates`` are queues that
    lose nothing, and ``remote`` is the way out of the process: either all of these have room for a message, or nobody
    gets it. The tuples are replaced, never changed, so that publishing needs no lock to read them. ``gate_lock`` is
    shared by all outlets of the type.
    """

    __slots__ = (
        "message_class",
        "service",
        "clock",
        "remote",
        "subscriptions",
        "callbacks",
        "queues",
        "gates",
        "raising",
        "is_direct",
        "is_closed",
        "gate_lock",
        "published",
    )

    def __init__(
        self,
        message_class: type[M],
        service: str,
        clock: Clock,
        gate_lock: Lock,
        remote: Remote[M] | None = None,
    ) -> None:
        self.message_class = message_class
        self.service = service
        self.clock = clock
        self.remote = remote
        self.gate_lock = gate_lock
        self.published = count()
        self.is_closed = False
        self.connect((), ())

    def connect(
        self, subscriptions: tuple[Subscription[M], ...], queues: tuple[tuple[Inbox[M], Overflow], ...]
    ) -> None:
        """Deliver to these from now on; with each queue comes what happens when it loses nothing and is full."""
        self.subscriptions = subscriptions
        entrances = tuple((queue.entrance(self.clock), overflow) for queue, overflow in queues)
        self.gates = tuple(queue for queue, _ in entrances if queue.overflow.holds_publisher)
        self.raising = tuple(queue for queue, overflow in entrances if overflow is Overflow.ERROR)
        self.queues = tuple(queue for queue, _ in entrances if not queue.overflow.holds_publisher)
        self.callbacks: tuple[Callable[[M], object], ...] = tuple(each.callback for each in subscriptions)
        if self.remote is not None:
            self.remote.is_alone = not (queues or subscriptions)
        self.is_direct = not queues and self.remote is None and not self.is_closed

    def close(self) -> None:
        """Let nothing pass any more."""
        self.is_closed = True
        for entrance in (*self.gates, *self.queues):
            entrance.leave()
        self.connect((), ())
        if self.remote is not None:
            self.remote.close()

    def counted(self) -> int:
        """How many messages were published."""
        remotely = self.remote.published if self.remote is not None else 0
        return int(self.published.__reduce__()[1][0]) + remotely

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
        if (self.gates or self.remote is not None) and not self._pass_gates(message, may_wait):
            return False
        for queue in self.queues:
            queue.put(message)
        return True

    def _pass_gates(self, message: M, may_wait: bool) -> bool:
        """Look and put under one lock: room cannot vanish in between, since whoever fills a gate holds it."""
        remote = self.remote
        while True:
            full: Entrance[M] | None = None
            with self.gate_lock:
                for gate in self.gates:
                    if not gate.has_room():
                        full = gate
                        break
                else:
                    if remote is None or remote.try_send(message):
                        for gate in self.gates:
                            gate.put(message)
                        return True
            if not may_wait:
                return False
            if full in self.raising:
                raise QueueFull(f"a subscriber to {self.message_class.NAME} has no room for one more message")
            if full is not None:
                full.wait_for_room()
            elif remote is not None:
                remote.send(message)  # waits for room there, without the lock
                remote = None

    def callback_failed(self, callback: Callable[[M], object], error: Exception) -> None:
        """Let the subscription of this callback count what it raised."""
        for subscription in self.subscriptions:
            if subscription.callback is callback:
                subscription.failed(error)
                return
