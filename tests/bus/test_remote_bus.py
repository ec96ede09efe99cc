"""Between nodes: order, loss, waiting and its end; what is local goes on beside it."""

from __future__ import annotations

import gc
import threading
from pathlib import Path

import pytest
from desk import Large, Question, Tick
from node_pairs import LINK_KINDS, PATIENCE, connected, tick, until_served, wanted, write_topology

from mycelium import native
from mycelium.bus import (
    BusClosed,
    LinkState,
    Node,
    NotConnected,
    QueueFull,
)
from mycelium.errors import EncodeError, ErrorCode


@pytest.mark.parametrize("kind", LINK_KINDS)
def test_all_messages_come_in_order_however_small_the_queue(kind: str, tmp_path: Path) -> None:
    with connected(write_topology(tmp_path, kind)) as (here, _, there):
        subscriber = there.subscriber(Tick, capacity=8)
        wanted(here, subscriber)
        ticks = here.publisher(Tick)

        def publish() -> None:
            for number in range(1, 2001):
                ticks.publish(tick(number, size=number % 50))

        before = ticks.published
        thread = threading.Thread(target=publish)
        thread.start()
        received = [subscriber.recv(timeout=PATIENCE) for _ in range(2000)]
        thread.join()
        assert [message.number for message in received] == list(range(1, 2001))
        assert [len(message.payload or b"") for message in received[:60]] == [n % 50 for n in range(1, 61)]
        assert (subscriber.lost, ticks.published - before) == ({}, 2000)


@pytest.mark.parametrize("kind", LINK_KINDS)
def test_large_messages_pass(kind: str, tmp_path: Path) -> None:
    with connected(write_topology(tmp_path, kind)) as (here, _, there):
        subscriber = there.subscriber(Tick)
        wanted(here, subscriber)
        ticks = here.publisher(Tick)
        for size in (1 << 20, 1, 1 << 16, 1 << 20):
            thread = threading.Thread(target=ticks.publish, args=(tick(size, size),))
            thread.start()
            assert len(subscriber.recv(timeout=PATIENCE).payload or b"") == size
            thread.join()


def test_those_of_the_process_and_those_outside_get_the_same(tmp_path: Path) -> None:
    with connected(write_topology(tmp_path)) as (here, beside, there):
        outside, inside = there.subscriber(Tick), beside.subscriber(Tick)
        wanted(here, outside)
        while inside.try_recv() is not None:
            pass
        seen: list[Tick] = []
        beside.subscribe(Tick, seen.append)
        message = tick(7)
        ticks = here.publisher(Tick)
        ticks.publish(message)
        assert ticks.try_publish(message)
        assert inside.recv() is message and seen == [message, message]
        assert outside.recv(timeout=PATIENCE) == message
        assert outside.recv(timeout=PATIENCE) == message


def test_a_slow_subscriber_that_may_lose_counts_what_it_lost(tmp_path: Path) -> None:
    with connected(write_topology(tmp_path)) as (here, _, there):
        subscriber = there.subscriber(Tick, capacity=4, overflow="drop_oldest")
        wanted(here, subscriber)
        received = subscriber.received
        lost = sum(subscriber.lost.values())
        ticks = here.publisher(Tick)
        for number in range(1, 501):
            ticks.publish(tick(number))
        last = 0
        while last < 500:
            message = subscriber.recv(timeout=PATIENCE)
            assert message.number > last
            last = message.number
        assert subscriber.received - received + sum(subscriber.lost.values()) - lost == 500


def test_a_route_with_error_refuses_rather_than_waits(tmp_path: Path) -> None:
    routes = '[[routes]]\nfrom = "here"\nto = "there"\noverflow = "error"\ncapacity = 4\n'
    with connected(write_topology(tmp_path, routes=routes)) as (here, _, there):
        subscriber = there.subscriber(Tick, capacity=1)
        wanted(here, subscriber)
        ticks = here.publisher(Tick)
        with pytest.raises(QueueFull, match=r"desk\.Tick"):
            for _ in range(100_000):
                ticks.publish(tick(1, size=1000))
        assert not ticks.try_publish(tick(2, size=1000))


def test_a_subscriber_that_is_dropped_holds_nobody_up(tmp_path: Path) -> None:
    with connected(write_topology(tmp_path)) as (here, _, there):
        subscriber = there.subscriber(Tick, capacity=1)
        wanted(here, subscriber)
        del subscriber
        gc.collect()
        ticks = here.publisher(Tick)
        thread = threading.Thread(target=lambda: [ticks.publish(tick(n, size=10_000)) for n in range(1000)])
        thread.start()
        thread.join(PATIENCE)
        assert not thread.is_alive()


def test_a_function_that_receives_keeps_its_subscriber(tmp_path: Path) -> None:
    with connected(write_topology(tmp_path)) as (here, _, there):
        receive = there.subscriber(Tick).recv
        gc.collect()
        ticks = here.publisher(Tick)
        ticks.wait_until_wanted(timeout=PATIENCE)
        ticks.publish(tick(7))
        assert receive(timeout=PATIENCE).number == 7


def test_a_message_that_is_too_large_is_refused_as_one_that_cannot_be_encoded(tmp_path: Path) -> None:
    with connected(write_topology(tmp_path)) as (here, _, there):
        subscriber = there.subscriber(Large)
        there.serve(Large, lambda message: message)
        large, larges = Large(data=bytes(1 << 24)), here.publisher(Large)
        larges.wait_until_wanted(timeout=PATIENCE)
        with pytest.raises(EncodeError) as refused:
            larges.publish(large)
        assert refused.value.code is ErrorCode.FRAME_TOO_LARGE
        assert until_served(lambda: here.request(Large(), Large, to="there", timeout=PATIENCE)) == Large()
        with pytest.raises(EncodeError) as refused:
            here.request(large, Large, to="there", timeout=PATIENCE)
        assert refused.value.code is ErrorCode.FRAME_TOO_LARGE
        larges.publish(Large(data=b"small"))
        assert subscriber.recv(timeout=PATIENCE).data == b"small"


def test_closing_frees_those_who_wait(tmp_path: Path) -> None:
    with connected(write_topology(tmp_path)) as (here, _, there):
        subscriber = there.subscriber(Tick)
        wanted(here, subscriber)
        ended: list[type[BaseException]] = []

        def receive() -> None:
            try:
                subscriber.recv()
            except BusClosed as error:
                ended.append(type(error))

        threads = [threading.Thread(target=receive) for _ in range(3)]
        for thread in threads:
            thread.start()
        threads[0].join(0.02)
        there.close()
        for thread in threads:
            thread.join(PATIENCE)
        assert ended == [BusClosed] * 3
        assert list(subscriber) == []
        ticks = here.publisher(Tick)
        here.close()
        with pytest.raises(BusClosed):
            ticks.publish(tick(1))
        with pytest.raises(BusClosed):
            ticks.try_publish(tick(1))


def test_links_tell_how_they_are(tmp_path: Path) -> None:
    file = write_topology(tmp_path)
    with Node.from_topology(file, "near") as near:
        with pytest.raises(NotConnected, match="there"):
            near.wait_until_connected(timeout=0.05)
        assert {(link.own, link.peer, link.peer_node) for link in near.links()} == {
            ("here", "there", "far"),
            ("beside", "there", "far"),
        }
        assert all(link.state is not LinkState.ESTABLISHED for link in near.links())
        with Node.from_topology(file, "far"):
            near.wait_until_connected(timeout=PATIENCE)
            assert all(link.state is LinkState.ESTABLISHED for link in near.links())
            assert all(link.mismatches == () and link.counters["reconnects"] == 0 for link in near.links())


def test_the_pure_python_codec_serves_as_well(tmp_path: Path) -> None:
    with connected(write_topology(tmp_path)) as (here, _, there), native.forced(False):
        subscriber = there.subscriber(Tick)
        wanted(here, subscriber)
        here.publisher(Tick).publish(tick(3, size=300))
        assert subscriber.recv(timeout=PATIENCE) == tick(3, size=300)


def test_what_cannot_be_encoded_is_told_to_the_publisher(tmp_path: Path) -> None:
    from mycelium import EncodeError

    with connected(write_topology(tmp_path)) as (here, _, there):
        subscriber = there.subscriber(Tick)
        wanted(here, subscriber)
        ticks = here.publisher(Tick)
        with pytest.raises(EncodeError, match="Tick.number"):
            ticks.publish(Tick(number=-1, sent=0))
        with pytest.raises(TypeError, match=r"for desk\.Tick, not for Question"):
            ticks.publish(Question(number=1, text=""))  # type: ignore[arg-type]
        ticks.publish(tick(4))
        assert subscriber.recv(timeout=PATIENCE).number == 4
