"""A guest in Python that ends in one way: ``leaving.py TABLE INPUT OUTPUT WAY``. It says when it waits, and what came of it."""

from __future__ import annotations

import sys
from threading import Thread

import peering as messages
from guest import capsule_of
from peer import say

from mycelium.bus import Node


def main(table: str, source: str, target: str, way: str) -> None:
    node = Node.join(capsule_of(int(table)))
    subscriber = node.bus("b1").subscriber(messages.Number)
    node.wait_until_connected(20)
    output = open(int(target), "w")  # noqa: SIM115 (it ends with the interpreter, as everything here)
    if way == "interrupted":
        try:
            say(output, "waiting")
            subscriber.recv()
        except KeyboardInterrupt:
            say(output, "interrupted")
        say(output, str(subscriber.recv(timeout=20).number))
    else:
        Thread(target=subscriber.recv, daemon=True).start()
        node.bus("b1").subscribe(messages.Number, print)
        say(output, "left")


if __name__ == "__main__":
    main(*sys.argv[1:])
