"""What a process does to its node: signals, forks, ends; and another process that wants the same node."""

from __future__ import annotations

import gc
import os
import signal
import threading
import time
import weakref
from pathlib import Path

import pytest
from desk import Answer, Question, Tick
from node_pairs import KINDS, write_topology
from started_programs import Start

from mycelium.bus import Node, NodeClaimed

ALONE = """
import os, sys
from mycelium.bus import BusError, Node
from desk import Answer, Question, Tick

node = Node.from_topology(sys.argv[1], "near")
bus = node.bus("here")
ticks, subscriber = bus.publisher(Tick), bus.subscriber(Tick)

def told(call):
    try:
        call()
    except BusError as error:
        return "fork" in str(error)
    return False

if os.fork() == 0:
    calls = [
        lambda: ticks.publish(Tick(number=1, sent=0)),
        lambda: ticks.try_publish(Tick(number=1, sent=0)),
        lambda: subscriber.recv(timeout=1),
        lambda: subscriber.try_recv(),
        lambda: bus.request(Question(number=1, text=""), Answer, timeout=1),
        lambda: node.wait_until_connected(1),
    ]
    print([told(call) for call in calls], flush=True)
    node.close()
    os._exit(0)
os.wait()
node.close()
print("closed")
"""

LEFT_OPEN = """
import sys
from mycelium import MessageBus
from desk import Tick

bus = MessageBus.from_topology(sys.argv[1], service="here")
subscriber = bus.subscriber(Tick)
keeps_itself = [bus, subscriber]
keeps_itself.append(keeps_itself)
print("done", flush=True)
"""


@pytest.mark.parametrize("way", ["receive", "iterate", "publish", "publish_here", "request"])
@pytest.mark.parametrize("kind", KINDS)
def test_an_interrupt_ends_every_wait(kind: str, way: str, start: Start, tmp_path: Path) -> None:
    file = write_topology(tmp_path, kind)
    peer = start("waits.py", str(file), "far", "there", "serve_and_keep")
    assert peer.stdout is not None and peer.stdout.readline() == "waiting\n"
    waiting = start("waits.py", str(file), "near", "here", way)
    assert waiting.stdout is not None
    assert waiting.stdout.readline() == "waiting\n", waiting.communicate()
    waiting.send_signal(signal.SIGINT)
    output, errors = waiting.communicate(timeout=20)
    assert (output, errors, waiting.returncode) == ("KeyboardInterrupt\n", "", 0)


def test_an_interrupt_ends_waiting_for_links(start: Start, tmp_path: Path) -> None:
    waiting = start("waits.py", str(write_topology(tmp_path)), "near", "here", "connect")
    assert waiting.stdout is not None and waiting.stdout.readline() == "waiting\n"
    waiting.send_signal(signal.SIGINT)
    output, errors = waiting.communicate(timeout=20)
    assert (output, errors, waiting.returncode) == ("KeyboardInterrupt\n", "", 0)


@pytest.mark.parametrize("way", ["in_threads", "ended_by_timeout"])
def test_an_interpreter_ends_with_a_node_that_lives(way: str, start: Start, tmp_path: Path) -> None:
    file = write_topology(tmp_path)
    process = start("waits.py", str(file), "near", "here", way)
    output, errors = process.communicate(timeout=20)
    assert output.endswith("waiting\n") and process.returncode == 0, errors
    assert "Fatal" not in errors and "panic" not in errors
    with Node.from_topology(file, "near"):
        pass  # nothing of it is left that could be in the way


def test_what_the_collector_finds_at_the_very_end_is_let_go(start: Start, tmp_path: Path) -> None:
    program = tmp_path / "left_open.py"
    program.write_text(LEFT_OPEN)
    process = start(str(program), str(write_topology(tmp_path)))
    output, errors = process.communicate(timeout=20)
    assert (output, errors, process.returncode) == ("done\n", "", 0)


def test_a_node_runs_once(start: Start, tmp_path: Path) -> None:
    file = write_topology(tmp_path)
    process = start("waits.py", str(file), "near", "here", "receive")
    assert process.stdout is not None and process.stdout.readline() == "waiting\n"
    with pytest.raises(NodeClaimed, match=rf"`near`.*{process.pid}"):
        Node.from_topology(file, "near")
    process.kill()
    process.wait()
    with Node.from_topology(file, "near"), pytest.raises(NodeClaimed, match="this very process"):
        Node.from_topology(file, "near")


def test_a_forked_child_is_told(start: Start, tmp_path: Path) -> None:
    program = tmp_path / "forks.py"
    program.write_text(ALONE)
    process = start(str(program), str(write_topology(tmp_path)))
    output, errors = process.communicate(timeout=20)
    assert (output, errors) == ("[True, True, True, True, True, True]\nclosed\n", "")


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


def test_two_hundred_nodes_leave_nothing_behind(tmp_path: Path) -> None:
    """With a callback, a subscriber, a publisher and a server each, closed or merely dropped."""
    file = write_topology(tmp_path)

    def use(close: bool) -> weakref.ref[Node]:
        node = Node.from_topology(file, "near")
        bus = node.bus("here")
        bus.subscribe(Tick, lambda _: None)
        subscriber = bus.subscriber(Tick)
        bus.serve(Question, lambda question: Answer(number=question.number, text=""))
        node.bus("beside").publisher(Tick).publish(Tick(number=1, sent=0))
        assert subscriber.recv().number == 1
        if close:
            node.close()
        return weakref.ref(node)

    use(True)
    gc.collect()
    before = open_descriptors(), threads()
    for number in range(200):
        reference = use(number % 2 == 0)
        gc.collect()
        assert reference() is None
    deadline = time.monotonic() + 10
    while (open_descriptors(), threads()) != before and time.monotonic() < deadline:
        threading.Event().wait(0.01)  # delivery threads end on their own
    assert (open_descriptors(), threads()) == before
    objects = len(gc.get_objects())
    for _ in range(20):
        use(True)
    gc.collect()
    assert len(gc.get_objects()) - objects < 100
