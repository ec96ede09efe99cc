"""Two services whose messages go by one kind of route one way and by another the other way."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest
from desk import Answer, Question
from node_pairs import KINDS, PATIENCE, free_port, until_served

from mycelium.bus import MessageBus, Node

TOPOLOGY = """
socket_dir = "{folder}"

[[nodes]]
name = "near"
services = ["here"]
host = "127.0.0.1"
port = {port}
endpoint.kind = "shm"
endpoint.path = "{folder}/lane"

[[nodes]]
name = "far"
services = ["there"]
host = "127.0.0.1"

[[routes]]
from = "here"
to = "there"
kind = "{out}"

[[routes]]
from = "there"
to = "here"
kind = "{back}"
"""


def serve(bus: MessageBus, name: str) -> None:
    """Answer with the name of the service."""
    bus.serve(Question, lambda question: Answer(number=question.number, text=name))


def ask(bus: MessageBus, question: Question, to: str) -> Answer:
    """The answer of a service, which may become known a moment after its link."""
    return until_served(lambda: bus.request(question, Answer, to=to, timeout=PATIENCE))


@pytest.mark.parametrize(("out", "back"), list(product(KINDS, repeat=2)))
def test_requests_of_both_services_are_answered(out: str, back: str, tmp_path: Path) -> None:
    file = tmp_path / "topology.toml"
    file.write_text(TOPOLOGY.format(folder=tmp_path, port=free_port(), out=out, back=back))
    with Node.from_topology(file, "near") as near, Node.from_topology(file, "far") as far:
        here, there = near.bus("here"), far.bus("there")
        for bus, name in ((here, "here"), (there, "there")):
            serve(bus, name)
        for node in (near, far):
            node.wait_until_connected(timeout=PATIENCE)
        for number in range(10):
            question = Question(number=number, text="?")
            for bus, to in ((here, "there"), (there, "here")):
                assert ask(bus, question, to) == Answer(number=number, text=to)
        assert {link.kind for link in near.links()} == {out, back}
