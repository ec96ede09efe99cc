"""Two nodes of one process that meet over a transport of choice, or a host and its guest."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from desk import Tick

from mycelium.bus import MessageBus, Node, NoServer, ReceiveTimedOut, Subscriber
from mycelium.topology import load_topology

Reply = TypeVar("Reply")

KINDS = ("unix", "tcp", "shm")
"""What links nodes of different processes."""

LINK_KINDS = (*KINDS, "ffi")
"""The same, and what links a host and its guest."""

PATIENCE = 20.0
"""Seconds after which something that should have happened has not."""

TOPOLOGY = """
socket_dir = "{folder}"

[[nodes]]
name = "near"
services = ["here", "beside"]
{near}

[[nodes]]
name = "far"
services = ["there"]
{far}
{routes}
"""


ONE_NODE = """
socket_dir = "{folder}"

[[nodes]]
name = "near"
services = ["here", "beside", "there"]
{routes}
"""


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def write_topology(folder: Path, kind: str = "unix", routes: str = "") -> Path:
    """A file with the nodes `near` (services `here` and `beside`) and `far` (service `there`), or with all in `near`: for `ffi`."""
    near, far = "", ""
    if kind == "shm":
        near = f'endpoint.kind = "shm"\nendpoint.path = "{folder}/lane"'
    elif kind == "tcp":
        near = f'endpoint.kind = "tcp"\nhost = "127.0.0.1"\nport = {free_port()}'
        far = 'host = "127.0.0.1"'
    file = folder / "topology.toml"
    topology = ONE_NODE if kind == "ffi" else TOPOLOGY
    file.write_text(topology.format(folder=folder, near=near, far=far, routes=routes))
    return file


@contextmanager
def connected(file: Path) -> Iterator[tuple[MessageBus, MessageBus, MessageBus]]:
    """The buses of `here`, `beside` and `there`, connected."""
    with opened(file) as (near, far):
        buses = near.bus("here"), near.bus("beside"), far.bus("there")
        for node in (near, far):
            node.wait_until_connected(timeout=10)
        yield buses


@contextmanager
def opened(file: Path) -> Iterator[tuple[Node, Node]]:
    """The nodes `near` and `far`, or `near` as host and guest."""
    if len(load_topology(file).nodes) == 1:
        with Node.from_topology(file, "near", guests=["there"]) as host, Node.join(host.offer()) as guest:
            yield host, guest
    else:
        with Node.from_topology(file, "near") as near, Node.from_topology(file, "far") as far:
            yield near, far


def tick(number: int, size: int = 0) -> Tick:
    return Tick(number=number, sent=0, payload=bytes(size) if size else None)


def wait_for(condition: Callable[[], bool]) -> None:
    """Return once it holds."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        threading.Event().wait(0.002)


def until_served(ask: Callable[[], Reply]) -> Reply:
    """The answer, once somebody is known to serve."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return ask()
        except NoServer:
            assert time.monotonic() < deadline


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
