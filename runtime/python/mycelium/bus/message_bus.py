"""The bus as a service sees it."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Any, Self, TypeVar

from mycelium.bus.errors import BusClosed, RequestFailed
from mycelium.bus.exchange import Exchange
from mycelium.bus.message_queue import MessageQueue
from mycelium.bus.outlet import Outlet, Subscription
from mycelium.bus.overflow import Overflow
from mycelium.bus.publisher import Publisher
from mycelium.bus.subscriber import Subscriber
from mycelium.message import Message

M = TypeVar("M", bound=Message)
Reply = TypeVar("Reply", bound=Message)

DEFAULT_CAPACITY = 1024
"""Messages a subscriber's queue holds unless chosen otherwise."""


class MessageBus:
    """Publishers, subscribers, requests and answers, by type of message.

    ``MessageBus()`` lies within this process: messages pass by reference, nothing is encoded. ``overflow`` says what a
    publisher does when a subscriber that loses nothing is full: ``block`` (wait) or ``error``. A bus starts no thread
    and opens nothing; dropping it leaves nothing behind.
    """

    __slots__ = (
        "service",
        "_exchange",
        "_overflow",
        "_outlets",
        "_subscriptions",
        "_queues",
        "_served",
        "_is_closed",
    )

    def __init__(self, *, overflow: Overflow | str = Overflow.BLOCK) -> None:
        self._overflow = _overflow(overflow)
        if not self._overflow.holds_publisher:
            raise ValueError(f"overflow `{overflow}` belongs to a subscriber; a bus takes `block` or `error`")
        self.service = ""
        self._exchange = Exchange()
        self._outlets: dict[type[Message], Outlet[Any]] = {}
        self._subscriptions: list[Subscription[Any]] = []
        self._queues: dict[int, tuple[type[Message], MessageQueue[Any]]] = {}
        self._served: list[type[Message]] = []
        self._is_closed = False

    def publisher(self, message_class: type[M]) -> Publisher[M]:
        """What publishes messages of this type. Raises TypeError for a message without a type id."""
        self._refuse(message_class)
        outlet = self._outlets.get(message_class)
        if outlet is None:
            outlet = self._outlets[message_class] = self._exchange.outlet(message_class, self._overflow)
        return Publisher(outlet)

    def subscriber(
        self,
        message_class: type[M],
        *,
        capacity: int = DEFAULT_CAPACITY,
        overflow: Overflow | str | None = None,
    ) -> Subscriber[M]:
        """A queue of what is published from now on.

        It holds up to ``capacity`` messages. ``overflow`` None loses nothing: a publisher then waits, or gets an
        error, as the bus says; ``drop_oldest``, ``drop_newest`` and ``latest`` never hold a publisher up.
        """
        self._refuse(message_class)
        chosen = self._overflow if overflow is None else _overflow(overflow)
        if overflow is not None and chosen.holds_publisher:
            raise ValueError(f"overflow `{chosen}` belongs to the bus or its routes, not to a subscriber")
        if capacity < 1:
            raise ValueError(f"capacity {capacity}: a queue holds at least 1 message")
        queue: MessageQueue[M] = MessageQueue(capacity, chosen)
        self._queues[id(queue)] = (message_class, queue)
        self._exchange.fill(message_class, queue)

        def leave(_: Subscriber[M]) -> None:
            if self._queues.pop(id(queue), None) is not None:
                self._exchange.fill_no_more(message_class, queue)

        return Subscriber(message_class, queue, leave)

    def subscribe(self, message_class: type[M], callback: Callable[[M], object]) -> Subscription[M]:
        """Call ``callback`` with each message, in the publisher's thread, before ``publish`` returns.

        It may publish. What it raises is counted and reported by the subscription, and goes no further.
        """
        self._refuse(message_class)
        subscription = self._exchange.subscribe(message_class, callback, self._unsubscribe)
        self._subscriptions.append(subscription)
        return subscription

    def serve(self, message_class: type[M], handler: Callable[[M], Message]) -> None:
        """Answer requests of this type with what ``handler`` returns. Raises ValueError when this bus does already."""
        self._refuse(message_class)
        self._exchange.serve(message_class, self.service, handler)
        self._served.append(message_class)

    def request(
        self,
        message: Message,
        reply_class: type[Reply],
        *,
        to: str | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """The answer to a message, from the service ``to`` or from the only one that serves its type.

        Within a process the handler runs in this thread; there is nothing to wait for, and ``timeout`` (seconds) has
        no effect. Raises :class:`~mycelium.bus.NoServer`; :class:`~mycelium.bus.RequestFailed` when the handler
        raised, or answered with anything but a ``reply_class``.
        """
        self._refuse(type(message))
        name = type(message).NAME
        handler = self._exchange.server(type(message), to)
        try:
            reply = handler(message)
        except Exception as error:
            raise RequestFailed(f"the server of {name} raised {type(error).__name__}: {error}") from error
        if not isinstance(reply, reply_class):
            raise RequestFailed(
                f"the server of {name} answered with a {type(reply).__name__}, not a {reply_class.NAME}"
            )
        return reply

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
            self._exchange.fill_no_more(*self._queues.popitem()[1])
        for message_class in self._served:
            self._exchange.serve_no_more(message_class, self.service)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _unsubscribe(self, subscription: Subscription[Any]) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)
            self._exchange.unsubscribe(subscription)

    def _refuse(self, message_class: Any) -> None:
        if self._is_closed:
            raise BusClosed("this bus was closed")
        if not (isinstance(message_class, type) and issubclass(message_class, Message)):
            raise TypeError(f"{message_class!r} is no message class")
        if message_class.TYPE_ID is None:
            name = message_class.NAME or message_class.__name__
            raise TypeError(f"{name} has no type id: it only lies inside other messages")


def _overflow(name: Overflow | str) -> Overflow:
    try:
        return Overflow(name)
    except ValueError:
        known = ", ".join(f"`{each}`" for each in Overflow)
        raise ValueError(f"overflow `{name}` is none of {known}") from None
