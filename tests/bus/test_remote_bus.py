"""Between nodes: order, loss, callbacks, requests, coroutines; what is local goes on beside it."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from node_pairs import KINDS, connected, write_topology

from mycelium import native
from mycelium.bus import (
    BusClosed,
    LinkState,
    MessageBus,
    Node,
    NoServer,
    NotConnected,
    QueueFull,
    ReceiveTimedOut,
    RequestFailed,
    RequestTimedOut,
    Subscriber,
)

if TYPE_CHECKING:
    from desk import Answer, Question, Tick

PATIENCE = 20.0


@pytest.fixture(autouse=True)
def codecs(desk_codecs: Path) -> None:
    """The generated module can be imported."""
    global Answer, Question, Tick
    from desk import Answer, Question, Tick


def tick(number: int, size: int = 0) -> Tick:
    return Tick(number=number, sent=0, payload=bytes(size) if size else None)


def wait_for(condition: Callable[[], bool]) -> None:
    """Return once it holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.002)


def wanted(bus: MessageBus, subscriber: Subscriber[Any]) -> None:
    """Publish until the subscriber has heard of it, and take out what came."""
    publisher = bus.publisher(Tick)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        publisher.publish(tick(0))
        try:
            subscriber.recv(timeout=0.05)
        except ReceiveTimedOut:
            continue
        while subscriber.try_recv() is not None:
            pass
        return
    raise AssertionError("nothing came")


@pytest.mark.parametrize("kind", KINDS)
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


@pytest.mark.parametrize("kind", KINDS)
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


def test_callbacks_run_in_one_thread_and_their_failures_are_counted(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with connected(write_topology(tmp_path)) as (here, _, there):
        threads: set[str] = set()
        numbers: list[int] = []
        done = threading.Event()

        def note(message: Tick) -> None:
            threads.add(threading.current_thread().name)
            numbers.append(message.number)
            if message.number == 9:
                done.set()

        def fail(message: Tick) -> None:
            raise RuntimeError(f"no {message.number}")

        failing = there.subscribe(Tick, fail)
        noting = there.subscribe(Tick, note)
        probe = there.subscriber(Tick)
        wanted(here, probe)
        wait_for(lambda: len(numbers) > 0)
        failures = failing.failures
        with caplog.at_level(logging.ERROR, logger="mycelium.bus"):
            for number in range(1, 10):
                here.publisher(Tick).publish(tick(number))
            assert done.wait(PATIENCE)
        assert numbers[-9:] == list(range(1, 10))
        assert threads == {"mycelium-delivery"}
        assert failing.failures >= failures + 9 and str(failing.last_failure) == "no 9"
        noting.close()
        failing.close()
        count = len(numbers)
        here.publisher(Tick).publish(tick(10))
        wait_for(lambda: probe.waiting >= 10)
        assert len(numbers) == count


def until_served(ask: Callable[[], Answer]) -> Answer:
    """The answer, once somebody is known to serve."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except NoServer:
            assert time.monotonic() < deadline


@pytest.mark.parametrize("kind", KINDS)
def test_requests_are_answered_refused_or_time_out(kind: str, tmp_path: Path) -> None:
    with connected(write_topology(tmp_path, kind)) as (here, _, there):
        with pytest.raises(NoServer, match=r"nobody serves desk\.Question"):
            here.request(Question(number=1, text=""), Answer)
        release = threading.Event()

        def answer(question: Question) -> Any:
            if question.text == "raise":
                raise LookupError("nothing there" * 1000)
            if question.text == "wait":
                release.wait(PATIENCE)
            if question.text == "other":
                return tick(1)
            return Answer(number=question.number, text=question.text * 2)

        there.serve(Question, answer)
        first = until_served(lambda: here.request(Question(number=5, text="ab"), Answer, timeout=PATIENCE))
        assert first == Answer(number=5, text="abab")
        assert here.request(Question(number=6, text=""), Answer, to="there").number == 6
        with pytest.raises(NoServer, match="nowhere"):
            here.request(Question(number=1, text=""), Answer, to="nowhere")
        with pytest.raises(RequestFailed, match="LookupError: nothing there") as caught:
            here.request(Question(number=1, text="raise"), Answer, timeout=PATIENCE)
        assert len(str(caught.value)) < 1200
        with pytest.raises(RequestFailed):
            here.request(Question(number=1, text="other"), Answer, timeout=PATIENCE)
        with pytest.raises(RequestTimedOut, match="within 0.05 s"):
            here.request(Question(number=1, text="wait"), Answer, timeout=0.05)
        release.set()
        assert here.request(Question(number=8, text="c"), Answer, timeout=PATIENCE).text == "cc"


@pytest.mark.parametrize("kind", KINDS)
def test_coroutines_receive(kind: str, tmp_path: Path) -> None:
    with connected(write_topology(tmp_path, kind)) as (here, _, there):
        subscriber = there.subscriber(Tick)
        wanted(here, subscriber)
        ticks = here.publisher(Tick)

        async def run() -> list[int]:
            given_up = asyncio.create_task(subscriber.recv_async())
            waiting = [asyncio.create_task(subscriber.recv_async()) for _ in range(3)]
            await asyncio.sleep(0.01)
            given_up.cancel()
            publishing = threading.Thread(target=lambda: [ticks.publish(tick(n)) for n in range(1, 101)])
            publishing.start()
            first = sorted(message.number for message in await asyncio.gather(*waiting))
            rest = [(await subscriber.recv_async()).number for _ in range(97)]
            publishing.join()
            with pytest.raises(asyncio.CancelledError):
                await given_up
            return first + rest

        assert asyncio.run(asyncio.wait_for(run(), PATIENCE)) == list(range(1, 101))

        async def to_the_end() -> list[int]:
            closing = asyncio.get_running_loop().call_later(0.02, there.close)
            found = [message.number async for message in subscriber]
            closing.cancel()
            return found

        assert asyncio.run(asyncio.wait_for(to_the_end(), PATIENCE)) == []


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
