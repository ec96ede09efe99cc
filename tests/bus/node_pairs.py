"""Two nodes of one process that meet over a transport of choice."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mycelium.bus import MessageBus, Node

KINDS = ("unix", "tcp", "shm")

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


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def write_topology(folder: Path, kind: str = "unix", routes: str = "") -> Path:
    """A file with the nodes `near` (services `here` and `beside`) and `far` (service `there`)."""
    near, far = "", ""
    if kind == "shm":
        near = f'endpoint.kind = "shm"\nendpoint.path = "/dev/shm/mycelium-test-{free_port()}-{folder.name}"'
    elif kind == "tcp":
        near = f'endpoint.kind = "tcp"\nhost = "127.0.0.1"\nport = {free_port()}'
        far = 'host = "127.0.0.1"'
    file = folder / "topology.toml"
    file.write_text(TOPOLOGY.format(folder=folder, near=near, far=far, routes=routes))
    return file


@contextmanager
def connected(file: Path) -> Iterator[tuple[MessageBus, MessageBus, MessageBus]]:
    """The buses of `here`, `beside` and `there`, connected."""
    with Node.from_topology(file, "near") as near, Node.from_topology(file, "far") as far:
        buses = near.bus("here"), near.bus("beside"), far.bus("there")
        for node in (near, far):
            node.wait_until_connected(timeout=10)
        yield buses
