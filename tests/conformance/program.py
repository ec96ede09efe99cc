"""A running program: how it is started and how it ends."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from signal import SIGCONT, SIGSTOP, Signals
from threading import Thread
from typing import IO, Protocol

from line_exchange import Conversation

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parents[1]
PYTHON_PROGRAMS = FOLDER / "programs"

Command = Callable[[Path, str, bool], "Program"]
"""``start(topology, node, speaks_other_version)``: how a language's program is started."""


class Partner(Protocol):
    """What plays one part of a case: a process, or a guest of one."""

    def answer(self, seconds: float) -> str:
        """The next line it says. Raises AssertionError where none comes."""

    def ask(self, command: str, seconds: float) -> str:
        """The answer to a command."""

    def end(self, seconds: float) -> None:
        """Ends it in order. Raises AssertionError where that takes too long, or where it fails."""

    def kill(self) -> None:
        """Ends it by SIGKILL."""

    def pause(self) -> None:
        """Lets it do nothing at all until it is resumed."""

    def resume(self) -> None:
        """Lets it go on."""

    def abandon(self) -> None:
        """Ends it whatever it does."""


class Program:
    """One process; what it is asked goes in, and what it answers comes out. ``passed`` are descriptors that it inherits."""

    def __init__(self, command: list[str], environment: dict[str, str], passed: Sequence[int] = ()) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            pass_fds=passed,
        )
        self._complaints: list[str] = []
        self._stderr = _present(self._process.stderr)
        self._complaining = Thread(target=self._read_complaints, daemon=True)
        self._complaining.start()
        streams = _present(self._process.stdin), _present(self._process.stdout)
        self._conversation = Conversation(*streams, self.last_words)

    def answer(self, seconds: float) -> str:
        """The next line. Raises AssertionError where none comes, with what the program said on standard error."""
        return self._conversation.answer(seconds)

    def ask(self, command: str, seconds: float) -> str:
        """The answer to a command."""
        return self._conversation.ask(command, seconds)

    def kill(self) -> None:
        """Ends it by SIGKILL."""
        self._process.kill()
        self._finish()

    def pause(self) -> None:
        """Lets it do nothing at all until it is resumed."""
        self.signal(SIGSTOP)

    def resume(self) -> None:
        """Lets it go on."""
        self.signal(SIGCONT)

    def signal(self, number: Signals) -> None:
        """Sends it a signal."""
        self._process.send_signal(number)

    def abandon(self) -> None:
        """Ends it whatever it does."""
        self.resume()
        self.kill()

    def end(self, seconds: float) -> None:
        """Ends it in order. Raises AssertionError where that takes too long, or where it fails."""
        self._conversation.end_questions()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it did not end within {seconds} s; {self.last_words()}") from None
        self._finish()
        assert self._process.returncode == 0, self.last_words()

    def last_words(self) -> str:
        """What is known of its end, and of what it said besides its answers."""
        code = self._process.poll()
        ended = "" if code is None else f"it ended with {code}; "
        return f"{ended}on standard error: {''.join(self._complaints[-50:]) or 'nothing'}"

    def _finish(self) -> None:
        self._process.wait()
        self._conversation.finish()
        self._complaining.join()
        self._stderr.close()

    def _read_complaints(self) -> None:
        self._complaints.extend(self._stderr)


def _present(stream: IO[str] | None) -> IO[str]:
    assert stream is not None
    return stream


def python(messages: Path, other: Path) -> Command:
    """The Python program, with the folders of the generated modules."""

    def start(topology: Path, node: str, speaks_other_version: bool) -> Program:
        command = [sys.executable, str(PYTHON_PROGRAMS / "peer.py"), str(topology), node]
        command += [str(other / "peering.py")] * speaks_other_version
        return Program(command, {"PYTHONPATH": str(messages)})

    return start


def rust(executable: Path) -> Command:
    """The Rust program."""

    def start(topology: Path, node: str, speaks_other_version: bool) -> Program:
        command = [str(executable), str(topology), node]
        return Program(command + ["--other"] * speaks_other_version, {"RUST_BACKTRACE": "1"})

    return start
