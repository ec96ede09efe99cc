"""One program, five topologies and guests in one process, the same observed messages."""

from __future__ import annotations

import json
import socket
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from started_programs import Start

ONE_PROCESS = """
socket_dir = "{folder}"

[[nodes]]
name = "desk"
services = ["feed", "strategy", "risk"]
"""

UNIX = """
socket_dir = "{folder}"

[[nodes]]
name = "feed-node"
services = ["feed"]

[[nodes]]
name = "desk"
services = ["strategy", "risk"]
"""

TCP = """
socket_dir = "{folder}"

[[nodes]]
name = "feed-node"
services = ["feed"]
endpoint.kind = "tcp"
host = "127.0.0.1"
port = {port}

[[nodes]]
name = "strategy-node"
services = ["strategy"]
endpoint.kind = "tcp"
host = "127.0.0.1"
port = {second_port}

[[nodes]]
name = "risk-node"
services = ["risk"]
host = "127.0.0.1"
"""

SHM = """
socket_dir = "{folder}"

[[nodes]]
name = "feed-node"
services = ["feed"]
endpoint.kind = "shm"
endpoint.path = "/dev/shm/{unique}"

[[nodes]]
name = "strategy-node"
services = ["strategy"]

[[nodes]]
name = "risk-node"
services = ["risk"]

[[routes]]
from = "strategy"
to = "feed"
wait = "block"
"""

MIXED = """
socket_dir = "{folder}"

[[nodes]]
name = "feed-node"
services = ["feed"]
endpoint.kind = "shm"
endpoint.path = "/dev/shm/{unique}"

[[nodes]]
name = "strategy-node"
services = ["strategy"]
port = {port}

[[nodes]]
name = "risk-node"
services = ["risk"]

[[routes]]
from = "strategy"
to = "risk"
kind = "tcp"

[[routes]]
from = "risk"
to = "strategy"
kind = "tcp"

[[routes]]
from = "feed"
to = "risk"
kind = "unix"

[[routes]]
from = "risk"
to = "feed"
kind = "unix"
"""

NODES = {
    "one process": (ONE_PROCESS, ["desk"]),
    "ffi": (ONE_PROCESS, ["desk strategy risk"]),
    "one guest": (ONE_PROCESS, ["desk strategy"]),
    "unix": (UNIX, ["desk", "feed-node"]),
    "tcp": (TCP, ["risk-node", "strategy-node", "feed-node"]),
    "shm": (SHM, ["feed-node", "strategy-node", "risk-node"]),
    "mixed": (MIXED, ["strategy-node", "feed-node", "risk-node"]),
}


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port


def observed(start: Start, file: Path, nodes: list[str]) -> dict[str, list[Any]]:
    """What each service observed, in its order. After a node stand those of its services that guests run."""
    processes = [start("every_service.py", str(file), *node.split()) for node in nodes]
    found: dict[str, list[Any]] = defaultdict(list)
    for process in processes:
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        for line in output.splitlines():
            service, what, value = json.loads(line)
            found[service].append((what, value))
    return found


def expected() -> dict[str, list[Any]]:
    """What the program is to observe, wherever its parts run."""
    notes = {number: f"tick {number}" if number % 2 else "none" for number in range(1, 301)}
    decisions = [("decision", [number, number % 2 == 0, notes[number]]) for number in range(3, 301, 3)]
    answers = [("answer", [number, "may I? yes"]) for number in range(10, 301, 10)]
    return {
        "feed": [("published", 300)],
        "strategy": [*answers, ("lost", {})],
        "risk": [*decisions, ("bytes", 300 * 301 // 2)],
    }


@pytest.mark.parametrize("kind", NODES)
def test_the_same_messages_are_observed(kind: str, start: Start, tmp_path: Path) -> None:
    text, nodes = NODES[kind]
    file = tmp_path / "topology.toml"
    unique = f"mycelium-test-{tmp_path.parent.name}-{tmp_path.name}-{free_port()}"
    file.write_text(text.format(folder=tmp_path, unique=unique, port=free_port(), second_port=free_port()))
    assert observed(start, file, nodes) == expected()
    assert not list(Path("/dev/shm").glob(f"{unique}*"))
