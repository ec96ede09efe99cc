"""One program for every node of a desk: ``every_service.py TOPOLOGY NODE [GUEST...]``. It runs the services that the node has, those
named as guests each by a node of its own that joins, and prints what each service observes, a JSON list per line: the service,
what happened, and with what.

The feed publishes ticks once the others are ready; the strategy decides on every third of them and asks risk about every
tenth; risk counts ticks by a callback and collects decisions. Nothing here knows where anything runs.
"""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from desk import Answer, Decision, Question, Tick

from mycelium import MessageBus
from mycelium.bus import Node, NoServer

TICKS = 300
PATIENCE_SECONDS = 30.0


def observe(service: str, what: str, value: Any) -> None:
    sys.stdout.write(json.dumps([service, what, value]) + "\n")
    sys.stdout.flush()


def ask(bus: MessageBus, question: Question, to: str) -> Answer:
    """The answer of a service that may not serve yet."""
    pause = threading.Event()
    while True:
        try:
            return bus.request(question, Answer, to=to, timeout=PATIENCE_SECONDS)
        except NoServer:
            pause.wait(0.01)


def feed(bus: MessageBus) -> None:
    ready = threading.Semaphore(0)
    finished = threading.Semaphore(0)

    def answer(question: Question) -> Answer:
        (ready if question.text == "ready" else finished).release()
        return Answer(number=question.number, text="noted")

    ticks = bus.publisher(Tick)
    bus.serve(Question, answer)
    for _ in range(2):
        assert ready.acquire(timeout=PATIENCE_SECONDS)
    for number in range(1, TICKS + 1):
        note = f"tick {number}" if number % 2 else None
        ticks.publish(Tick(number=number, sent=number * 1_000, note=note, payload=bytes(number)))
    observe("feed", "published", ticks.published)
    for _ in range(2):
        assert finished.acquire(timeout=PATIENCE_SECONDS)


def strategy(bus: MessageBus) -> None:
    ticks = bus.subscriber(Tick)
    decisions = bus.publisher(Decision)
    ask(bus, Question(number=0, text="ready"), to="risk")
    ask(bus, Question(number=1, text="ready"), to="feed")
    for number in range(1, TICKS + 1):
        tick = ticks.recv(timeout=PATIENCE_SECONDS)
        assert tick.number == number, f"tick {tick.number} came for {number}"
        if number % 3 == 0:
            decisions.publish(Decision(number=number, buy=number % 2 == 0, reason=tick.note or "none"))
        if number % 10 == 0:
            answer = bus.request(Question(number=number, text="may I?"), Answer, to="risk", timeout=30.0)
            observe("strategy", "answer", [answer.number, answer.text])
    observe("strategy", "lost", ticks.lost)
    ask(bus, Question(number=1, text="finished"), to="feed")


def risk(bus: MessageBus) -> None:
    seen = 0
    all_seen = threading.Event()
    strategy_is_ready = threading.Event()

    def count(tick: Tick) -> None:
        nonlocal seen
        seen += len(tick.payload or b"")
        if tick.number == TICKS:
            all_seen.set()

    def answer(question: Question) -> Answer:
        if question.text == "ready":
            strategy_is_ready.set()
        return Answer(number=question.number, text=f"{question.text} yes")

    bus.subscribe(Tick, count)
    decisions = bus.subscriber(Decision)
    bus.serve(Question, answer)
    assert strategy_is_ready.wait(PATIENCE_SECONDS)
    ask(bus, Question(number=2, text="ready"), to="feed")
    for _ in range(TICKS // 3):
        decision = decisions.recv(timeout=PATIENCE_SECONDS)
        observe("risk", "decision", [decision.number, decision.buy, decision.reason])
    assert all_seen.wait(PATIENCE_SECONDS)
    observe("risk", "bytes", seen)
    ask(bus, Question(number=2, text="finished"), to="feed")


SERVICES: dict[str, Callable[[MessageBus], None]] = {"feed": feed, "strategy": strategy, "risk": risk}


@contextmanager
def opened(topology: str, name: str, guests: tuple[str, ...]) -> Iterator[list[MessageBus]]:
    """The bus of each service."""
    with ExitStack() as stack:
        host = stack.enter_context(Node.from_topology(topology, name, guests=guests))
        joined = [stack.enter_context(Node.join(host.offer(), services=[guest])) for guest in guests]
        yield [node.bus(service) for node in (host, *joined) for service in node.services]


def main(topology: str, name: str, *guests: str) -> None:
    with opened(topology, name, guests) as buses:
        failures: list[BaseException] = []

        def run(bus: MessageBus) -> None:
            try:
                SERVICES[bus.service](bus)
            except BaseException as error:
                failures.append(error)
                raise

        threads = [threading.Thread(target=run, args=(bus,)) for bus in buses]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main(*sys.argv[1:])
