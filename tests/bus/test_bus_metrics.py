"""What a bus of one process counts."""

from __future__ import annotations

from prometheus_client.parser import text_string_to_metric_families

from mycelium.bus import MessageBus
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
