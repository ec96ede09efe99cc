"""A host and its guests in one process: who may join, what they hear of each other, and how either ends."""

from __future__ import annotations

import ctypes
import gc
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from desk import Answer, Question, Tick
from node_pairs import PATIENCE, connected, tick, wait_for, wanted, write_topology
from started_programs import Start

from mycelium import native
from mycelium.bus import BusClosed, ExtensionMissing, LinkState, Node, NodeError

NAME = b"mycelium.node_table.v1"
OTHER_NAME = b"mycelium.node_table.v9"
"""Capsules point to their names, so these stay."""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write_topology(tmp_path, "ffi")


@pytest.fixture
def host(file: Path) -> Iterator[Node]:
    """With the services `here` of its own, and `beside` and `there` for guests."""
    with Node.from_topology(file, "near", guests=["beside", "there"]) as host:
        yield host


def capsule(name: bytes | None, table: object) -> object:
    """As a program in C would make it."""
    make = ctypes.pythonapi.PyCapsule_New
    make.restype = ctypes.py_object
    make.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]
    return make(ctypes.addressof(table) if isinstance(table, ctypes.Array) else table, name, None)


def test_each_runs_its_own_services(host: Node) -> None:
    assert (host.name, host.services) == ("near", ("here",))
    with Node.join(host.offer(), services=["there"]) as guest, Node.join(host.offer()) as rest:
        assert (guest.name, guest.services, rest.services) == ("near", ("there",), ("beside",))
        for node in (host, guest, rest):
            node.wait_until_connected(timeout=PATIENCE)
        links = {(link.own, link.peer, link.peer_node, str(link.kind)) for link in host.links()}
        assert links == {("here", "there", "near", "ffi"), ("here", "beside", "near", "ffi")}
        with pytest.raises(ValueError, match=r"`there` of node `near` is run by another core"):
            host.bus("there")
        with pytest.raises(ValueError, match=r"`here` of node `near` is run by another core"):
            guest.bus("here")


def test_all_receivers_of_a_message_get_it_wherever_they_run(file: Path) -> None:
    with connected(file) as (here, beside, there):
        outside, inside = there.subscriber(Tick), beside.subscriber(Tick)
        wanted(here, outside)
        while inside.try_recv() is not None:
            pass
        seen: list[Tick] = []
        beside.subscribe(Tick, seen.append)
        message = tick(7)
        here.publisher(Tick).publish(message)
        assert inside.recv() is message and seen == [message]  # by reference within Python
        heard = outside.recv(timeout=PATIENCE)
        assert heard == message and heard is not message
        wanted(there, inside)
        there.publisher(Tick).publish(tick(8))
        assert inside.recv(timeout=PATIENCE).number == 8


def test_two_guests_hear_each_other(host: Node) -> None:
    with (
        Node.join(host.offer(), services=["beside"]) as one,
        Node.join(host.offer(), services=["there"]) as two,
    ):
        subscriber = two.bus("there").subscriber(Tick)
        wanted(one.bus("beside"), subscriber)
        one.bus("beside").publisher(Tick).publish(tick(5))
        assert subscriber.recv(timeout=PATIENCE).number == 5
        two.bus("there").serve(Question, lambda question: Answer(number=question.number, text="there"))
        two.wait_until_connected(timeout=PATIENCE)

        def answer() -> bool:
            try:
                question = Question(number=4, text="")
                return one.bus("beside").request(question, Answer, to="there", timeout=PATIENCE).number == 4
            except NodeError:
                raise
            except Exception:
                return False

        wait_for(answer)


def test_a_guest_leaves_and_comes_back(host: Node) -> None:
    for number in range(3):
        with Node.join(host.offer(), services=["there"]) as guest:
            subscriber = guest.bus("there").subscriber(Tick)
            wanted(host.bus("here"), subscriber)
            host.bus("here").publisher(Tick).publish(tick(number))
            assert subscriber.recv(timeout=PATIENCE).number == number


def test_a_guest_is_closed_with_its_host(host: Node) -> None:
    with Node.join(host.offer(), services=["there"]) as guest:
        subscriber = guest.bus("there").subscriber(Tick)
        ticks = guest.bus("there").publisher(Tick)
        wanted(host.bus("here"), subscriber)
        offered = host.offer()
        host.close()
        assert list(subscriber) == []  # it ends
        with pytest.raises(BusClosed):
            ticks.publish(tick(1))
        with pytest.raises(NodeError, match="closed"):
            Node.join(offered, services=["beside"])
        with pytest.raises(BusClosed):
            host.offer()


def test_a_capsule_may_be_the_last_that_is_left(file: Path) -> None:
    offered = Node.from_topology(file, "near", guests=["there"]).offer()
    gc.collect()
    with pytest.raises(NodeError, match="closed"):
        Node.join(offered)
    with Node.from_topology(file, "near"):
        pass  # nobody claims it any more


def test_services_are_taken_once(host: Node) -> None:
    with Node.join(host.offer(), services=["there"]):
        with pytest.raises(NodeError, match=r"`there`"):
            Node.join(host.offer(), services=["there"])
        with pytest.raises(NodeError, match=r"`here`"):
            Node.join(host.offer(), services=["here"])
        with pytest.raises(NodeError, match=r"`nowhere`"):
            Node.join(host.offer(), services=["nowhere"])
        with Node.join(host.offer()), pytest.raises(NodeError):
            Node.join(host.offer())


def test_guests_are_named_by_the_host(file: Path) -> None:
    with Node.from_topology(file, "near") as node, pytest.raises(NodeError, match=r"guests=\[\.\.\.\]"):
        node.offer()
    with pytest.raises(ValueError, match=r"`near` has no service `ther`; did you mean `there`"):
        Node.from_topology(file, "near", guests=["ther"])
    with pytest.raises(TypeError, match=r"guests=\['there'\]"):
        Node.from_topology(file, "near", guests="there")


@pytest.mark.parametrize(
    ("offered", "said"),
    [
        (None, "`NoneType`"),
        (b"table", "`bytes`"),
        (capsule(OTHER_NAME, 64), r"`mycelium\.node_table\.v9`"),
        (capsule(None, 64), "no name"),
    ],
    ids=["nothing", "bytes", "another version", "no name"],
)
def test_what_is_no_offer_is_refused(offered: object, said: str) -> None:
    with pytest.raises(NodeError, match=rf"Node\.offer\(\).*{said}"):
        Node.join(offered)


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (struct.pack("<8sII", b"MYCENODE", 256, 2 << 16), r"2\.0.*1\."),
        (struct.pack("<8sII", b"MYCENODE", 256, 0), r"0\.0.*1\."),
        (struct.pack("<8sII", b"MYCENODE", 16, 1 << 16), "shorter"),
        (struct.pack("<8sII", b"MYCENODE", 256, 1 << 16), "lacks"),
        (struct.pack("<8sII", b"SOMENODE", 256, 1 << 16), "begin"),
    ],
    ids=["newer", "older", "short", "empty", "another"],
)
def test_a_table_that_cannot_be_used_is_refused(head: bytes, said: str) -> None:
    table = (ctypes.c_uint64 * 32).from_buffer_copy(head.ljust(256, b"\0"))
    with pytest.raises(NodeError, match=said):
        Node.join(capsule(NAME, table))


def test_without_the_extension_it_is_said_what_to_install(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(native, "_extension", None)
    monkeypatch.setattr(native, "reason", "there is none")
    with pytest.raises(ExtensionMissing, match=r"Node\.join.*there is none.*Install"):
        Node.join(object())
    with pytest.raises(ExtensionMissing, match=r"`near`.*`there` is a guest's.*there is none.*Install"):
        Node.from_topology(file, "near", guests=["there"])


LEFT_OPEN = """
import sys, threading
from mycelium.bus import BusClosed, Node
from desk import Tick

host = Node.from_topology(sys.argv[1], "near", guests=["there"])
guest = Node.join(host.offer())
subscriber = guest.bus("there").subscriber(Tick)

def wait():
    try:
        subscriber.recv()
    except BusClosed:
        pass

for each in range(2):
    threading.Thread(target=wait, daemon=True).start()
host.bus("here").subscribe(Tick, print)
host.wait_until_connected(10)
kept = [host.offer()]
kept.append(kept)
print("done", flush=True)
"""


def test_an_interpreter_ends_with_a_host_and_a_guest(file: Path, start: Start, tmp_path: Path) -> None:
    program = tmp_path / "left_open.py"
    program.write_text(LEFT_OPEN)
    output, errors = start(str(program), str(file)).communicate(timeout=20)
    assert (output, errors) == ("done\n", "")


FORKED = """
import os, sys
from mycelium.bus import BusError, Node

host = Node.from_topology(sys.argv[1], "near", guests=["there"])
offered = host.offer()
guest = Node.join(offered, services=["there"])

def told(call):
    try:
        call()
    except BusError as error:
        return "fork" in str(error)
    return False

if os.fork() == 0:
    print([told(host.offer), told(lambda: Node.join(offered)), told(lambda: guest.wait_until_connected(1))], flush=True)
    guest.close()
    host.close()
    del offered
    os._exit(0)
os.wait()
guest.wait_until_connected(10)
guest.close()
host.close()
print("closed")
"""


def test_a_forked_child_is_told(file: Path, start: Start, tmp_path: Path) -> None:
    program = tmp_path / "forks.py"
    program.write_text(FORKED)
    output, errors = start(str(program), str(file)).communicate(timeout=20)
    assert (output, errors) == ("[True, True, True]\nclosed\n", "")


def test_guests_that_came_and_went_leave_nothing_open(host: Node) -> None:
    def visit() -> None:
        with Node.join(host.offer()) as guest:
            guest.bus("there").publisher(Tick).publish(tick(1))

    def left() -> tuple[int, int]:
        gc.collect()
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))

    visit()
    wait_for(lambda: all(link.state is not LinkState.ESTABLISHED for link in host.links()))
    before = left()
    for _ in range(20):
        visit()
    wait_for(lambda: left() <= before)
