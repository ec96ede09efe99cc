"""A node whose routes all lie within it: its services meet by reference, as the topology says."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path

import pytest

from mycelium.bus import AmbiguousRequest, BusClosed, MessageBus, Node, NoServer, QueueFull
from mycelium.control import Goodbye, GoodbyeCode, Heartbeat
from mycelium.topology import TopologyError

ONE_NODE = """
[[nodes]]
name = "desk"
services = ["feed", "strategy", "risk"]

[[routes]]
from = "feed"
to = "risk"
overflow = "error"

[[routes]]
from = "strategy"
to = "risk"
allow = ["Goodbye"]
"""

TWO_NODES = """
socket_dir = "{folder}"

[[nodes]]
name = "desk"
services = ["feed"]

[[nodes]]
name = "ml"
services = ["strategy"]
"""


def beat(number: int) -> Heartbeat:
    return Heartbeat(time=number, watermark=0)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / "topology.toml"
    file.write_text(ONE_NODE)
    return file


def test_services_of_a_node_meet_by_reference(file: Path) -> None:
    with Node.from_topology(file, "desk") as node:
        assert (node.name, node.services) == ("desk", ("feed", "strategy", "risk"))
        feed, strategy = node.bus("feed"), node.bus("strategy")
        assert node.bus("feed") is feed and feed.service == "feed" and feed.node is node
        heard = strategy.subscriber(Heartbeat)
        seen: list[int] = []
        feed.subscribe(Heartbeat, lambda _: seen.append(threading.get_ident()))
        message = beat(1)
        feed.publisher(Heartbeat).publish(message)
        assert heard.recv() is message
        assert seen == [threading.get_ident()]
        assert node.links() == []
        node.wait_until_connected(0)


def test_a_route_says_what_happens_without_room(file: Path) -> None:
    with Node.from_topology(file, "desk") as node:
        kept = node.bus("risk").subscriber(Heartbeat, capacity=1)
        beats = node.bus("feed").publisher(Heartbeat)
        beats.publish(beat(1))
        with pytest.raises(QueueFull):
            beats.publish(beat(2))
        assert kept.waiting == 1


def test_a_route_lets_pass_what_it_allows(file: Path) -> None:
    with Node.from_topology(file, "desk") as node:
        strategy, risk = node.bus("strategy"), node.bus("risk")
        beats, goodbyes = risk.subscriber(Heartbeat), risk.subscriber(Goodbye)
        seen: list[Heartbeat] = []
        risk.subscribe(Heartbeat, seen.append)
        strategy.publisher(Heartbeat).publish(beat(1))
        strategy.publisher(Goodbye).publish(Goodbye(code=GoodbyeCode.SHUTDOWN))
        node.bus("feed").publisher(Heartbeat).publish(beat(2))
        assert [message.time for message in seen] == [2]
        assert (beats.waiting, goodbyes.waiting) == (1, 1)


def test_requests_go_to_the_service_asked_for(file: Path) -> None:
    with Node.from_topology(file, "desk") as node:
        feed = node.bus("feed")
        node.bus("risk").serve(Goodbye, lambda _: beat(1))
        node.bus("strategy").serve(Goodbye, lambda _: beat(2))
        node.bus("risk").serve(Heartbeat, lambda _: beat(3))
        goodbye = Goodbye(code=GoodbyeCode.RESTART)
        assert feed.request(goodbye, Heartbeat, to="strategy").time == 2
        with pytest.raises(AmbiguousRequest, match="`risk`, `strategy`: say which"):
            feed.request(goodbye, Heartbeat)
        with pytest.raises(NoServer, match="route from `strategy` to `risk` does not allow"):
            node.bus("strategy").request(beat(1), Heartbeat, to="risk")


def test_closing_the_node_closes_its_buses(file: Path) -> None:
    node = Node.from_topology(file, "desk")
    bus = node.bus("feed")
    beats = bus.publisher(Heartbeat)
    node.close()
    node.close()
    with pytest.raises(BusClosed):
        beats.publish(beat(1))
    with pytest.raises(BusClosed, match="node `desk` was closed"):
        node.bus("risk")


def test_the_bus_of_a_service_is_a_shorthand(file: Path) -> None:
    with MessageBus.from_topology(file, service="risk") as bus:
        assert bus.service == "risk" and bus.node is not None
        node = bus.node
    with pytest.raises(BusClosed):
        node.bus("feed")


def test_names_that_are_not_there(file: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"topology\.toml: there is no node `dask`; did you mean `desk`\?"):
        Node.from_topology(file, "dask")
    with pytest.raises(ValueError, match=r"no node runs a service `rusk`; did you mean `risk`\?"):
        MessageBus.from_topology(file, service="rusk")
    with (
        Node.from_topology(file, "desk") as node,
        pytest.raises(ValueError, match="node `desk` runs no service `fed`; did you mean `feed`"),
    ):
        node.bus("fed")
    with pytest.raises(TopologyError, match="cannot be read"):
        Node.from_topology(tmp_path / "nowhere.toml", "desk")


def test_a_node_that_is_dropped_leaves_nothing_behind(file: Path) -> None:
    def use() -> weakref.ref[threading.Event]:
        node = Node.from_topology(file, "desk")
        marker = threading.Event()
        node.bus("feed").subscribe(Heartbeat, lambda _: marker.set())
        node.bus("risk").publisher(Heartbeat).publish(beat(1))
        assert marker.is_set()
        return weakref.ref(marker)

    marker = use()
    gc.collect()
    assert marker() is None


def without_extension(program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env={**os.environ, "MYCELIUM_NATIVE": "0"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_the_extension_local_routes_work(file: Path) -> None:
    run = without_extension(
        "import sys\n"
        "from mycelium.bus import Node\n"
        "from mycelium.control import Heartbeat\n"
        "node = Node.from_topology(sys.argv[1], 'desk')\n"
        "heard = node.bus('risk').subscriber(Heartbeat)\n"
        "node.bus('feed').publisher(Heartbeat).publish(Heartbeat(time=7, watermark=0))\n"
        "print(heard.recv().time)\n",
        str(file),
    )
    assert (run.stdout, run.stderr) == ("7\n", "")


def test_without_the_extension_remote_routes_say_what_to_install(tmp_path: Path) -> None:
    file = tmp_path / "topology.toml"
    file.write_text(TWO_NODES.format(folder=tmp_path))
    run = without_extension(
        "import sys\n"
        "from mycelium import MessageBus\n"
        "from mycelium.bus import ExtensionMissing\n"
        "try:\n"
        "    MessageBus.from_topology(sys.argv[1], service='feed')\n"
        "except ExtensionMissing as error:\n"
        "    print(error)\n",
        str(file),
    )
    assert "the route from `feed` to `strategy` is of kind unix" in run.stdout, run.stderr
    assert "MYCELIUM_NATIVE=0 leaves it out. Install the distribution `mycelium-bus` with it" in run.stdout
