"""One end of a bus: publishing messages of one type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from mycelium.bus.errors import NotConnected
from mycelium.bus.outlet import Outlet
from mycelium.message import Message

if TYPE_CHECKING:
    from mycelium.bus.message_bus import MessageBus

M = TypeVar("M", bound=Message)


class Publisher(Generic[M]):
    """Publishes messages of one type to all who subscribed, and does not know where they are.

    ``publish(message)`` calls callbacks in this thread and fills the queues of subscribers. It waits, or raises
    :class:`~mycelium.bus.QueueFull`, as the route says; TypeError for a message of another type;
    :class:`~mycelium.bus.BusClosed` after the bus was closed. What a callback raises is counted and reported by its
    subscription, and does not concern the publisher.

    ``try_publish(message)`` never waits: False, and nobody gets the message, where there is no room.

    ``publish_at(message, published_at)`` publishes at a time of its own.
    """

    __slots__ = ("publish", "try_publish", "_outlet", "_bus")

    publish: Callable[[M], None]
    try_publish: Callable[[M], bool]

    def __init__(self, outlet: Outlet[M], bus: MessageBus) -> None:
        self._outlet = outlet
        # Closures, so that a call costs neither a bound method nor a look at attributes of the publisher.
        self.publish = _publish_to(outlet)
        self.try_publish = _try_publish_to(outlet)
        if outlet.remote is not None:
            # One call of the extension, which turns to the closures where somebody of this process receives as well.
            outlet.remote.begin(self.publish, self.try_publish)
            self.publish, self.try_publish = outlet.remote.publish, outlet.remote.try_publish
            self._bus = bus  # whose node lives as long as its publishers

    @property
    def message_class(self) -> type[M]:
        """The type that is published."""
        return self._outlet.message_class

    def publish_at(self, message: M, published_at: int) -> None:
        """As ``publish``, at a given time and not the system's, in nanoseconds since 1970-01-01 UTC.

        For backtests and simulations. It becomes the time of the service, as :meth:`MessageBus.advance_to` does, and
        later messages of it have no earlier one: ValueError. Merging by time orders by it, and envelopes carry it.
        """
        self._outlet.clock.advance_to(published_at)
        self.publish(message)

    @property
    def is_wanted(self) -> bool:
        """Whether a service of another node wants these messages now."""
        remote = self._outlet.remote
        return remote is not None and remote.is_wanted

    def wait_until_wanted(self, timeout: float | None = None) -> None:
        """Return when a service of another node wants these messages: what is published before nobody there gets.

        Waits up to ``timeout`` seconds, without one for ever. Raises :class:`~mycelium.bus.NotConnected` where none
        does in time, or the bus has no other nodes, and :class:`~mycelium.bus.BusClosed`.
        """
        remote = self._outlet.remote
        if remote is None:
            raise NotConnected(f"{self.message_class.NAME}: the bus has no other nodes")
        remote.wait_until_wanted(timeout)

    @property
    def published(self) -> int:
        """How many messages of this type this bus has published."""
        return self._outlet.counted()

    @property
    def wanted_by(self) -> tuple[str, ...]:
        """The services of other nodes, or of guests, that want these messages now, by name."""
        remote = self._outlet.remote
        return tuple(sorted(remote.wanted_by())) if remote is not None else ()


def _publish_to(outlet: Outlet[M]) -> Callable[[M], None]:
    message_class = outlet.message_class
    count_one = (
        outlet.published.__next__
    )  # one call into C: no message is counted twice or missed between threads

    def publish(message: M) -> None:
        if message.__class__ is not message_class:
            outlet.refuse_other_class(message)
        if not outlet.is_direct:
            outlet.enqueue(message)
        count_one()
        for callback in outlet.callbacks:
            try:
                callback(message)
            except Exception as error:  # whatever it is: it must not reach the publisher
                outlet.callback_failed(callback, error)

    return publish


def _try_publish_to(outlet: Outlet[M]) -> Callable[[M], bool]:
    message_class = outlet.message_class
    count_one = outlet.published.__next__

    def try_publish(message: M) -> bool:
        if message.__class__ is not message_class:
            outlet.refuse_other_class(message)
        if not (outlet.is_direct or outlet.enqueue(message, may_wait=False)):
            return False
        count_one()
        for callback in outlet.callbacks:
            try:
                callback(message)
            except Exception as error:
                outlet.callback_failed(callback, error)
        return True

    return try_publish
