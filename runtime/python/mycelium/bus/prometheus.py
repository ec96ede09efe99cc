"""The text format of Prometheus, version 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mycelium.bus.latencies import Latencies
    from mycelium.bus.metrics import Metrics, PublisherMetrics, RouteMetrics, SubscriberMetrics

_REASONS = ("late", "link", "overflow")
"""Reasons for a loss that are there from the start, so that their first increase is seen."""

_BUCKETS = tuple(round(step * 10**power) for power in range(2, 11) for step in (1, 2.5, 5))[:25]
"""Upper ends of the buckets of latencies, in nanoseconds: 1, 2.5 and 5 of each power of ten, from 100 ns to 10 s."""

Series = Iterable[tuple[dict[str, str], int]]


def prometheus_text(metrics: Metrics) -> str:
    """The snapshot as text. Names and labels are those of ``docs/metrics.md``, the same in every language."""
    return "".join(f"{line}\n" for line in _lines(metrics))


def _lines(metrics: Metrics) -> Iterator[str]:
    subscribers = [(_of_message(metrics, each), each) for each in metrics.subscribers]
    routes = [(_of_route(metrics, each), each) for each in metrics.routes]
    published = [(_of_message(metrics, each), each.published) for each in metrics.publishers]
    lost = [
        (labels | {"reason": reason}, each.lost.get(reason, 0))
        for labels, each in subscribers
        for reason in sorted({*_REASONS, *each.lost})
    ]
    flows = [
        (labels | {"direction": direction}, flow)
        for labels, each in routes
        for direction, flow in (("received", each.received), ("sent", each.sent))
    ]
    on_the_way = "on the way between two services of different nodes."
    yield from _family("published_messages_total", "counter", "Messages published, to whomever.", published)
    yield from _family(
        "received_messages_total",
        "counter",
        "Messages that came out of subscribers.",
        ((labels, each.received) for labels, each in subscribers),
    )
    yield from _family("lost_messages_total", "counter", "Messages that subscribers missed, by reason.", lost)
    yield from _family(
        "waiting_messages",
        "gauge",
        "Messages in the queues of subscribers.",
        ((labels, each.waiting) for labels, each in subscribers),
    )
    yield from _family(
        "subscribers",
        "gauge",
        "Subscribers and callbacks.",
        ((labels, each.subscribers) for labels, each in subscribers),
    )
    yield from _latencies(
        (labels, each.latencies) for labels, each in subscribers if each.latencies is not None
    )
    yield from _family(
        "route_connected",
        "gauge",
        "1 where the two services are connected and have agreed.",
        ((labels, int(each.is_connected)) for labels, each in routes),
    )
    yield from _family(
        "route_reconnections_total",
        "counter",
        "How often the two services were connected again.",
        ((labels, each.reconnections) for labels, each in routes),
    )
    yield from _family(
        "route_messages_total", "counter", f"Messages {on_the_way}", ((a, flow.messages) for a, flow in flows)
    )
    yield from _family(
        "route_bytes_total",
        "counter",
        f"Bytes of frames {on_the_way}",
        ((a, flow.bytes) for a, flow in flows),
    )
    yield from _family(
        "route_lost_messages_total",
        "counter",
        f"Messages lost {on_the_way}",
        ((a, flow.lost) for a, flow in flows),
    )


def _family(name: str, kind: str, text: str, series: Series) -> Iterator[str]:
    yield f"# HELP mycelium_{name} {text}"
    yield f"# TYPE mycelium_{name} {kind}"
    for labels, value in series:
        yield f"mycelium_{name}{{{_written(labels)}}} {value}"


def _latencies(series: Iterable[tuple[dict[str, str], Latencies]]) -> Iterator[str]:
    name = "mycelium_latency_seconds"
    yield f"# HELP {name} Time from publication to receipt, by the clocks of both ends."
    yield f"# TYPE {name} histogram"
    for labels, latencies in series:
        ends = [*(_seconds(bound) for bound in _BUCKETS), "+Inf"]
        for end, count in zip(ends, [*latencies.cumulative(_BUCKETS), latencies.count], strict=True):
            yield f"{name}_bucket{{{_written(labels | {'le': end})}}} {count}"
        yield f"{name}_sum{{{_written(labels)}}} {latencies.sum:.9f}"
        yield f"{name}_count{{{_written(labels)}}} {latencies.count}"


def _seconds(nanoseconds: int) -> str:
    """As short as can be: 2500 is 0.0000025."""
    return f"{nanoseconds / 1e9:.9f}".rstrip("0").rstrip(".")


def _written(labels: dict[str, str]) -> str:
    return ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')


def _of_message(metrics: Metrics, each: PublisherMetrics | SubscriberMetrics) -> dict[str, str]:
    return {"node": metrics.node, "service": each.service, "message": each.message, "topic": each.topic}


def _of_route(metrics: Metrics, each: RouteMetrics) -> dict[str, str]:
    return {"node": metrics.node, "from": each.source, "to": each.target, "kind": each.kind}
