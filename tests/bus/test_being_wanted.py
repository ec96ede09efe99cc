"""Whoever publishes learns whether other nodes want it; whoever opens a node learns what is odd about it."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import pytest
from desk import Tick
from node_pairs import KINDS, PATIENCE, connected, tick, write_topology

from mycelium.bus import MessageBus, Node, NotConnected


@pytest.mark.parametrize("kind", KINDS)
def test_a_publisher_waits_until_another_node_wants_its_messages(tmp_path: Path, kind: str) -> None:
    with connected(write_topology(tmp_path, kind)) as (here, beside, there):
        publisher = there.publisher(Tick)
        assert not publisher.is_wanted
        with pytest.raises(NotConnected, match="no service of another node wants desk.Tick"):
            publisher.wait_until_wanted(timeout=0.01)
        subscriber = here.subscriber(Tick)
        publisher.wait_until_wanted(timeout=PATIENCE)
        assert publisher.is_wanted
        publisher.publish(tick(1))
        assert subscriber.recv(timeout=PATIENCE).number == 1


def test_no_other_node_wants_what_a_bus_by_itself_publishes() -> None:
    publisher = MessageBus().publisher(Tick)
    assert not publisher.is_wanted
    with pytest.raises(NotConnected, match="desk.Tick: the bus has no other nodes"):
        publisher.wait_until_wanted()


def test_what_is_odd_about_a_node_goes_to_the_log_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    processors = os.cpu_count() or 1
    services = ", ".join(f'"s{number}"' for number in range(processors + 1))
    file = tmp_path / "topology.toml"
    file.write_text(
        f'socket_dir = "{tmp_path}"\n[[nodes]]\nname = "many"\nservices = [{services}]\n'
        '[[nodes]]\nname = "other"\nservices = ["source"]\n'
        + "".join(
            f'[[routes]]\nfrom = "source"\nto = "s{number}"\nwait = "spin"\n'
            for number in range(processors + 1)
        )
    )
    with caplog.at_level(logging.WARNING, "mycelium.bus"), Node.from_topology(file, "many") as node:
        assert len(node.warnings) == 1
        assert "more than the processors" in node.warnings[0]
        assert [record.getMessage() for record in caplog.records] == list(node.warnings)
