"""Messages of several services, put into the order of their publication, within a process and between nodes."""

from __future__ import annotations

import asyncio
import math
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from desk import Tick
from node_pairs import KINDS, PATIENCE, connected, tick, wait_for, write_topology

from mycelium.bus import BusClosed, MessageBus, Node, ReceiveTimedOut, Subscriber

ONE_NODE = """
[[nodes]]
name = "all"
services = ["here", "beside", "there"]
"""

EVERYWHERE = ("one node", *KINDS)

Buses = tuple[MessageBus, MessageBus, MessageBus]


@contextmanager
def deployed(folder: Path, kind: str) -> Iterator[Buses]:
    """The services `here`, `beside` and `there`: in one node, or the last in another that is reached by this kind of route."""
    if kind != "one node":
        with connected(write_topology(folder, kind)) as buses:
            yield buses
        return
    file = folder / "one.toml"
    file.write_text(ONE_NODE)
    with Node.from_topology(file, "all") as node:
        yield node.bus("here"), node.bus("beside"), node.bus("there")


def merging(bus: MessageBus, lateness: float = math.inf) -> Subscriber[Tick]:
    return bus.subscriber(Tick, merge="time", lateness=lateness)


def begin(buses: Buses, subscriber: Subscriber[Tick], kind: str) -> None:
    """Both publishing services are at given times, and the subscriber has heard of them."""
    _, beside, there = buses
    for bus in (beside, there):
        bus.advance_to(0)
    beside.publisher(Tick)
    publisher = there.publisher(Tick)
    if kind != "one node":
        publisher.wait_until_wanted(timeout=PATIENCE)
    publisher.publish_at(tick(0), 0)
    wait_for(lambda: subscriber.waiting == 1)
    beside.advance_to(1)
    assert subscriber.recv(timeout=PATIENCE).number == 0


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_the_order_is_the_same_wherever_services_run(tmp_path: Path, kind: str) -> None:
    chance = random.Random(7)
    with deployed(tmp_path, kind) as buses:
        here, beside, there = buses
        subscriber = merging(here)
        begin(buses, subscriber, kind)
        histories: list[list[tuple[int, int]]] = []
        for source in range(2):
            times = sorted(chance.randrange(1, 300) for _ in range(200))
            histories.append([(time, source * 1000 + number) for number, time in enumerate(times)])

        def publish(bus: MessageBus, history: list[tuple[int, int]]) -> None:
            publisher = bus.publisher(Tick)
            for time, number in history:
                publisher.publish_at(tick(number), time)
            bus.advance_to(1 << 62)

        pairs = zip((beside, there), histories, strict=True)
        threads = [threading.Thread(target=publish, args=pair) for pair in pairs]
        for thread in threads:
            thread.start()
        received = [subscriber.recv(timeout=PATIENCE).number for _ in range(400)]
        for thread in threads:
            thread.join()
        expected = sorted((time, number >= 1000, number) for history in histories for time, number in history)
        assert received == [number for *_, number in expected]
        assert subscriber.lost == {}


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_service_whose_time_stands_still_is_waited_for_as_long_as_may_be(tmp_path: Path, kind: str) -> None:
    with deployed(tmp_path, kind) as buses:
        here, beside, there = buses
        subscriber = merging(here, lateness=0.02)
        begin(buses, subscriber, kind)
        beside.publisher(Tick).publish_at(tick(1), 10)
        assert subscriber.recv(timeout=PATIENCE).number == 1
        there.publisher(Tick).publish_at(tick(2), 5)
        wait_for(lambda: subscriber.lost == {"late": 1})
        beside.publisher(Tick).publish_at(tick(3), 20)
        assert asyncio.run(asyncio.wait_for(subscriber.recv_async(), PATIENCE)).number == 3


@pytest.mark.parametrize("kind", EVERYWHERE)
def test_a_later_time_or_the_end_of_a_service_lets_messages_out(tmp_path: Path, kind: str) -> None:
    with deployed(tmp_path, kind) as buses:
        here, beside, there = buses
        subscriber = merging(here)
        begin(buses, subscriber, kind)
        beside.publisher(Tick).publish_at(tick(1), 10)
        assert subscriber.try_recv() is None
        there.advance_to(11)
        assert subscriber.recv(timeout=PATIENCE).number == 1
        beside.publisher(Tick).publish_at(tick(2), 12)
        assert subscriber.waiting == 1
        with pytest.raises(ReceiveTimedOut):
            subscriber.recv(timeout=0.01)

        async def receive() -> int:
            waiting = asyncio.create_task(subscriber.recv_async())
            await asyncio.sleep(0)
            (there if there.node is here.node else there.node or there).close()
            return (await asyncio.wait_for(waiting, PATIENCE)).number

        assert asyncio.run(receive()) == 2


def test_what_others_publish_at_the_time_of_the_system_comes_at_once() -> None:
    bus = MessageBus()
    subscriber = merging(bus)
    for number in range(5):
        bus.publisher(Tick).publish(tick(number))
    assert [subscriber.recv(timeout=0).number for _ in range(5)] == list(range(5))
    assert subscriber.received == 5


@pytest.mark.parametrize("overflow", [None, "drop_oldest"])
def test_capacity_is_for_each_service_and_what_just_came_is_lost(
    tmp_path: Path, overflow: str | None
) -> None:
    with deployed(tmp_path, "one node") as (here, beside, there):
        subscriber = here.subscriber(Tick, capacity=2, merge="time", lateness=math.inf, overflow=overflow)
        for bus in (beside, there):
            bus.advance_to(0)
            bus.publisher(Tick)
        sent = [beside.publisher(Tick).try_publish(tick(number)) for number in range(3)]
        assert sent == [True, True, overflow is not None]
        assert there.publisher(Tick).try_publish(tick(9))
        assert (subscriber.waiting, subscriber.lost) == (3, {"overflow": 1} if overflow else {})
        subscriber.close()
        assert [each.number for each in subscriber] == [0, 1, 9]


def test_a_publisher_waits_for_room_of_its_own() -> None:
    bus = MessageBus()
    subscriber = bus.subscriber(Tick, capacity=1, merge="time")
    publisher = bus.publisher(Tick)
    sender = threading.Thread(target=lambda: [publisher.publish(tick(number)) for number in range(50)])
    sender.start()
    assert [subscriber.recv(timeout=PATIENCE).number for _ in range(50)] == list(range(50))
    sender.join()


@pytest.mark.parametrize("kind", ["one node", "unix"])
def test_the_time_of_a_service_never_goes_back(tmp_path: Path, kind: str) -> None:
    with deployed(tmp_path, kind) as (here, _, _):
        publisher = here.publisher(Tick)
        publisher.publish_at(tick(1), 5)
        publisher.publish_at(tick(2), 5)
        with pytest.raises(ValueError, match="published at 4, which is before 5, the time of its service"):
            publisher.publish_at(tick(3), 4)
        with pytest.raises(ValueError, match="published at 3"):
            here.advance_to(3)
        assert publisher.published == 2


def test_options_that_make_no_sense_are_refused() -> None:
    bus = MessageBus()
    with pytest.raises(ValueError, match="merge `date`: messages are merged by `time`"):
        bus.subscriber(Tick, merge="date")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="exclude each other"):
        bus.subscriber(Tick, merge="time", overflow="latest")
    with pytest.raises(ValueError, match="lateness -1"):
        bus.subscriber(Tick, merge="time", lateness=-1)


def test_a_merging_subscriber_ends_with_its_bus() -> None:
    bus = MessageBus()
    subscriber = merging(bus)
    bus.publisher(Tick).publish(tick(1))
    bus.close()
    assert subscriber.recv().number == 1
    with pytest.raises(BusClosed):
        subscriber.recv()
