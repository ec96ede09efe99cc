"""Between nodes: callbacks, requests and coroutines."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from desk import Answer, Question, Tick
from node_pairs import LINK_KINDS, PATIENCE, connected, tick, until_served, wait_for, wanted, write_topology

from mycelium.bus import (
    BusClosed,
    NoServer,
    RequestFailed,
    RequestTimedOut,
)


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


@pytest.mark.parametrize("kind", LINK_KINDS)
def test_a_node_that_closes_answers_what_it_was_asked_before(kind: str, tmp_path: Path) -> None:
    with connected(write_topology(tmp_path, kind)) as (here, _, there):
        begun = threading.Event()
        publisher = there.publisher(Tick)

        def answer(question: Question) -> Answer:
            begun.set()
            with pytest.raises(BusClosed):
                while True:
                    publisher.publish(tick(1))
                    time.sleep(0.001)
            return Answer(number=question.number, text="late, but here")

        there.serve(Question, answer)
        answers: list[Answer] = []

        def ask() -> None:
            question = Question(number=7, text="?")
            answers.append(until_served(lambda: here.request(question, Answer, timeout=PATIENCE)))

        asker = threading.Thread(target=ask)
        asker.start()
        assert begun.wait(PATIENCE)
        assert there.node is not None
        there.node.close()
        asker.join(PATIENCE)
        assert answers == [Answer(number=7, text="late, but here")]


@pytest.mark.parametrize("kind", LINK_KINDS)
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


@pytest.mark.parametrize("kind", LINK_KINDS)
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
