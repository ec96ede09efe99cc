"""The one thread of a bus in which callbacks and handlers run for messages of other processes."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from threading import Lock, Thread, current_thread
from typing import TYPE_CHECKING, Any, TypeVar

from mycelium.bus.errors import BusClosed
from mycelium.bus.outlet import Subscription
from mycelium.message import Message

if TYPE_CHECKING:
    from mycelium import _native

M = TypeVar("M", bound=Message)

QUEUE_CAPACITY = 1024
"""Messages that wait for the thread; one more waits at its sender."""

MAXIMUM_REASON_LENGTH = 1024
"""Bytes of what a handler raised that the one who asked is told, at most."""

CLOSING_SECONDS = 1.0
"""How long closing waits for the callback or handler that runs, so that an answer still goes."""


class Receiver:
    """Who gets the messages of one type: callbacks, and perhaps a handler for those that ask."""

    __slots__ = ("message_class", "subscriptions", "handler", "__weakref__")

    def __init__(self, message_class: type[Message]) -> None:
        self.message_class = message_class
        self.subscriptions: tuple[Subscription[Any], ...] = ()
        self.handler: Callable[[Any], Message] | None = None

    def deliver(self, message: Message) -> None:
        """Call every callback; what one raises concerns nobody else."""
        for subscription in self.subscriptions:
            try:
                subscription.callback(message)
            except Exception as error:  # whatever it is: the thread serves others as well
                subscription.failed(error)

    def answer(self, message: Message, service: _native.Service, asker: _native.Asker) -> None:
        """Give the one who asks what the handler returns, or what went wrong in it."""
        try:
            if self.handler is None:
                service.refuse(asker, f"nobody serves {self.message_class.NAME} any more")
                return
            service.reply(asker, self.handler(message))
        except BusClosed:
            return
        except Exception as error:
            service.refuse(asker, _reason(error))


class Delivery:
    """Starts its thread when there is something to call, and ends it when the bus is closed or dropped."""

    __slots__ = ("_service", "_inbox", "_receivers", "_lock", "_thread")

    def __init__(self, service: _native.Service) -> None:
        self._service = service
        self._inbox: _native.Inbox | None = None
        self._receivers: dict[type[Message], Receiver] = {}
        self._lock = Lock()
        self._thread: Thread | None = None

    def subscribe(self, subscription: Subscription[M]) -> None:
        """Call this with the messages of other processes, too."""
        with self._lock:
            receiver = self._receiver(subscription.message_class)
            is_first = not receiver.subscriptions
            receiver.subscriptions = (*receiver.subscriptions, subscription)
            if is_first:
                self._started_inbox().receive(subscription.message_class, weakref.ref(receiver))

    def unsubscribe(self, subscription: Subscription[M]) -> None:
        """Call it no more."""
        with self._lock:
            receiver = self._receiver(subscription.message_class)
            receiver.subscriptions = tuple(
                each for each in receiver.subscriptions if each is not subscription
            )
            if not receiver.subscriptions and self._inbox is not None:
                self._inbox.receive_no_more(subscription.message_class)

    def serve(self, message_class: type[M], handler: Callable[[M], Message]) -> None:
        """Answer the requests of other processes with what this returns."""
        with self._lock:
            receiver = self._receiver(message_class)
            receiver.handler = handler
            self._started_inbox().serve(message_class, weakref.ref(receiver))

    def close(self) -> None:
        """Call nothing any more, and wait a little for what runs."""
        with self._lock:
            self._receivers.clear()
            if self._inbox is not None:
                self._inbox.close()
            thread, self._thread = self._thread, None
        if thread is not None and thread is not current_thread():
            thread.join(CLOSING_SECONDS)

    def _receiver(self, message_class: type[Message]) -> Receiver:
        receiver = self._receivers.get(message_class)
        if receiver is None:
            receiver = self._receivers[message_class] = Receiver(message_class)
        return receiver

    def _started_inbox(self) -> _native.Inbox:
        if self._inbox is None:
            self._inbox = self._service.inbox(QUEUE_CAPACITY, "block", "adaptive", None, False)
            # It refers to nothing of the bus but weakly: a bus that is dropped goes, and the thread with it.
            self._thread = Thread(
                target=_deliver, args=(self._inbox, self._service), name="mycelium-delivery", daemon=True
            )
            self._thread.start()
        return self._inbox


def _deliver(inbox: _native.Inbox, service: _native.Service) -> None:
    while True:
        try:
            reference, message, asker = inbox.take_delivery()
        except BusClosed:
            return
        receiver = reference()
        if receiver is not None:
            if asker is None:
                receiver.deliver(message)
            else:
                receiver.answer(message, service, asker)
        del reference, message, asker, receiver  # nothing is kept alive while nothing comes


def _reason(error: Exception) -> str:
    """The type and the text of an exception, cut to what a refusal can carry."""
    text = f"{type(error).__name__}: {error}".encode(errors="backslashreplace")
    return text[:MAXIMUM_REASON_LENGTH].decode(errors="ignore")
