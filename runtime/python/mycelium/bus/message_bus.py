"""The bus as a service sees it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self, TypeVar

from mycelium.bus.counting import BusCounts, Gone
from mycelium.bus.errors import BusClosed, NoServer, RequestFailed
from mycelium.bus.exchange import Exchange
from mycelium.bus.inbox import Inbox
from mycelium.bus.message_queue import MessageQueue
from mycelium.bus.outlet import Outlet, Subscription
from mycelium.bus.overflow import Overflow
from mycelium.bus.publisher import Publisher
from mycelium.bus.routes import OpenRoutes
from mycelium.bus.service_clock import Clock, ServiceClock
from mycelium.bus.subscriber import Subscriber
from mycelium.message import Message

if TYPE_CHECKING:
    from pathlib import Path

    from mycelium.bus.metrics import Metrics
    from mycelium.bus.node import Node
    from mycelium.bus.remote_bus import RemoteBus

M = TypeVar("M", bound=Message)
Reply = TypeVar("Reply", bound=Message)

DEFAULT_CAPACITY = 1024
"""Messages a subscriber's queue holds unless chosen otherwise."""

DEFAULT_LATENESS = 1.0
"""Seconds that merging waits for a service of which nothing is heard, unless chosen otherwise."""

MAXIMUM_CAPACITY = 1 << 24
"""Messages a subscriber's queue can hold."""


class MessageBus:
    """Publishers, subscribers, requests and answers, by type of message.

    ``MessageBus()`` lies within this process: messages pass by reference, nothing is encoded. ``overflow`` says what a
    publisher does when a subscriber that loses nothing is full: ``block`` (wait) or ``error``. Such a bus starts no
    thread and opens nothing; dropping it leaves nothing behind.

    ``MessageBus.from_topology(file, service=...)`` and ``node.bus(service)`` give the bus of a service, whose messages
    travel as the topology says: to services of the same node by reference, to others as bytes.
    """

    __slots__ = (
        "service",
        "node",
        "_owns_node",
        "_exchange",
        "_clock",
        "_remote",
        "_overflow",
        "_outlets",
        "_subscriptions",
        "_queues",
        "_gone",
        "_served",
        "_is_closed",
    )

    def __init__(self, *, overflow: Overflow | str = Overflow.BLOCK) -> None:
        chosen = _overflow(overflow)
        if not chosen.holds_publisher:
            raise ValueError(f"overflow `{overflow}` belongs to a subscriber; a bus takes `block` or `error`")
        self._begin("", Exchange(OpenRoutes(chosen)), chosen)

    def _begin(self, service: str, exchange: Exchange, overflow: Overflow) -> None:
        self.service = service
        self.node: Node | None = None
        """The node whose service this is, None for a bus by itself."""
        self._owns_node = False
        self._exchange = exchange
        self._clock: Clock = ServiceClock(service)
        self._remote: RemoteBus | None = None
        self._overflow = overflow
        self._outlets: dict[type[Message], Outlet[Any]] = {}
        self._subscriptions: list[Subscription[Any]] = []
        self._queues: dict[int, tuple[type[Message], Inbox[Any]]] = {}
        self._gone: dict[type[Message], Gone] = {}
        self._served: list[type[Message]] = []
        self._is_closed = False

    @classmethod
    def from_topology(cls, path: Path | str, service: str) -> MessageBus:
        """The bus of a service, and with it the node that runs the service; closing it closes the node.

        For a node of several services see :class:`~mycelium.bus.Node`. Raises
        :class:`~mycelium.topology.TopologyError`, ValueError for a service that no node runs, and
        :class:`~mycelium.bus.NodeError`.
        """
        from mycelium.bus.node import Node  # a bus by itself is spared what topologies need

        bus = Node.of_service(path, service).bus(service)
        bus._owns_node = True
        return bus

    @classmethod
    def of_node(cls, node: Node, service: str, exchange: Exchange, remote: RemoteBus | None) -> Self:
        """The bus of a service of a node, which alone calls this; see :meth:`Node.bus`."""
        bus = cls.__new__(cls)
        bus._begin(service, exchange, Overflow.BLOCK)
        bus.node = node
        bus._remote = remote
        if remote is not None:
            bus._clock = remote.clock
        return bus

    def publisher(self, message_class: type[M]) -> Publisher[M]:
        """What publishes messages of this type. Raises TypeError for a message without a type id."""
        self._refuse(message_class)
        outlet = self._outlets.get(message_class)
        if outlet is None:
            remote = self._remote.publisher(message_class) if self._remote is not None else None
            outlet = self._outlets[message_class] = self._exchange.outlet(
                message_class, self.service, self._clock, remote
            )
        return Publisher(outlet, self)

    def subscriber(
        self,
        message_class: type[M],
        *,
        capacity: int = DEFAULT_CAPACITY,
        overflow: Overflow | str | None = None,
        merge: Literal["time"] | None = None,
        lateness: float = DEFAULT_LATENESS,
        latency: bool = False,
    ) -> Subscriber[M]:
        """A queue of what is published from now on.

        It holds up to ``capacity`` messages. ``overflow`` None loses nothing: a publisher then waits, or gets an
        error, as the bus says; ``drop_oldest``, ``drop_newest`` and ``latest`` never hold a publisher up.

        ``merge="time"`` puts messages into the order they were published in, by time, service and number, whichever way
        they came. A service of which nothing is heard is waited for ``lateness`` seconds, ``math.inf`` for ever;
        ``capacity`` is for each publishing service then.

        ``latency`` measures how long messages of other nodes are on their way, until they are in the queue, for
        :meth:`metrics`. They then carry envelopes, 56 bytes more each. Messages of this process are not measured.
        """
        self._refuse(message_class)
        chosen = self._overflow if overflow is None else _overflow(overflow)
        if overflow is not None and chosen.holds_publisher:
            raise ValueError(f"overflow `{chosen}` belongs to the bus or its routes, not to a subscriber")
        if not 1 <= capacity <= MAXIMUM_CAPACITY:
            raise ValueError(f"capacity {capacity}: a queue holds 1 to {MAXIMUM_CAPACITY:,} messages")
        merged = _lateness(merge, lateness, chosen)
        queue: Inbox[M]
        if self._remote is not None:
            queue = self._remote.inbox(message_class, capacity, chosen, merged, latency)
        elif merged is not None:
            from mycelium.bus.merged_queue import MergedQueue  # who does not merge is spared the time

            queue = MergedQueue(capacity, chosen, merged)
        else:
            queue = MessageQueue(capacity, chosen)
        self._queues[id(queue)] = (message_class, queue)
        self._exchange.fill(message_class, self.service, queue)

        def leave() -> None:
            queue.keep(None)
            if self._queues.pop(id(queue), None) is not None:
                self._remember(message_class, queue)
                self._exchange.fill_no_more(message_class, queue)

        return Subscriber(message_class, queue, leave)

    def subscribe(self, message_class: type[M], callback: Callable[[M], object]) -> Subscription[M]:
        """Call ``callback`` with each message.

        One of this process calls it in the publisher's thread, before ``publish`` returns; one of another process in
        the one thread that this bus has for them. It may publish. What it raises is counted and reported by the
        subscription, and goes no further.
        """
        self._refuse(message_class)
        subscription = self._exchange.subscribe(message_class, self.service, callback, self._unsubscribe)
        self._subscriptions.append(subscription)
        if self._remote is not None:
            self._remote.delivery.subscribe(subscription)
        return subscription

    def serve(self, message_class: type[M], handler: Callable[[M], Message]) -> None:
        """Answer requests of this type with what ``handler`` returns. Raises ValueError when this bus does already.

        Requests of this process run it in the thread of whoever asks, those of others in the one thread that this bus
        has for them.
        """
        self._refuse(message_class)
        self._exchange.serve(message_class, self.service, handler)
        self._served.append(message_class)
        if self._remote is not None:
            self._remote.delivery.serve(message_class, handler)

    def request(
        self,
        message: Message,
        reply_class: type[Reply],
        *,
        to: str | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """The answer to a message, from the service ``to`` or from the only one that serves its type, wherever it runs.

        Within a process the handler runs in this thread; there is nothing to wait for, and ``timeout`` (seconds) has
        no effect. Raises :class:`~mycelium.bus.NoServer`; :class:`~mycelium.bus.AmbiguousRequest` where several serve it
        and none is named; :class:`~mycelium.bus.RequestFailed` when the handler
        raised, or answered with anything but a ``reply_class``; :class:`~mycelium.bus.RequestTimedOut`.
        """
        self._refuse(type(message))
        name, remote = type(message).NAME, self._remote
        elsewhere = remote.servers if remote is not None else None
        handler = self._exchange.server(type(message), self.service, to, elsewhere)
        if handler is None:
            if remote is not None:
                return remote.request(message, reply_class, to, timeout)
            raise NoServer(f"nobody serves {name}" if to is None else f"service `{to}` does not serve {name}")
        try:
            reply = handler(message)
        except Exception as error:
            raise RequestFailed(f"the server of {name} raised {type(error).__name__}: {error}") from error
        if not isinstance(reply, reply_class):
            raise RequestFailed(
                f"the server of {name} answered with a {type(reply).__name__}, not a {reply_class.NAME}"
            )
        return reply

    def advance_to(self, time: int) -> None:
        """Give the service a time of its own, for backtests and simulations; nanoseconds since 1970-01-01 UTC.

        From now on it publishes at this time, and not at that of the system, and those who merge by time know that
        nothing earlier comes from here. A service that will publish at given times says so before others publish, with
        any time that is early enough, so that it is waited for. Raises ValueError for a time before its present one.
        """
        self._clock.advance_to(time)

    def metrics(self) -> Metrics:
        """All counters at this moment: of a service of a node, those of the node."""
        from mycelium.bus.metrics import collect  # who never asks is spared the time

        return self.node.metrics() if self.node is not None else collect("", [self], [])

    def counts(self) -> BusCounts:
        """What this bus alone counts; :meth:`metrics` makes a snapshot of it."""
        return BusCounts(
            published={outlet.message_class: outlet.counted() for outlet in self._outlets.values()},
            gone=dict(self._gone),
            queues=list(self._queues.values()),
            callbacks=[subscription.message_class for subscription in self._subscriptions],
        )

    def close(self) -> None:
        """End it: publishers raise, subscribers give what they hold and end, callbacks and handlers are let go."""
        if self._is_closed:
            return
        self._is_closed = True
        for outlet in self._outlets.values():
            self._exchange.close_outlet(outlet)
        for subscription in list(self._subscriptions):
            self._unsubscribe(subscription)
        while self._queues:
            message_class, queue = self._queues.popitem()[1]
            self._remember(message_class, queue)
            self._exchange.fill_no_more(message_class, queue)
        for message_class in self._served:
            self._exchange.serve_no_more(message_class, self.service)
        if self._remote is not None:
            self._remote.close()
        if self._owns_node and self.node is not None:
            self.node.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _remember(self, message_class: type[Message], queue: Inbox[Any]) -> None:
        """What a subscriber counted must not vanish with it."""
        self._gone[message_class] = self._gone.get(message_class, Gone()).and_of(queue)

    def _unsubscribe(self, subscription: Subscription[Any]) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)
            self._exchange.unsubscribe(subscription)
            if self._remote is not None:
                self._remote.delivery.unsubscribe(subscription)

    def _refuse(self, message_class: Any) -> None:
        if self._is_closed:
            raise BusClosed("this bus was closed")
        if not (isinstance(message_class, type) and issubclass(message_class, Message)):
            raise TypeError(f"{message_class!r} is no message class")
        if message_class.TYPE_ID is None:
            name = message_class.NAME or message_class.__name__
            raise TypeError(f"{name} has no type id: it only lies inside other messages")


def _lateness(merge: str | None, lateness: float, overflow: Overflow) -> float | None:
    """How long merging waits for a service, None where messages come out as they come."""
    if merge is None:
        return None
    if merge != "time":
        raise ValueError(f"merge `{merge}`: messages are merged by `time`, or not at all (None)")
    if overflow is Overflow.LATEST:
        raise ValueError("merge and overflow `latest` exclude each other: one message has no order")
    if not lateness >= 0:
        raise ValueError(f"lateness {lateness}: it is a number of seconds, 0 or more")
    return lateness


def _overflow(name: Overflow | str) -> Overflow:
    try:
        return Overflow(name)
    except ValueError:
        known = ", ".join(f"`{each}`" for each in Overflow)
        raise ValueError(f"overflow `{name}` is none of {known}") from None
