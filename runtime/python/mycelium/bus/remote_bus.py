"""A service's way to the services of other nodes, through the native extension."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from mycelium.bus.delivery import Delivery
from mycelium.bus.errors import RequestFailed
from mycelium.bus.inbox import Inbox
from mycelium.bus.outlet import Remote
from mycelium.bus.overflow import Overflow
from mycelium.bus.remote_inbox import RemoteClock, RemoteInbox
from mycelium.errors import DecodeError
from mycelium.message import Message

if TYPE_CHECKING:
    from mycelium import _native

M = TypeVar("M", bound=Message)
Reply = TypeVar("Reply", bound=Message)


class RemoteBus:
    """What a bus asks for when it has routes out of the process."""

    __slots__ = ("clock", "delivery", "servers", "_service")

    def __init__(self, service: _native.Service) -> None:
        self.delivery = Delivery(service)
        self.servers = service.servers
        """The services of other nodes that answer requests of a class, as far as this one knows."""
        self._service = service
        self.clock = RemoteClock(service)

    def publisher(self, message_class: type[M]) -> Remote[M]:
        """What hands messages of this type to the nodes that want them."""
        remote: Remote[M] = self._service.publisher(message_class)
        return remote

    def inbox(
        self,
        message_class: type[M],
        capacity: int,
        overflow: Overflow,
        lateness: float | None,
        latency: bool,
    ) -> Inbox[M]:
        """A queue that messages of this type come to, from now on; with a lateness, merged by time."""
        native = self._service.inbox(capacity, overflow.value, None, lateness, latency)
        native.receive(message_class, None)
        return RemoteInbox(native, overflow, lateness is not None)

    def request(
        self, message: Message, reply_class: type[Reply], to: str | None, timeout: float | None
    ) -> Reply:
        """The answer of a service on another node."""
        try:
            reply: Reply = self._service.request(message, reply_class, to, timeout)
        except DecodeError as error:
            name = type(message).NAME
            raise RequestFailed(f"the answer to {name} is no {reply_class.NAME}: {error}") from error
        return reply

    def close(self) -> None:
        """End the delivery thread. The queues are closed by the bus, which has them."""
        self.delivery.close()
