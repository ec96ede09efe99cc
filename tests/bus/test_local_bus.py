"""The bus within one process: order, loss, waiting, failures, and what stays behind."""

from __future__ import annotations

import asyncio
import gc
import logging
import threading
import time
import weakref

import pytest

from mycelium.bus import (
    BusClosed,
    MessageBus,
    NoServer,
    QueueFull,
    ReceiveTimedOut,
    RequestFailed,
)
from mycelium.control import Goodbye, GoodbyeCode, Heartbeat, MessageVersion


def beat(number: int) -> Heartbeat:
    return Heartbeat(time=number, watermark=0)


def test_a_callback_gets_the_message_itself_in_the_publishers_thread() -> None:
    bus = MessageBus()
    seen: list[tuple[Heartbeat, int]] = []
    bus.subscribe(Heartbeat, lambda message: seen.append((message, threading.get_ident())))
    message = beat(1)
    bus.publisher(Heartbeat).publish(message)
    assert seen[0][0] is message
    assert seen == [(message, threading.get_ident())]


def test_subscribers_get_all_messages_in_order_and_only_their_type() -> None:
    bus = MessageBus()
    first, second = bus.subscriber(Heartbeat), bus.subscriber(Heartbeat, capacity=2000)
    beats, goodbyes = bus.publisher(Heartbeat), bus.publisher(Goodbye)
    for number in range(1000):
        beats.publish(beat(number))
        goodbyes.publish(Goodbye(code=GoodbyeCode.SHUTDOWN))
    assert [first.recv().time for _ in range(1000)] == list(range(1000))
    assert [second.recv().time for _ in range(1000)] == list(range(1000))
    assert first.try_recv() is None
    assert (first.received, first.lost, first.waiting, beats.published) == (1000, {}, 0, 1000)


def test_publishers_made_before_and_after_reach_the_same_subscribers() -> None:
    bus = MessageBus()
    early = bus.publisher(Heartbeat)
    subscriber = bus.subscriber(Heartbeat)
    late = bus.publisher(Heartbeat)
    early.publish(beat(1))
    late.publish(beat(2))
    assert [subscriber.recv().time, subscriber.recv().time] == [1, 2]


@pytest.mark.parametrize(
    ("overflow", "kept"), [("drop_oldest", [7, 8, 9]), ("drop_newest", [0, 1, 2]), ("latest", [9])]
)
def test_a_lossy_queue_counts_what_it_loses(overflow: str, kept: list[int]) -> None:
    bus = MessageBus()
    subscriber = bus.subscriber(Heartbeat, capacity=3, overflow=overflow)
    for number in range(10):
        bus.publisher(Heartbeat).publish(beat(number))
    received = [subscriber.recv().time for _ in range(subscriber.waiting)]
    assert received == kept
    assert subscriber.lost == {"overflow": 10 - len(kept)}


def test_with_error_a_full_queue_raises_and_nobody_gets_the_message() -> None:
    bus = MessageBus(overflow="error")
    roomy, narrow = bus.subscriber(Heartbeat), bus.subscriber(Heartbeat, capacity=1)
    seen: list[Heartbeat] = []
    bus.subscribe(Heartbeat, seen.append)
    publisher = bus.publisher(Heartbeat)
    publisher.publish(beat(1))
    with pytest.raises(QueueFull, match=r"mycelium\.control\.Heartbeat"):
        publisher.publish(beat(2))
    assert not publisher.try_publish(beat(3))
    assert (roomy.waiting, narrow.waiting, len(seen), publisher.published) == (1, 1, 1, 1)
    narrow.recv()
    assert publisher.try_publish(beat(4))


def test_with_block_nothing_is_lost_between_threads() -> None:
    bus = MessageBus()
    subscribers = [bus.subscriber(Heartbeat, capacity=capacity) for capacity in (1, 7, 64)]
    received: list[list[int]] = [[] for _ in subscribers]

    def receive(index: int) -> None:
        received[index] = [message.time for message in subscribers[index]]

    def publish(start: int) -> None:
        publisher = bus.publisher(Heartbeat)
        for number in range(start, start + 500):
            publisher.publish(beat(number))

    receivers = [threading.Thread(target=receive, args=(index,)) for index in range(3)]
    publishers = [threading.Thread(target=publish, args=(start,)) for start in (0, 1000, 2000)]
    for thread in receivers + publishers:
        thread.start()
    for thread in publishers:
        thread.join(30)
    bus.close()
    for thread in receivers:
        thread.join(30)
    assert received[0] == received[1] == received[2]
    assert sorted(received[0]) == sorted([*range(500), *range(1000, 1500), *range(2000, 2500)])
    for start in (0, 1000, 2000):
        own = [number for number in received[0] if start <= number < start + 500]
        assert own == sorted(own)


def test_closing_a_subscriber_frees_a_publisher_that_waits_for_it() -> None:
    bus = MessageBus()
    subscriber = bus.subscriber(Heartbeat, capacity=1)
    publisher = bus.publisher(Heartbeat)
    publisher.publish(beat(1))
    thread = threading.Thread(target=publisher.publish, args=(beat(2),))
    thread.start()
    thread.join(0.05)
    assert thread.is_alive()
    subscriber.close()
    thread.join(30)
    assert not thread.is_alive()


def test_a_subscriber_that_is_dropped_holds_nobody_up() -> None:
    bus = MessageBus(overflow="error")
    bus.subscriber(Heartbeat, capacity=1)
    for number in range(5):
        bus.publisher(Heartbeat).publish(beat(number))


def test_waiting_ends_with_the_timeout() -> None:
    subscriber = MessageBus().subscriber(Heartbeat)
    start = time.monotonic()
    with pytest.raises(ReceiveTimedOut, match="within 0.02 s"):
        subscriber.recv(timeout=0.02)
    with pytest.raises(TimeoutError):
        subscriber.recv(timeout=0)
    assert time.monotonic() - start >= 0.02


def test_a_callback_that_raises_concerns_nobody_else(caplog: pytest.LogCaptureFixture) -> None:
    bus = MessageBus()
    seen: list[int] = []

    def fail(message: Heartbeat) -> None:
        raise RuntimeError(f"no {message.time}")

    failing = bus.subscribe(Heartbeat, fail)
    bus.subscribe(Heartbeat, lambda message: seen.append(message.time))
    with caplog.at_level(logging.ERROR, logger="mycelium.bus"):
        for number in range(9):
            bus.publisher(Heartbeat).publish(beat(number))
    assert seen == list(range(9))
    assert failing.failures == 9
    assert str(failing.last_failure) == "no 8"
    assert len(caplog.records) == 4  # the failures 1, 2, 4 and 8


def test_the_same_callback_may_subscribe_twice_and_leave_once() -> None:
    bus = MessageBus()
    seen: list[Heartbeat] = []
    keep = seen.append
    first = bus.subscribe(Heartbeat, keep)
    bus.subscribe(Heartbeat, keep)
    bus.publisher(Heartbeat).publish(beat(1))
    first.close()
    first.close()
    bus.publisher(Heartbeat).publish(beat(2))
    assert [message.time for message in seen] == [1, 1, 2]


def test_a_callback_may_publish() -> None:
    bus = MessageBus()
    goodbyes = bus.publisher(Goodbye)
    heard = bus.subscriber(Goodbye)
    bus.subscribe(Heartbeat, lambda _: goodbyes.publish(Goodbye(code=GoodbyeCode.RESTART)))
    bus.publisher(Heartbeat).publish(beat(1))
    assert heard.recv().code is GoodbyeCode.RESTART


def test_coroutines_receive_from_other_threads() -> None:
    bus = MessageBus()
    subscriber = bus.subscriber(Heartbeat)

    async def receive() -> list[int]:
        return [message.time async for message in subscriber]

    def publish() -> None:
        for number in range(200):
            bus.publisher(Heartbeat).publish(beat(number))
        bus.close()

    async def run() -> list[int]:
        thread = threading.Thread(target=publish)
        thread.start()
        found = await asyncio.wait_for(receive(), 30)
        thread.join()
        return found

    assert asyncio.run(run()) == list(range(200))


def test_a_cancelled_coroutine_loses_no_message() -> None:
    bus = MessageBus()
    subscriber = bus.subscriber(Heartbeat)

    async def run() -> list[int]:
        given_up = asyncio.create_task(subscriber.recv_async())
        waiting = asyncio.create_task(subscriber.recv_async())
        await asyncio.sleep(0)
        bus.publisher(Heartbeat).publish(beat(1))
        given_up.cancel()
        first = await asyncio.wait_for(waiting, 30)
        with pytest.raises(asyncio.CancelledError):
            await given_up
        return [first.time]

    assert asyncio.run(run()) == [1]


def test_requests_are_answered_or_refused() -> None:
    bus = MessageBus()
    with pytest.raises(NoServer, match=r"nobody serves mycelium\.control\.Heartbeat"):
        bus.request(beat(1), Goodbye)
    bus.serve(Heartbeat, lambda message: Goodbye(code=GoodbyeCode(message.time)))
    assert bus.request(beat(2), Goodbye, timeout=0.5).code is GoodbyeCode.RESTART
    with pytest.raises(RequestFailed, match=r"answered with a Goodbye, not a mycelium\.control\.Heartbeat"):
        bus.request(beat(2), Heartbeat)
    with pytest.raises(NoServer, match="service `risk`"):
        bus.request(beat(1), Goodbye, to="risk")
    with pytest.raises(ValueError, match="serves mycelium.control.Heartbeat already"):
        bus.serve(Heartbeat, lambda message: message)


def test_a_server_that_raises_is_the_cause() -> None:
    bus = MessageBus()

    def fail(message: Heartbeat) -> Goodbye:
        raise LookupError("nothing there")

    bus.serve(Heartbeat, fail)
    with pytest.raises(RequestFailed, match="LookupError: nothing there") as caught:
        bus.request(beat(1), Goodbye)
    assert isinstance(caught.value.__cause__, LookupError)


def test_after_closing_what_waits_still_comes_and_nothing_else() -> None:
    bus = MessageBus()
    subscriber, publisher = bus.subscriber(Heartbeat), bus.publisher(Heartbeat)
    publish = publisher.publish
    publish(beat(1))
    bus.close()
    bus.close()
    assert [message.time for message in subscriber] == [1]
    with pytest.raises(BusClosed):
        subscriber.recv()
    with pytest.raises(BusClosed):
        subscriber.try_recv()
    for call in (publish, publisher.try_publish):
        with pytest.raises(BusClosed):
            call(beat(2))
    with pytest.raises(BusClosed):
        bus.publisher(Heartbeat)


def test_wrong_use_is_told_at_once() -> None:
    bus = MessageBus()
    with pytest.raises(TypeError, match="for mycelium.control.Heartbeat, not for Goodbye"):
        bus.publisher(Heartbeat).publish(Goodbye(code=GoodbyeCode.SHUTDOWN))  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="mycelium.control.MessageVersion has no type id"):
        bus.publisher(MessageVersion)
    with pytest.raises(TypeError, match="3 is no message class"):
        bus.subscriber(3)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="`drop_all` is none of `block`"):
        bus.subscriber(Heartbeat, overflow="drop_all")
    with pytest.raises(ValueError, match="belongs to the bus or its routes"):
        bus.subscriber(Heartbeat, overflow="error")
    with pytest.raises(ValueError, match="belongs to a subscriber"):
        MessageBus(overflow="latest")
    with pytest.raises(ValueError, match="capacity 0"):
        bus.subscriber(Heartbeat, capacity=0)


def test_a_function_that_receives_keeps_its_subscriber() -> None:
    bus = MessageBus()
    receive = bus.subscriber(Heartbeat).recv
    look = bus.subscriber(Heartbeat).try_recv
    publisher = bus.publisher(Heartbeat)
    publisher.publish(beat(1))
    assert receive().time == 1
    del receive
    publisher.publish(beat(2))
    first, second = look(), look()
    assert first is not None and second is not None and (first.time, second.time) == (1, 2)
    del look
    assert not bus.counts().queues


def test_ten_thousand_buses_leave_nothing_behind() -> None:
    """With a callback, a subscriber, a publisher and a server each, closed or merely dropped."""

    def use(close: bool) -> weakref.ref[object]:
        bus = MessageBus()
        marker = threading.Event()
        bus.subscribe(Heartbeat, lambda _: marker.set())
        subscriber = bus.subscriber(Heartbeat)
        bus.serve(Goodbye, lambda message: message)
        bus.publisher(Heartbeat).publish(beat(1))
        assert subscriber.recv().time == 1
        if close:
            bus.close()
        return weakref.ref(marker)

    use(True)
    gc.collect()
    before = len(gc.get_objects())
    threads = threading.active_count()
    markers = [use(number % 2 == 0) for number in range(10_000)]
    gc.collect()
    assert all(marker() is None for marker in markers)
    del markers
    gc.collect()
    assert len(gc.get_objects()) - before < 100
    assert threading.active_count() == threads
