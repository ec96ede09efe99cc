"""A node of Python among clients that mean it no good, peers that are killed, and a million messages."""

from __future__ import annotations

import gc
import itertools
import math
import random
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from desk import Tick
from node_pairs import KINDS, LINK_KINDS, PATIENCE, connected, opened, tick, wait_for, wanted, write_topology
from started_programs import Start

from mycelium.bus import Node
from mycelium.topology import load_topology

PAGE = 4096
"""Bytes in which the system counts what a process has of its memory."""


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * PAGE


@pytest.mark.parametrize("kind", LINK_KINDS)
def test_a_million_messages_leave_no_memory_behind(kind: str, tmp_path: Path) -> None:
    with connected(write_topology(tmp_path, kind)) as (here, _, there):
        subscriber = there.subscriber(Tick)
        wanted(here, subscriber)
        ticks = here.publisher(Tick)

        def publish(count: int) -> None:
            message = tick(1, size=40)
            for _ in range(count):
                ticks.publish(message)

        def pass_on(count: int) -> int:
            thread = threading.Thread(target=publish, args=[count])
            thread.start()
            for _ in range(count):
                subscriber.recv(timeout=PATIENCE)
            thread.join()
            gc.collect()
            return resident_bytes()

        before = pass_on(50_000)
        assert pass_on(1_000_000) - before < 4 << 20  # four bytes a message
        assert subscriber.waiting == 0


@contextmanager
def attacked(file: Path) -> Iterator[list[int]]:
    """The socket of `near` has clients of every bad kind for as long as this lasts; gives how many shouted, one number each time."""
    port = load_topology(file).nodes[0].port
    over = threading.Event()
    shouted: list[int] = []

    def connect() -> socket.socket:
        if port is not None:
            return socket.create_connection(("127.0.0.1", port))
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(file.parent / "near.sock"))
        return client

    def shout(seed: int) -> None:
        noise = random.Random(seed)
        while not over.is_set():
            with ExitStack() as open_ones:
                clients = [open_ones.enter_context(connect()) for _ in range(20)]
                for number, client in enumerate(clients):
                    garbage = noise.randbytes(noise.choice([1, 7, 64, 5000]))
                    # The header of a frame that claims to be four gibibytes long, or nothing but noise.
                    said = b"\xff" * 40 + garbage if number % 2 else garbage
                    try:
                        client.sendall(said)
                    except OSError:
                        continue  # the node has had enough of it, as it should
                shouted.append(len(clients))
                over.wait(0.02)

    shouting = [threading.Thread(target=shout, args=[seed]) for seed in range(2)]
    with ExitStack() as silent_ones:
        for _ in range(50):
            silent_ones.enter_context(connect())
        for thread in shouting:
            thread.start()
        try:
            yield shouted
        finally:
            over.set()
            for thread in shouting:
                thread.join()


@pytest.mark.parametrize("kind", ["unix", "tcp"])
def test_hostile_clients_disturb_nobody_and_cost_little(kind: str, tmp_path: Path) -> None:
    file = write_topology(tmp_path, kind)
    with opened(file) as (near, far):
        here, there = near.bus("here"), far.bus("there")
        subscriber = there.subscriber(Tick)
        wanted(here, subscriber)
        ticks = here.publisher(Tick)
        before = resident_bytes()
        with attacked(file) as shouted:
            for number in itertools.count():
                ticks.publish(tick(number))
                assert subscriber.recv(timeout=PATIENCE).number == number
                if sum(shouted) >= 2000:
                    break
        assert resident_bytes() - before < 32 << 20
        assert all(link.counters["reconnects"] == 0 for node in (near, far) for link in node.links())


@pytest.mark.parametrize("kind", KINDS)
def test_a_killed_peer_holds_up_nobody_who_merges(kind: str, start: Start, tmp_path: Path) -> None:
    file = write_topology(tmp_path, kind)
    with Node.from_topology(file, "near") as near:
        here, beside = near.bus("here"), near.bus("beside")
        merged = here.subscriber(Tick, merge="time", lateness=math.inf)
        beside.advance_to(0)
        ticks = beside.publisher(Tick)
        peer = start("publishes_at.py", str(file), "far", "there", "10", "30")
        assert peer.stdout is not None and peer.stdout.readline() == "published\n"
        for time in (20, 40, 50):
            ticks.publish_at(tick(time), time)
        for expected in (10, 20, 30):
            assert merged.recv(timeout=PATIENCE).number == expected
        # The peer's time stands still at 30, so what is later waits, until nobody can send anything earlier.
        assert merged.try_recv() is None
        peer.kill()
        beside.advance_to(60)
        for expected in (40, 50):
            assert merged.recv(timeout=PATIENCE).number == expected
        wait_for(lambda: merged.waiting == 0)
