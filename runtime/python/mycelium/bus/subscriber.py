"""The other end of a bus: receiving messages of one type."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from mycelium.bus.errors import BusClosed
from mycelium.bus.inbox import Inbox, Take, TryTake
from mycelium.message import Message

M = TypeVar("M", bound=Message)


def _when_all_are_gone(functions: tuple[object, ...], leave: Callable[[], None]) -> object:
    """Calls ``leave`` when nobody has any of the functions, as long as what this returns is there."""
    remaining: list[weakref.ref[object]] = []

    def gone(one: weakref.ref[object]) -> None:
        remaining[:] = [each for each in remaining if each is not one]
        if not remaining:
            leave()

    remaining.extend(weakref.ref(function, gone) for function in functions)
    return remaining


class Subscriber(Generic[M]):
    """A queue of one type's messages: ``recv``, ``try_recv``, ``for message in subscriber``, ``async for`` as well.

    ``recv(timeout=None)`` gives the next message, waiting up to ``timeout`` seconds, without one for ever. It raises
    :class:`~mycelium.bus.ReceiveTimedOut` and :class:`~mycelium.bus.BusClosed`. ``try_recv()`` gives the next message,
    None where there is none now; it raises :class:`~mycelium.bus.BusClosed`.

    Each message comes out once, however many threads and coroutines receive. After ``close``, what waits can still be
    received; then :class:`~mycelium.bus.BusClosed` is raised, and iteration ends. A subscriber that is dropped is
    closed, unless somebody has kept its ``recv`` or ``try_recv``: then when those are dropped as well.
    """

    __slots__ = ("message_class", "recv", "try_recv", "_queue", "_leave")

    recv: Take[M]
    try_recv: TryTake[M]

    def __init__(self, message_class: type[M], queue: Inbox[M], leave: Callable[[], None]) -> None:
        self.message_class = message_class
        self.recv = queue.take
        self.try_recv = queue.try_take
        self._queue = queue
        self._leave = leave
        # A queue nobody can empty any more would hold publishers up for ever.
        queue.keep(_when_all_are_gone((self.recv, self.try_recv), leave))

    async def recv_async(self) -> M:
        """The next message, without holding up the event loop; cancelling it loses nothing."""
        return await self._queue.take_later()

    @property
    def received(self) -> int:
        """How many messages came out."""
        return self._queue.received

    @property
    def lost(self) -> dict[str, int]:
        """How many messages this subscriber missed, by reason; reasons that never happened are left out.

        ``overflow``: there was no room in its queue. ``late``: they came after what follows them in the order of
        publication had been given out. ``link``: they were lost between the nodes, as the numbers of
        those that came tell. ``undecodable``: what came were no bytes of this message.
        """
        return self._queue.lost

    @property
    def waiting(self) -> int:
        """How many messages wait to be received."""
        return len(self._queue)

    def close(self) -> None:
        """Receive nothing more. Closing twice is harmless."""
        self._leave()

    def __iter__(self) -> Iterator[M]:
        # A generator, which holds on to the subscriber: it may have no other owner.
        yield from self._queue

    def __next__(self) -> M:
        try:
            return self.recv()
        except BusClosed:
            raise StopIteration from None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> M:
        try:
            return await self._queue.take_later()
        except BusClosed:
            raise StopAsyncIteration from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
