"""Where the buses of one process meet: who publishes, who receives, who answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from mycelium.bus.errors import NoServer
from mycelium.bus.message_queue import MessageQueue
from mycelium.bus.outlet import Outlet, Subscription
from mycelium.bus.overflow import Overflow
from mycelium.message import Message

M = TypeVar("M", bound=Message)
Handler = Callable[[Any], Message]


class Meeting:
    """All that concerns one type of message."""

    __slots__ = ("subscriptions", "queues", "outlets", "servers", "gate_lock")

    def __init__(self) -> None:
        self.subscriptions: tuple[Subscription[Any], ...] = ()
        self.queues: tuple[MessageQueue[Any], ...] = ()
        self.outlets: list[Outlet[Any]] = []
        self.servers: dict[str, Handler] = {}
        self.gate_lock = Lock()

    def reconnect(self) -> None:
        """Let every outlet deliver to those who receive now."""
        for outlet in self.outlets:
            outlet.connect(self.subscriptions, self.queues)


class Exchange:
    """The meeting point of buses whose messages pass by reference. Every change is made under one lock."""

    __slots__ = ("_lock", "_meetings")

    def __init__(self) -> None:
        self._lock = Lock()
        self._meetings: dict[type[Message], Meeting] = {}

    def outlet(self, message_class: type[M], overflow: Overflow) -> Outlet[M]:
        """A new outlet, connected to all who receive the type."""
        with self._lock:
            meeting = self._meeting(message_class)
            outlet = Outlet(message_class, meeting.gate_lock, overflow)
            meeting.outlets.append(outlet)
            outlet.connect(meeting.subscriptions, meeting.queues)
            return outlet

    def subscribe(
        self,
        message_class: type[M],
        callback: Callable[[M], object],
        leave: Callable[[Subscription[M]], None],
    ) -> Subscription[M]:
        """Let outlets call this; a callback that is there already is one of its own."""
        with self._lock:
            meeting = self._meeting(message_class)
            if any(each.callback is callback for each in meeting.subscriptions):
                callback = partial(callback)
            subscription = Subscription(message_class, callback, leave)
            meeting.subscriptions = (*meeting.subscriptions, subscription)
            meeting.reconnect()
            return subscription

    def unsubscribe(self, subscription: Subscription[M]) -> None:
        """Let outlets call this no more."""
        with self._lock:
            meeting = self._meeting(subscription.message_class)
            meeting.subscriptions = tuple(each for each in meeting.subscriptions if each is not subscription)
            meeting.reconnect()

    def fill(self, message_class: type[M], queue: MessageQueue[M]) -> None:
        """Let outlets put messages into this."""
        with self._lock:
            meeting = self._meeting(message_class)
            meeting.queues = (*meeting.queues, queue)
            meeting.reconnect()

    def fill_no_more(self, message_class: type[M], queue: MessageQueue[M]) -> None:
        """Close the queue; outlets put nothing more into it."""
        queue.close()
        with self._lock:
            meeting = self._meeting(message_class)
            meeting.queues = tuple(each for each in meeting.queues if each is not queue)
            meeting.reconnect()

    def close_outlet(self, outlet: Outlet[M]) -> None:
        """Let nothing pass it any more."""
        with self._lock:
            self._meeting(outlet.message_class).outlets.remove(outlet)
            outlet.close()

    def serve(self, message_class: type[Message], service: str, handler: Handler) -> None:
        """Let a service answer. Raises ValueError where it does already."""
        with self._lock:
            servers = self._meeting(message_class).servers
            if service in servers:
                place = f"service `{service}`" if service else "this bus"
                raise ValueError(f"{place} serves {message_class.NAME} already")
            servers[service] = handler

    def serve_no_more(self, message_class: type[Message], service: str) -> None:
        """Let a service answer no more."""
        with self._lock:
            self._meeting(message_class).servers.pop(service, None)

    def server(self, message_class: type[Message], service: str | None) -> Handler:
        """Who answers: the service of this name, or the only one there is. Raises :class:`NoServer`."""
        meeting = self._meetings.get(message_class)
        servers = meeting.servers if meeting is not None else {}
        if service is not None:
            if service not in servers:
                raise NoServer(f"service `{service}` does not serve {message_class.NAME}")
            return servers[service]
        if not servers:
            raise NoServer(f"nobody serves {message_class.NAME}")
        if len(servers) > 1:
            names = ", ".join(f"`{name}`" for name in sorted(servers))
            raise NoServer(f"{message_class.NAME} is served by {names}: say which with to=")
        return next(iter(servers.values()))

    def _meeting(self, message_class: type[Message]) -> Meeting:
        meeting = self._meetings.get(message_class)
        if meeting is None:
            meeting = self._meetings[message_class] = Meeting()
        return meeting
