"""The Python program of the conformance suite; ``docs/conformance.md`` tells what it is asked and how it answers.

Run as ``peer.py TOPOLOGY NODE [FILE]``, with the generated module ``peering`` on the path; the last is that of the version that
has another ``Changed``.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
import threading
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path
from time import monotonic
from typing import Any, TextIO

import peering as messages
from answers import Failure, Gathered, Task

from mycelium.bus import BusError, MessageBus, Node, QueueFull, Subscriber

TURN = bytes(range(251))


def load_other(file: str) -> Any:
    """The generated module of the version that has another ``Changed``."""
    specification = importlib.util.spec_from_file_location("other_peering", file)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules["other_peering"] = module
    specification.loader.exec_module(module)
    return module


def content(number: int, length: int) -> bytes:
    """Bytes that differ from one number to the next, and from one place to the next."""
    start = number % len(TURN)
    return (TURN * (length // len(TURN) + 2))[start : start + length]


def number_of(message: Any) -> int:
    if isinstance(message, messages.Blob):
        # One whose content was damaged shows as a number nobody published.
        intact = bytes(message.content) == content(message.number, len(message.content))
        return message.number if intact else 2**64 - 1
    return int(message.number)


def gather(subscriber: Subscriber[Any], seconds: float, is_done: Callable[[int, int | None], bool]) -> str:
    """Receives until ``is_done``, given how many came and the number of the last."""
    deadline = monotonic() + seconds
    gathered, so_far, last = Gathered(), 0, None
    while not is_done(so_far, last):
        try:
            message = subscriber.recv(timeout=max(deadline - monotonic(), 0.0))
        except BusError as error:
            raise Failure.of(error, f"{so_far} [{gathered}]") from error
        so_far += 1
        last = number_of(message)
        gathered.add(message.from_, last)
    return str(gathered)


class Peer:
    """The state of the program; each command is a method of its name."""

    def __init__(self, node: Node, other: str = "") -> None:
        self.classes: dict[str, Any] = {
            name: getattr(messages, name) for name in ("Number", "Blob", "Changed")
        }
        if other:
            self.classes["Changed"] = load_other(other).Changed
        self.node = node
        self.buses: dict[str, MessageBus] = {}
        self.subscribers: dict[str, Subscriber[Any]] = {}
        self.tasks: dict[str, Task] = {}
        self.gate = threading.Event()

    def run(self, line: str) -> str:
        name, *words = line.split()
        command = getattr(self, f"do_{name}", None)
        if command is None:
            raise Failure("usage", f"no command: {line}")
        try:
            return command(*words) or ""
        except Exception as error:
            raise Failure.of(error) from error

    def make(self, message: str, source: str, number: int, content_bytes: int) -> Any:
        fields = {"number": number, "from_": source}
        if message == "Blob":
            fields["content"] = content(number, content_bytes)
        if "unit" in self.classes[message].__struct_fields__:
            fields["unit"] = 1.0
        return self.classes[message](**fields)

    def bus(self, service: str) -> MessageBus:
        if service not in self.buses:
            self.buses[service] = self.node.bus(service)
        return self.buses[service]

    def do_connect(self, seconds: str) -> None:
        self.node.wait_until_connected(float(seconds))

    def do_subscribe(self, name: str, service: str, message: str, capacity: str, policy: str) -> None:
        overflow = None if policy == "lossless" else policy
        message_class = self.classes[message]
        bus = self.bus(service)
        self.subscribers[name] = bus.subscriber(message_class, capacity=int(capacity), overflow=overflow)

    def do_unsubscribe(self, name: str) -> None:
        self.subscribers.pop(name).close()

    def do_wanted(self, service: str, message: str, seconds: str) -> str:
        self.bus(service).publisher(self.classes[message]).wait_until_wanted(float(seconds))
        return ""

    def do_publish(self, service: str, message: str, first: str, count: str, content_bytes: str = "0") -> str:
        publisher = self.bus(service).publisher(self.classes[message])
        for done in range(int(count)):
            try:
                publisher.publish(self.make(message, service, int(first) + done, int(content_bytes)))
            except Exception as error:
                raise Failure.of(error, done) from error
        return count

    def do_try(self, service: str, message: str, first: str, count: str) -> str:
        publisher = self.bus(service).publisher(self.classes[message])
        for done in range(int(count)):
            try:
                is_out = publisher.try_publish(self.make(message, service, int(first) + done, 0))
            except QueueFull:
                is_out = False
            if not is_out:
                return str(done)
        return count

    def do_wanted_by(self, service: str, message: str) -> str:
        return " ".join(self.bus(service).publisher(self.classes[message]).wanted_by)

    def do_flow(self, tag: str, service: str, message: str) -> None:
        publisher = self.bus(service).publisher(self.classes[message])

        def flow(stop: threading.Event) -> str:
            for number in count():
                if stop.wait(0.001):
                    return str(number)
                publisher.publish(self.make(message, service, number, 0))
            raise AssertionError

        self.tasks[tag] = Task(flow)

    def do_receive(self, name: str, wanted: str, seconds: str) -> str:
        return gather(self.subscribers[name], float(seconds), lambda so_far, _: so_far == int(wanted))

    def do_until(self, name: str, number: str, seconds: str) -> str:
        return gather(self.subscribers[name], float(seconds), lambda _, last: last == int(number))

    def do_counts(self, name: str) -> str:
        subscriber = self.subscribers[name]
        lost = subscriber.lost
        overflow, link = lost.get("overflow", 0), lost.get("link", 0)
        received, waiting = subscriber.received, subscriber.waiting
        return (
            f"received={received} waiting={waiting} overflow={overflow} link={link} "
            f"total={received + waiting + overflow + link}"
        )

    def do_serve(self, service: str) -> None:
        def answer(question: messages.Question) -> messages.Answer:
            if question.behaviour is messages.Behaviour.REFUSE:
                raise RuntimeError(f"{service} was told to refuse")
            if question.behaviour is messages.Behaviour.WAIT:
                self.gate.wait()
            return messages.Answer(number=question.number, from_=service)

        self.bus(service).serve(messages.Question, answer)

    def do_release(self) -> None:
        self.gate.set()

    def do_request(self, service: str, to: str, number: str, behaviour: str, seconds: str) -> str:
        question = messages.Question(number=int(number), behaviour=messages.Behaviour(int(behaviour)))
        answer = self.bus(service).request(
            question, messages.Answer, to=None if to == "-" else to, timeout=float(seconds)
        )
        return f"{answer.from_}:{answer.number}"

    def do_links(self) -> str:
        return " ".join(f"{link.own}>{link.peer}:{link.kind}:{link.state}" for link in self.node.links())

    def do_mismatches(self) -> str:
        return " | ".join(sentence for link in self.node.links() for sentence in link.mismatches)

    def do_metrics(self) -> str:
        return self.node.metrics().to_prometheus()

    def do_fork(self, service: str) -> str:
        """What a child process gets that publishes and receives on the bus it inherited."""
        publisher = self.bus(service).publisher(messages.Number)
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                publisher.publish(messages.Number(number=0, from_="child"))
                os.write(writer, b"published")
            except Exception as error:
                os.write(writer, f"{type(error).__name__}: {error}".encode())
            finally:
                os._exit(0)
        os.close(writer)
        with open(reader, "rb") as pipe:
            said = pipe.read().decode()
        os.waitpid(child, 0)
        return said

    def do_hold(self, started: str, released: str) -> None:
        """Keeps the interpreter's lock, having made the one file, until a byte comes through the pipe that the other is."""
        pipe = os.open(released, os.O_RDWR)
        byte = ctypes.create_string_buffer(1)
        Path(started).touch()
        ctypes.PyDLL(None).read(pipe, byte, 1)
        os.close(pipe)

    def do_start(self, tag: str, *command: str) -> None:
        self.tasks[tag] = Task(lambda _: self.run(" ".join(command)))

    def do_stop(self, tag: str) -> None:
        self.tasks[tag].stop.set()

    def do_join(self, tag: str, seconds: str) -> str:
        return self.tasks[tag].join(float(seconds))

    def do_close(self) -> None:
        self.gate.set()
        self.node.close()


def say(output: TextIO, text: str) -> None:
    """One line, whatever it says."""
    print(text.rstrip().replace("\\", "\\\\").replace("\n", "\\n"), file=output, flush=True)


def converse(open_node: Callable[[], Node], other: str, lines: Iterable[str], output: TextIO) -> bool:
    """Opens the node and answers until the end, or until ``exit``; whether it could be opened."""
    try:
        peer = Peer(open_node(), other)
    except Exception as error:
        say(output, f"error {Failure.of(error)}")
        return False
    say(output, "ok")
    for line in lines:
        if line.strip() == "exit":
            break
        try:
            say(output, f"ok {peer.run(line)}")
        except Failure as failure:
            say(output, f"error {failure}")
    peer.do_close()
    return True


def main(topology: str, node: str, other: str = "") -> int:
    is_opened = converse(lambda: Node.from_topology(Path(topology), node), other, sys.stdin, sys.stdout)
    return 0 if is_opened else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
