"""One end of a bus: publishing messages of one type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

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

    @property
    def published(self) -> int:
        """How many messages of this type this bus has published."""
        return self._outlet.counted()


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
