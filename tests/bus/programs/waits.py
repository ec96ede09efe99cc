"""Waits for ever in one way, having said so: ``waits.py TOPOLOGY NODE SERVICE WAY``. Says which exception ended it."""

from __future__ import annotations

import sys
import threading

from desk import Answer, Question, Tick

from mycelium import MessageBus
from mycelium.bus import Node, NoServer, ReceiveTimedOut

NOBODY = threading.Event()


def receive(bus: MessageBus) -> None:
    subscriber = bus.subscriber(Tick)
    say("waiting")
    subscriber.recv()


def iterate(bus: MessageBus) -> None:
    subscriber = bus.subscriber(Tick)
    say("waiting")
    for _ in subscriber:
        pass


def publish(bus: MessageBus) -> None:
    """The peer subscribes and takes nothing out."""
    ticks = bus.publisher(Tick)
    full = 0
    while full < 1000:  # the buffers between the two fill up
        sent = ticks.try_publish(Tick(number=1, sent=0, payload=bytes(10_000)))
        full = 0 if sent and ticks.published < 50 else full + (not sent)
        NOBODY.wait(0.0001)
    say("waiting")
    while True:
        ticks.publish(Tick(number=1, sent=0, payload=bytes(10_000)))


def request(bus: MessageBus) -> None:
    while True:
        try:
            bus.request(Question(number=0, text="now"), Answer, timeout=10)
            break
        except NoServer:
            NOBODY.wait(0.01)
    say("waiting")
    bus.request(Question(number=1, text="for ever"), Answer)


def publish_here(bus: MessageBus) -> None:
    """To a subscriber of the same node, which takes nothing out."""
    subscriber = bus.subscriber(Tick, capacity=1)
    ticks = bus.publisher(Tick)
    while ticks.try_publish(Tick(number=1, sent=0)):  # a queue has room for at least what it was made for
        pass
    assert subscriber.waiting
    say("waiting")
    ticks.publish(Tick(number=2, sent=0))


def connect(bus: MessageBus) -> None:
    """To a peer that is never there."""
    assert bus.node is not None
    say("waiting")
    bus.node.wait_until_connected()


def serve_and_keep(bus: MessageBus) -> None:
    """The peer of the others: subscribes, takes nothing out, and answers only what says `now`."""
    subscriber = bus.subscriber(Tick, capacity=1)

    def answer(question: Question) -> Answer:
        if question.text != "now":
            NOBODY.wait()
        return Answer(number=0, text="")

    bus.serve(Question, answer)
    say("waiting")
    sys.stdin.read()
    assert subscriber.waiting <= 1


def in_threads(bus: MessageBus) -> None:
    """Ends with threads that wait, a callback, and nothing closed."""
    subscriber = bus.subscriber(Tick)
    bus.subscribe(Tick, print)
    for _ in range(3):
        threading.Thread(target=subscriber.recv, daemon=True).start()
    bus.publisher(Tick).publish(Tick(number=1, sent=0))
    say("waiting")


def ended_by_timeout(bus: MessageBus) -> None:
    subscriber = bus.subscriber(Tick)
    try:
        subscriber.recv(timeout=0.05)
    except ReceiveTimedOut:
        say("waiting")


def say(what: str) -> None:
    print(what, flush=True)


def main(topology: str, name: str, service: str, way: str) -> None:
    node = Node.from_topology(topology, name)
    try:
        globals()[way](node.bus(service))
    except KeyboardInterrupt:
        say("KeyboardInterrupt")
        node.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
