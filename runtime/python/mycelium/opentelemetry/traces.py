"""What passes a bus as spans of OpenTelemetry: install ``mycelium-bus[opentelemetry]``.

Spans and attributes follow the semantic conventions for messaging. Within a process callbacks and servers run in the
thread of whoever publishes or asks, so their spans are its children. Between nodes no context travels: a span of the other
node begins a trace of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from opentelemetry.trace import SpanKind, Status, StatusCode, Tracer, TracerProvider, get_tracer

from mycelium.bus.message_bus import MessageBus
from mycelium.bus.outlet import Subscription
from mycelium.bus.publisher import Publisher
from mycelium.message import Message
from mycelium.opentelemetry.metrics import INSTRUMENTATION

M = TypeVar("M", bound=Message)
Reply = TypeVar("Reply", bound=Message)


class TracedBus:
    """A bus whose publications, callbacks, requests and answers are spans; those of ``bus`` itself stay as fast as they are.

    ``tracer_provider`` is the global one unless given.
    """

    __slots__ = ("bus", "_tracer")

    def __init__(self, bus: MessageBus, tracer_provider: TracerProvider | None = None) -> None:
        self.bus = bus
        self._tracer = get_tracer(INSTRUMENTATION, tracer_provider=tracer_provider)

    def publisher(self, message_class: type[M]) -> TracedPublisher[M]:
        """As :meth:`MessageBus.publisher`; each publication is a span of kind producer."""
        return TracedPublisher(self.bus.publisher(message_class), self._tracer)

    def subscribe(self, message_class: type[M], callback: Callable[[M], object]) -> Subscription[M]:
        """As :meth:`MessageBus.subscribe`; each call is a span of kind consumer, with what the callback raised."""

        def traced(message: M) -> object:
            with span(self._tracer, "process", message_class, SpanKind.CONSUMER):
                return callback(message)

        return self.bus.subscribe(message_class, traced)

    def serve(self, message_class: type[M], handler: Callable[[M], Message]) -> None:
        """As :meth:`MessageBus.serve`; each request is a span of kind server."""

        def traced(message: M) -> Message:
            with span(self._tracer, "serve", message_class, SpanKind.SERVER):
                return handler(message)

        self.bus.serve(message_class, traced)

    def request(
        self,
        message: Message,
        reply_class: type[Reply],
        *,
        to: str | None = None,
        timeout: float | None = None,
    ) -> Reply:
        """As :meth:`MessageBus.request`, a span of kind client."""
        with span(self._tracer, "request", type(message), SpanKind.CLIENT):
            return self.bus.request(message, reply_class, to=to, timeout=timeout)


class TracedPublisher(Generic[M]):
    """A publisher whose publications are spans."""

    __slots__ = ("publisher", "_tracer")

    def __init__(self, publisher: Publisher[M], tracer: Tracer) -> None:
        self.publisher = publisher
        self._tracer = tracer

    def publish(self, message: M) -> None:
        """As :class:`Publisher` does."""
        with span(self._tracer, "publish", self.publisher.message_class, SpanKind.PRODUCER):
            self.publisher.publish(message)

    def try_publish(self, message: M) -> bool:
        """As :class:`Publisher` does."""
        with span(self._tracer, "publish", self.publisher.message_class, SpanKind.PRODUCER):
            return self.publisher.try_publish(message)


_OPERATION_TYPES = {"publish": "send", "request": "send", "process": "process", "serve": "process"}


@contextmanager
def span(tracer: Tracer, operation: str, message_class: type[Message], kind: SpanKind) -> Iterator[None]:
    """A span of an operation on a message; what is raised in it is recorded and goes on."""
    destination = message_class.TOPIC or message_class.NAME
    attributes = {
        "messaging.system": "mycelium",
        "messaging.operation.name": operation,
        "messaging.operation.type": _OPERATION_TYPES[operation],
        "messaging.destination.name": destination,
        "mycelium.message": message_class.NAME,
    }
    with tracer.start_as_current_span(
        f"{operation} {destination}", kind=kind, attributes=attributes, set_status_on_exception=False
    ) as current:
        try:
            yield
        except Exception as error:
            current.set_attribute("error.type", type(error).__qualname__)
            current.set_status(Status(StatusCode.ERROR, str(error)))
            raise
