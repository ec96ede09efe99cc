"""What OpenTelemetry is told of a bus, read back from exporters in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Tick
from node_pairs import PATIENCE, connected, tick, until_served, write_topology
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode
from opentelemetry.util.types import AttributeValue

from mycelium.bus import MessageBus, Node, RequestFailed
from mycelium.control import Goodbye, Heartbeat
from mycelium.opentelemetry import TracedBus, observe

Points = dict[str, list[tuple[float, dict[str, AttributeValue]]]]


def beat(number: int) -> Heartbeat:
    return Heartbeat(time=number, watermark=0)


def observed(source: MessageBus | Node) -> InMemoryMetricReader:
    reader = InMemoryMetricReader()
    observe(source, MeterProvider([reader], shutdown_on_exit=False))
    return reader


def points(reader: InMemoryMetricReader) -> Points:
    """Values and attributes by the name of the metric."""
    found: Points = {}
    data = reader.get_metrics_data()
    assert data is not None
    for resource in data.resource_metrics:
        for scope in resource.scope_metrics:
            assert scope.scope.name == "mycelium.bus"
            for metric in scope.metrics:
                for point in metric.data.data_points:
                    assert not isinstance(point, HistogramDataPoint)
                    attributes = dict(point.attributes or {})
                    found.setdefault(metric.name, []).append((point.value, attributes))  # type: ignore[union-attr]
    return found


class Traced:
    """Buses whose spans are kept."""

    def __init__(self) -> None:
        self.exporter = InMemorySpanExporter()
        self.provider = TracerProvider(shutdown_on_exit=False)
        self.provider.add_span_processor(SimpleSpanProcessor(self.exporter))

    def bus(self, bus: MessageBus | None = None) -> TracedBus:
        return TracedBus(bus or MessageBus(), self.provider)

    def spans(self) -> dict[str, ReadableSpan]:
        return {span.name: span for span in self.exporter.get_finished_spans()}


def test_counters_are_read_when_they_are_collected() -> None:
    bus = MessageBus()
    reader = observed(bus)
    subscriber = bus.subscriber(Heartbeat, capacity=2, overflow="drop_newest")
    for number in range(3):
        bus.publisher(Heartbeat).publish(beat(number))
    subscriber.recv()
    labels = {"node": "", "service": "", "message": "mycelium.control.Heartbeat", "topic": ""}
    found = points(reader)
    assert found["mycelium.published.messages"] == [(3, labels)]
    assert found["mycelium.received.messages"] == [(1, labels)]
    assert found["mycelium.waiting.messages"] == [(1, labels)]
    assert found["mycelium.subscribers"] == [(1, labels)]
    lost = {attributes["reason"]: value for value, attributes in found["mycelium.lost.messages"]}
    assert lost == {"late": 0, "link": 0, "overflow": 1}
    bus.publisher(Heartbeat).publish(beat(4))
    assert points(reader)["mycelium.published.messages"] == [(4, labels)]


def test_routes_and_latencies_of_a_node(tmp_path: Path) -> None:
    with connected(write_topology(tmp_path)) as (here, _, there):
        assert here.node is not None
        reader = observed(here.node)
        subscriber = here.subscriber(Tick, latency=True)
        publisher = there.publisher(Tick)
        publisher.wait_until_wanted(timeout=PATIENCE)
        publisher.publish(tick(1))
        subscriber.recv(timeout=PATIENCE)
        found = points(reader)
        ways = {
            (attributes["from"], attributes["direction"]): value
            for value, attributes in found["mycelium.route.messages"]
        }
        assert ways["here", "received"] == 1
        assert ways["here", "sent"] == 0
        assert {value for value, _ in found["mycelium.route.connected"]} == {1}
        shares = [attributes["quantile"] for _, attributes in found["mycelium.latency"]]
        assert shares == [0.5, 0.9, 0.99, 1.0]
        assert all(value > 0 for value, _ in found["mycelium.latency"])


def test_a_callback_is_a_child_of_the_publication() -> None:
    traced = Traced()
    bus = traced.bus()
    heard: list[int] = []
    bus.subscribe(Heartbeat, lambda each: heard.append(each.time))
    bus.publisher(Heartbeat).publish(beat(7))
    assert heard == [7]
    spans = traced.spans()
    publication = spans["publish mycelium.control.Heartbeat"]
    call = spans["process mycelium.control.Heartbeat"]
    assert (publication.kind, call.kind) == (SpanKind.PRODUCER, SpanKind.CONSUMER)
    assert call.parent is not None and publication.context is not None
    assert call.parent.span_id == publication.context.span_id
    assert dict(publication.attributes or {}) == {
        "messaging.system": "mycelium",
        "messaging.operation.name": "publish",
        "messaging.operation.type": "send",
        "messaging.destination.name": "mycelium.control.Heartbeat",
        "mycelium.message": "mycelium.control.Heartbeat",
    }


def test_what_goes_wrong_is_told_by_the_spans() -> None:
    traced = Traced()
    bus = traced.bus()

    def refuse(_: Heartbeat) -> Goodbye:
        raise LookupError("nothing here")

    bus.serve(Heartbeat, refuse)
    with pytest.raises(RequestFailed, match="nothing here"):
        bus.request(beat(1), Goodbye)
    spans = traced.spans()
    server, client = spans["serve mycelium.control.Heartbeat"], spans["request mycelium.control.Heartbeat"]
    assert (client.kind, server.kind) == (SpanKind.CLIENT, SpanKind.SERVER)
    assert [span.status.status_code for span in (server, client)] == [StatusCode.ERROR] * 2
    errors = [dict(span.attributes or {})["error.type"] for span in (server, client)]
    assert errors == ["LookupError", "RequestFailed"]


def test_requests_between_nodes_are_spans_on_both_sides(tmp_path: Path) -> None:
    traced = Traced()
    with connected(write_topology(tmp_path)) as (here, _, there):
        traced.bus(there).serve(Tick, lambda each: tick(each.number + 1))
        asking = traced.bus(here)
        answer = until_served(lambda: asking.request(tick(3), Tick, to="there", timeout=PATIENCE))
        assert answer.number == 4
    assert {"request desk.ticks", "serve desk.ticks"} <= traced.spans().keys()
