"""Publishes ticks at times that are given, says so, and goes on living: ``publishes_at.py TOPOLOGY NODE SERVICE TIME...``."""

from __future__ import annotations

import sys

from desk import Tick

from mycelium.bus import Node


def main() -> None:
    topology, name, service, *times = sys.argv[1:]
    with Node.from_topology(topology, name) as node:
        bus = node.bus(service)
        bus.advance_to(0)
        ticks = bus.publisher(Tick)
        ticks.wait_until_wanted(timeout=20)
        for time in map(int, times):
            ticks.publish_at(Tick(number=time, sent=0), time)
        print("published", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
