"""How coroutines learn that something came: the event loop watches the inbox's file descriptor."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mycelium import _native


class Arrivals:
    """The coroutines that wait for one inbox, by the loop they run in; a loop watches only while somebody waits.

    All that wait in a loop are woken together: each looks for itself, and who finds nothing waits again. So one that
    is cancelled takes nothing away from the others.
    """

    __slots__ = ("_inbox", "_waiting")

    def __init__(self, inbox: _native.Inbox) -> None:
        self._inbox = inbox
        self._waiting: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}

    async def wait(self) -> None:
        """Return when something may be there; at once where something already is."""
        descriptor = self._inbox.watch()
        if not self._inbox.arm():
            return
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        waiting = self._waiting.get(loop)
        if waiting is None:
            waiting = self._waiting[loop] = []
            loop.add_reader(descriptor, self._wake, loop, descriptor)
        waiting.append(woken)
        # What an inbox that merges holds back is looked at again when that ends, though nothing comes.
        due = self._inbox.due
        timer = None if due is None else loop.call_later(due, self._wake, loop, descriptor)
        try:
            await woken
        except asyncio.CancelledError:
            self._give_up(loop, descriptor, woken)
            raise
        finally:
            if timer is not None:
                timer.cancel()

    def _wake(self, loop: asyncio.AbstractEventLoop, descriptor: int) -> None:
        """The descriptor is readable."""
        loop.remove_reader(descriptor)
        for woken in self._waiting.pop(loop, ()):
            if not woken.done():
                woken.set_result(None)

    def _give_up(self, loop: asyncio.AbstractEventLoop, descriptor: int, woken: asyncio.Future[None]) -> None:
        """A coroutine was cancelled; when it was the last, nobody watches any more."""
        waiting = self._waiting.get(loop)
        if waiting is None or woken not in waiting:
            return
        waiting.remove(woken)
        if not waiting:
            del self._waiting[loop]
            loop.remove_reader(descriptor)
