"""The counters of a bus or node as metrics of OpenTelemetry: install ``mycelium-bus[opentelemetry]``.

Names are those of ``docs/metrics.md`` with dots instead of underscores; attributes are its labels.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeAlias

from opentelemetry.metrics import (
    CallbackOptions,
    MeterProvider,
    Observation,
    get_meter_provider,
)

from mycelium.bus.message_bus import MessageBus
from mycelium.bus.metrics import Flow, Metrics
from mycelium.bus.node import Node

INSTRUMENTATION = "mycelium.bus"
"""The scope that meters and tracers are named by."""

QUANTILES = (0.5, 0.9, 0.99, 1.0)
"""The shares of messages whose latency is told."""

Attributes: TypeAlias = dict[str, str | float]
Read: TypeAlias = Callable[[Metrics], Iterator[tuple[int | float, Attributes]]]


def observe(source: MessageBus | Node, meter_provider: MeterProvider | None = None) -> None:
    """Let a meter provider, by default the global one, read all counters whenever it collects.

    Nothing is counted twice and nothing runs in between. Several buses of one node share its counters: observe the node,
    once. The provider keeps what it observes until it is shut down.
    """
    provider = meter_provider if meter_provider is not None else get_meter_provider()
    meter = provider.get_meter(INSTRUMENTATION)
    for name, unit, text, read in _COUNTERS:
        meter.create_observable_counter(f"mycelium.{name}", [_callback(source, read)], unit, text)
    for name, unit, text, read in _GAUGES:
        meter.create_observable_gauge(f"mycelium.{name}", [_callback(source, read)], unit, text)


def _callback(source: MessageBus | Node, read: Read) -> Callable[[CallbackOptions], Iterator[Observation]]:
    def callback(_: CallbackOptions) -> Iterator[Observation]:
        for value, attributes in read(source.metrics()):
            yield Observation(value, attributes)

    return callback


def _published(metrics: Metrics) -> Iterator[tuple[int | float, Attributes]]:
    for each in metrics.publishers:
        yield each.published, _of_message(metrics, each.service, each.message, each.topic)


def _of_subscribers(field: str) -> Read:
    def read(metrics: Metrics) -> Iterator[tuple[int | float, Attributes]]:
        for each in metrics.subscribers:
            yield getattr(each, field), _of_message(metrics, each.service, each.message, each.topic)

    return read


def _lost(metrics: Metrics) -> Iterator[tuple[int | float, Attributes]]:
    for each in metrics.subscribers:
        attributes = _of_message(metrics, each.service, each.message, each.topic)
        for reason in sorted({"late", "link", "overflow", *each.lost}):
            yield each.lost.get(reason, 0), attributes | {"reason": reason}


def _latency(metrics: Metrics) -> Iterator[tuple[int | float, Attributes]]:
    for each in metrics.subscribers:
        if each.latencies is not None and each.latencies.count:
            attributes = _of_message(metrics, each.service, each.message, each.topic)
            for share in QUANTILES:
                yield each.latencies.quantile(share), attributes | {"quantile": share}


def _of_routes(field: str) -> Read:
    def read(metrics: Metrics) -> Iterator[tuple[int | float, Attributes]]:
        for each in metrics.routes:
            attributes = _of_route(metrics, each.source, each.target, each.kind)
            yield int(getattr(each, field)), attributes

    return read


def _of_flows(value: Callable[[Flow], int]) -> Read:
    def read(metrics: Metrics) -> Iterator[tuple[int | float, Attributes]]:
        for each in metrics.routes:
            attributes = _of_route(metrics, each.source, each.target, each.kind)
            yield value(each.sent), attributes | {"direction": "sent"}
            yield value(each.received), attributes | {"direction": "received"}

    return read


def _of_message(metrics: Metrics, service: str, message: str, topic: str) -> Attributes:
    return {"node": metrics.node, "service": service, "message": message, "topic": topic}


def _of_route(metrics: Metrics, source: str, target: str, kind: str) -> Attributes:
    return {"node": metrics.node, "from": source, "to": target, "kind": kind}


_COUNTERS: tuple[tuple[str, str, str, Read], ...] = (
    ("published.messages", "{message}", "Messages published, to whomever.", _published),
    (
        "received.messages",
        "{message}",
        "Messages that came out of subscribers.",
        _of_subscribers("received"),
    ),
    ("lost.messages", "{message}", "Messages that subscribers missed, by reason.", _lost),
    (
        "route.reconnections",
        "{connection}",
        "How often the two services were connected again.",
        _of_routes("reconnections"),
    ),
    ("route.messages", "{message}", "Messages between two services.", _of_flows(lambda flow: flow.messages)),
    ("route.bytes", "By", "Bytes of frames between two services.", _of_flows(lambda flow: flow.bytes)),
    (
        "route.lost.messages",
        "{message}",
        "Messages lost between two services.",
        _of_flows(lambda flow: flow.lost),
    ),
)

_GAUGES: tuple[tuple[str, str, str, Read], ...] = (
    (
        "waiting.messages",
        "{message}",
        "Messages in the queues of subscribers.",
        _of_subscribers("waiting"),
    ),
    ("subscribers", "{subscriber}", "Subscribers and callbacks.", _of_subscribers("subscribers")),
    ("latency", "s", "Time from publication to receipt that a share did not exceed.", _latency),
    (
        "route.connected",
        "1",
        "1 where the two services are connected and have agreed.",
        _of_routes("is_connected"),
    ),
)
