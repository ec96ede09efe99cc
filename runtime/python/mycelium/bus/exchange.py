"""Where the buses of one process meet: who publishes, who receives, who answers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from mycelium.bus.errors import AmbiguousRequest, NoServer
from mycelium.bus.inbox import Inbox
from mycelium.bus.outlet import Outlet, Remote, Subscription
from mycelium.bus.routes import Routes
from mycelium.bus.service_clock import Clock
from mycelium.message import Message

M = TypeVar("M", bound=Message)
Handler = Callable[[Any], Message]
Elsewhere = Callable[[type[Message]], list[str]]


class Meeting:
    """All that concerns one type of message."""

    __slots__ = ("subscriptions", "queues", "outlets", "servers", "gate_lock")

    def __init__(self) -> None:
        self.subscriptions: tuple[Subscription[Any], ...] = ()
        self.queues: tuple[tuple[Inbox[Any], str], ...] = ()
        self.outlets: list[Outlet[Any]] = []
        self.servers: dict[str, Handler] = {}
        self.gate_lock = Lock()


class Exchange:
    """The meeting point of buses whose messages pass by reference. Every change is made under one lock."""

    __slots__ = ("_routes", "_lock", "_meetings")

    def __init__(self, routes: Routes) -> None:
        self._routes = routes
        self._lock = Lock()
        self._meetings: dict[type[Message], Meeting] = {}

    def outlet(
        self, message_class: type[M], service: str, clock: Clock, remote: Remote[M] | None
    ) -> Outlet[M]:
        """A new outlet of a service, connected to all who receive the type."""
        with self._lock:
            meeting = self._meeting(message_class)
            outlet = Outlet(message_class, service, clock, meeting.gate_lock, remote)
            meeting.outlets.append(outlet)
            self._connect(outlet, meeting)
            return outlet

    def subscribe(
        self,
        message_class: type[M],
        service: str,
        callback: Callable[[M], object],
        leave: Callable[[Subscription[M]], None],
    ) -> Subscription[M]:
        """Let outlets call this; a callback that is there already is one of its own."""
        with self._lock:
            meeting = self._meeting(message_class)
            if any(each.callback is callback for each in meeting.subscriptions):
                callback = partial(callback)
            subscription = Subscription(message_class, service, callback, leave)
            meeting.subscriptions = (*meeting.subscriptions, subscription)
            self._reconnect(meeting)
            return subscription

    def unsubscribe(self, subscription: Subscription[M]) -> None:
        """Let outlets call this no more."""
        with self._lock:
            meeting = self._meeting(subscription.message_class)
            meeting.subscriptions = tuple(each for each in meeting.subscriptions if each is not subscription)
            self._reconnect(meeting)

    def fill(self, message_class: type[M], service: str, queue: Inbox[M]) -> None:
        """Let outlets put messages into this, a queue of the service."""
        with self._lock:
            meeting = self._meeting(message_class)
            meeting.queues = (*meeting.queues, (queue, service))
            self._reconnect(meeting)

    def fill_no_more(self, message_class: type[M], queue: Inbox[M]) -> None:
        """Close the queue; outlets put nothing more into it."""
        queue.close()
        with self._lock:
            meeting = self._meeting(message_class)
            meeting.queues = tuple(each for each in meeting.queues if each[0] is not queue)
            self._reconnect(meeting)

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

    def server(
        self, message_class: type[Message], asking: str, service: str | None, elsewhere: Elsewhere | None
    ) -> Handler | None:
        """Who answers the service that asks: the one of this name, or the only one there is; None where it is not here.

        ``elsewhere`` tells which services of other nodes answer, None where there are no others. Raises
        :class:`AmbiguousRequest`, and :class:`NoServer` where a route does not allow it.
        """
        meeting = self._meetings.get(message_class)
        if meeting is None or not meeting.servers:
            return None
        servers = meeting.servers
        if service is not None:
            if service in servers and not self._routes.may_pass(message_class, asking, service):
                raise NoServer(
                    f"the route from `{asking}` to `{service}` does not allow {message_class.NAME}"
                )
            return servers.get(service)
        here = [name for name in servers if self._routes.may_pass(message_class, asking, name)]
        if not here:
            return None
        names = sorted([*here, *(elsewhere(message_class) if elsewhere is not None else ())])
        if len(names) > 1:
            listed = ", ".join(f"`{name}`" for name in names)
            raise AmbiguousRequest(f"{message_class.NAME} is served by {listed}: say which with to=")
        return servers[here[0]]

    def _reconnect(self, meeting: Meeting) -> None:
        """Let every outlet deliver to those who receive now."""
        for outlet in meeting.outlets:
            self._connect(outlet, meeting)

    def _connect(self, outlet: Outlet[Any], meeting: Meeting) -> None:
        """Let an outlet deliver to those whom its routes lead to."""
        source, kind, routes = outlet.service, outlet.message_class, self._routes
        outlet.connect(
            tuple(each for each in meeting.subscriptions if routes.may_pass(kind, source, each.service)),
            tuple(
                (queue, routes.overflow(source, target))
                for queue, target in meeting.queues
                if routes.may_pass(kind, source, target)
            ),
        )

    def _meeting(self, message_class: type[Message]) -> Meeting:
        meeting = self._meetings.get(message_class)
        if meeting is None:
            meeting = self._meetings[message_class] = Meeting()
        return meeting
