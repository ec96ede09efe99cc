"""What a bus of one process counts."""

from __future__ import annotations

from pathlib import Path

import pytest
from desk import Tick
from node_pairs import KINDS, PATIENCE, connected, tick, write_topology
from prometheus_client.parser import text_string_to_metric_families

from mycelium.bus import MessageBus
from mycelium.bus.latencies import Latencies
from mycelium.control import Heartbeat


def beat(number: int) -> Heartbeat:
    return Heartbeat(time=number, watermark=0)


def values(text: str) -> dict[str, float]:
    """The samples without their labels, but for the reason of a loss."""
    samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
    return {" ".join([each.name, *each.labels.get("reason", "").split()]): each.value for each in samples}


def test_what_subscribers_counted_stays_when_they_go() -> None:
    bus = MessageBus()
    narrow = bus.subscriber(Heartbeat, capacity=2, overflow="drop_newest")
    wide = bus.subscriber(Heartbeat)
    bus.subscribe(Heartbeat, lambda _: None)
    for number in range(5):
        bus.publisher(Heartbeat).publish(beat(number))
    narrow.recv()
    wide.recv()
    expected = {
        "mycelium_published_messages_total": 5,
        "mycelium_received_messages_total": 2,
        "mycelium_lost_messages_total late": 0,
        "mycelium_lost_messages_total link": 0,
        "mycelium_lost_messages_total overflow": 3,
        "mycelium_waiting_messages": 5,
        "mycelium_subscribers": 3,
    }
    assert values(bus.metrics().to_prometheus()) == expected
    narrow.close()
    expected |= {"mycelium_waiting_messages": 4, "mycelium_subscribers": 2}
    assert values(bus.metrics().to_prometheus()) == expected


def test_labels_are_escaped() -> None:
    bus = MessageBus()
    bus.publisher(Heartbeat)
    bus.service = 'a "quoted" \\ and\nbroken name'
    (family,) = (
        family
        for family in text_string_to_metric_families(bus.metrics().to_prometheus())
        if family.name == "mycelium_published_messages"
    )
    assert family.samples[0].labels["service"] == bus.service


@pytest.mark.parametrize("kind", KINDS)
def test_the_way_of_messages_between_nodes_is_measured(tmp_path: Path, kind: str) -> None:
    with connected(write_topology(tmp_path, kind)) as (here, _, there):
        subscriber = here.subscriber(Tick, latency=True)
        publisher = there.publisher(Tick)
        publisher.wait_until_wanted(timeout=PATIENCE)
        for number in range(10):
            publisher.publish(tick(number))
        for _ in range(10):
            subscriber.recv(timeout=PATIENCE)
        (counted,) = here.metrics().subscribers
        latencies = counted.latencies
        assert latencies is not None
        assert latencies.count == 10
        assert 0 < latencies.quantile(0.5) <= latencies.quantile(1) == latencies.longest
        subscriber.close()
        text = here.metrics().to_prometheus()
        assert values(text)["mycelium_latency_seconds_count"] == 10


def test_latencies_are_told_by_quantiles_and_buckets() -> None:
    latencies = Latencies.of_all([Latencies(((100, 3), (300, 1))), Latencies(((200, 4), (300, 2)))])
    assert latencies.recorded == ((100, 3), (200, 4), (300, 3))
    assert latencies.count == 10
    assert latencies.sum == pytest.approx(2000e-9)
    assert [latencies.quantile(share) * 1e9 for share in (0, 0.3, 0.31, 0.7, 1)] == pytest.approx(
        [100, 100, 200, 200, 300]
    )
    assert list(latencies.cumulative([50, 100, 250, 1000])) == [0, 3, 7, 10]
    assert (Latencies().quantile(0.5), Latencies().longest, Latencies().count) == (0, 0, 0)
    with pytest.raises(ValueError, match="share 2"):
        latencies.quantile(2)


def test_what_is_not_measured_has_no_latencies() -> None:
    bus = MessageBus()
    bus.subscriber(Heartbeat, latency=True)
    assert bus.metrics().subscribers[0].latencies is None
