"""An interpreter in a Rust program: what it does, or leaves undone, is not the program's undoing."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

from deployment import NODE_OF_ALL, deployed
from execution import ANSWER_SECONDS, AWAITED_SECONDS, Stage
from guest import Host, guest_pipes, interpreter_library
from program import PYTHON_PROGRAMS


@contextmanager
def embedding(stage: Stage, program: str, *arguments: str) -> Iterator[Host]:
    """The Rust program with the services of `a`, and in an interpreter this program with those of `b`."""
    hosting = stage.hosting
    with deployed("ffi", "") as topology:
        with guest_pipes() as pipes:
            command = [str(hosting.rust_host), str(topology), NODE_OF_ALL, "b1,b2"]
            command += [str(pipes.input), str(pipes.output), "current", "python", str(interpreter_library())]
            command += [sys.executable, str(PYTHON_PROGRAMS / program), *arguments]
            host = Host(command, {"PYTHONPATH": str(hosting.messages)}, pipes)
        try:
            assert host.answer(ANSWER_SECONDS) == "ok"
            yield host
        except BaseException:
            host.abandon()
            raise
        host.end(ANSWER_SECONDS)


def test_who_holds_the_interpreter_holds_no_publisher(stage: Stage, tmp_path: Path) -> None:
    started, released = tmp_path / "started", tmp_path / "released"
    os.mkfifo(released)
    with embedding(stage, "guest.py") as host:
        guest = host.guest
        guest.join(ANSWER_SECONDS)
        assert guest.ask("subscribe some b1 Number 64 drop_oldest", ANSWER_SECONDS) == "ok"
        assert guest.ask("subscribe all b2 Blob 64 lossless", ANSWER_SECONDS) == "ok"
        assert host.ask("connect 20", ANSWER_SECONDS) == "ok"
        holding = Thread(target=guest.ask, args=(f"hold {started} {released}", ANSWER_SECONDS))
        holding.start()
        while not started.exists():
            holding.join(0.01)
        try:
            assert host.ask("publish a1 Number 0 20000", ANSWER_SECONDS) == "ok 20000"
            assert host.ask("publish a1 Blob 0 50 100", ANSWER_SECONDS) == "ok 50"
            assert holding.is_alive()
        finally:
            with open(released, "w") as pipe:
                pipe.write("!")
            holding.join(ANSWER_SECONDS)
        assert guest.ask("receive all 50 20", ANSWER_SECONDS) == "ok a1:0-49"
        assert host.ask("publish a1 Number 20000 1", ANSWER_SECONDS) == "ok 1"
        assert "20000" in guest.ask("until some 20000 20", ANSWER_SECONDS)
        assert guest.ask("counts some", ANSWER_SECONDS).endswith(" total=20001")


def test_an_interrupt_ends_the_wait_of_a_guest_alone(stage: Stage) -> None:
    with embedding(stage, "leaving.py", "interrupted") as host:
        assert host.guest.answer(ANSWER_SECONDS) == "waiting"
        host.signal(signal.SIGINT)
        assert host.guest.answer(ANSWER_SECONDS) == "interrupted"
        assert host.ask("publish a1 Number 7 1", ANSWER_SECONDS) == "ok 1"
        assert host.guest.answer(ANSWER_SECONDS) == "7"


def test_an_interpreter_ends_with_a_guest_that_waits(stage: Stage) -> None:
    with embedding(stage, "leaving.py", "left") as host:
        assert host.guest.answer(ANSWER_SECONDS) == "left"
        deadline = time.monotonic() + AWAITED_SECONDS
        while "established" in host.ask("links", ANSWER_SECONDS):
            assert time.monotonic() < deadline
        assert host.ask("publish a1 Number 0 100", ANSWER_SECONDS) == "ok 100"
