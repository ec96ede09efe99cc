"""The bus between two processes; the route is what a topology says of it, the program is the same."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benches.bus import messages
from benches.bus.channel import PATIENCE_SECONDS, QUOTE, SLEEP, Channel, payload_of
from benches.codec.values import QUOTE as QUOTE_VALUES
from mycelium import MessageBus

TOPOLOGY = """\
socket_dir = "{folder}"

[[nodes]]
name = "near"
services = ["near"]
{near}

[[nodes]]
name = "far"
services = ["far"]
{far}

[[routes]]
from = "near"
to = "far"
wait = "{wait}"

[[routes]]
from = "far"
to = "near"
wait = "{wait}"
"""

HELLO_EVERY_SECONDS = 0.01
SETTLING_SECONDS = 0.05
"""Subscriptions and messages may take different ways: what was said before the hello has come after this."""

CLASSES = {
    "64": ("ShortQuestion", "ShortAnswer"),
    "1024": ("LongQuestion", "LongAnswer"),
    QUOTE: ("QuoteQuestion", "QuoteAnswer"),
}


def open_channel(folder: Path, is_near: bool, subject: str, wait: str, near: str, far: str) -> Channel:
    """``near`` and ``far`` are what the topology says of the two nodes."""
    topology = folder / f"topology-{'near' if is_near else 'far'}.toml"
    spoken = "block" if wait == SLEEP else wait
    topology.write_text(TOPOLOGY.format(folder=folder, near=near, far=far, wait=spoken))
    bus = MessageBus.from_topology(str(topology), service="near" if is_near else "far")
    question, answer = (getattr(messages.load(), name) for name in CLASSES[subject])
    outgoing, incoming = (question, answer) if is_near else (answer, question)
    publisher, subscriber = bus.publisher(outgoing), bus.subscriber(incoming)
    _meet(bus, is_near, subject)

    def close() -> None:
        subscriber.close()
        bus.close()

    if subject == QUOTE:
        quote = outgoing(
            symbol=QUOTE_VALUES.symbol,
            time=QUOTE_VALUES.time,
            bid=QUOTE_VALUES.bid,
            ask=QUOTE_VALUES.ask,
            bid_size=QUOTE_VALUES.bid_size,
            ask_size=QUOTE_VALUES.ask_size,
            sequence=QUOTE_VALUES.sequence,
            side=QUOTE_VALUES.side,
        )
        publish = publisher.publish
        return Channel(quote, publish if is_near else lambda _: publish(quote), subscriber.recv, close)
    return Channel(
        payload_of(subject), _wrapping(publisher.publish, outgoing), _unwrapping(subscriber.recv), close
    )


def _meet(bus: MessageBus, is_near: bool, subject: str) -> None:
    """Say hello in another type of message until the other end has: each knows by then what the other one wants."""
    question, answer = (
        getattr(messages.load(), name) for name in CLASSES["64" if subject != "64" else "1024"]
    )
    outgoing, incoming = (question, answer) if is_near else (answer, question)
    hello = outgoing(payload=payload_of("64" if subject != "64" else "1024"))
    publisher, subscriber = bus.publisher(outgoing), bus.subscriber(incoming)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while subscriber.try_recv() is None:
        if time.monotonic() > deadline:
            raise RuntimeError(f"the other end is not there: {bus.node.links() if bus.node else 'no node'}")
        publisher.publish(hello)
        time.sleep(HELLO_EVERY_SECONDS)
    publisher.publish(hello)
    time.sleep(SETTLING_SECONDS)


def _wrapping(publish: Callable[[Any], object], outgoing: Any) -> Callable[[bytes], None]:
    def send(payload: bytes) -> None:
        publish(outgoing(payload=payload))

    return send


def _unwrapping(receive: Callable[[], Any]) -> Callable[[], bytes]:
    def unwrap() -> bytes:
        return receive().payload  # type: ignore[no-any-return]

    return unwrap
