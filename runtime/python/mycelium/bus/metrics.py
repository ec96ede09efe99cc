"""What passed, what waits and what was lost: as objects, and as text for Prometheus.

A :class:`Metrics` is a snapshot. Counters only grow while the bus or the node lives.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

import msgspec

from mycelium.bus.counting import Gone
from mycelium.bus.latencies import Latencies
from mycelium.bus.links import LinkState, LinkStatus
from mycelium.bus.prometheus import prometheus_text

if TYPE_CHECKING:
    from mycelium.bus.message_bus import MessageBus


class PublisherMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """How many messages of one type one service published, to whomever."""

    service: str
    message: str
    topic: str
    published: int


class SubscriberMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """What the subscribers of one service received of one message.

    ``subscribers`` counts subscribers and callbacks, ``received`` messages that came out of queues (callbacks are not
    counted: they get all there are), ``waiting`` those in queues. ``lost`` has them by reason.
    """

    service: str
    message: str
    topic: str
    subscribers: int
    received: int
    waiting: int
    lost: Mapping[str, int]
    latencies: Latencies | None = None
    """How long messages of other nodes were on their way, where subscribers measure it; None where none does."""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """Messages that went one way, the bytes of their frames, and how many were lost instead."""

    messages: int
    bytes: int
    lost: int


class RouteMetrics(msgspec.Struct, frozen=True, kw_only=True):
    """What passed between a service of this node, ``source``, and one of another, ``target``."""

    source: str
    target: str
    kind: str
    is_connected: bool
    reconnections: int
    sent: Flow
    received: Flow


class Metrics(msgspec.Struct, frozen=True, kw_only=True):
    """All counters of a node, or of a bus without one, at one moment."""

    node: str
    publishers: tuple[PublisherMetrics, ...]
    subscribers: tuple[SubscriberMetrics, ...]
    routes: tuple[RouteMetrics, ...]

    def to_prometheus(self) -> str:
        """As text for Prometheus: format 0.0.4, content type ``text/plain; version=0.0.4``."""
        return prometheus_text(self)


def collect(node: str, buses: Iterable[MessageBus], links: Iterable[LinkStatus]) -> Metrics:
    """The counters of these buses and links."""
    known = list(buses)
    publishers = [each for bus in known for each in _publishers(bus)]
    subscribers = [each for bus in known for each in _subscribers(bus)]
    return Metrics(
        node=node,
        publishers=tuple(sorted(publishers, key=lambda each: (each.service, each.message))),
        subscribers=tuple(sorted(subscribers, key=lambda each: (each.service, each.message))),
        routes=tuple(_route(link) for link in links),
    )


def _publishers(bus: MessageBus) -> Iterator[PublisherMetrics]:
    for message_class, published in bus.counts().published.items():
        yield PublisherMetrics(
            service=bus.service,
            message=message_class.NAME,
            topic=message_class.TOPIC or "",
            published=published,
        )


def _subscribers(bus: MessageBus) -> Iterator[SubscriberMetrics]:
    counts = bus.counts()
    classes = {*counts.gone, *counts.callbacks, *(message_class for message_class, _ in counts.queues)}
    for message_class in classes:
        queues = [queue for of, queue in counts.queues if of is message_class]
        gone = counts.gone.get(message_class, Gone())
        all_lost = Counter(gone.lost)
        measured = [
            each for each in (gone.latencies, *(queue.latencies for queue in queues)) if each is not None
        ]
        for queue in queues:
            all_lost.update(queue.lost)
        yield SubscriberMetrics(
            service=bus.service,
            message=message_class.NAME,
            topic=message_class.TOPIC or "",
            subscribers=len(queues) + counts.callbacks.count(message_class),
            received=gone.received + sum(queue.received for queue in queues),
            waiting=sum(len(queue) for queue in queues),
            lost=dict(all_lost),
            latencies=Latencies.of_all(measured) if measured else None,
        )


def _route(link: LinkStatus) -> RouteMetrics:
    counted = link.counters
    return RouteMetrics(
        source=link.own,
        target=link.peer,
        kind=link.kind,
        is_connected=link.state is LinkState.ESTABLISHED,
        reconnections=counted["reconnects"],
        sent=Flow(
            messages=counted["sent"],
            bytes=counted["bytes_sent"],
            lost=counted["dropped_full"] + counted["dropped_disconnected"],
        ),
        received=Flow(messages=counted["received"], bytes=counted["bytes_received"], lost=counted["missed"]),
    )
