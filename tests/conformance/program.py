"""A running program: what it is asked, what it answers, how it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parents[1]

Command = Callable[[Path, str, bool], "Program"]
"""``start(topology, node, speaks_other_version)``: how a language's program is started."""


class Program:
    """One process. Lines go in, and each is answered by one line."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
        )
        self._answers: SimpleQueue[str] = SimpleQueue()
        self._complaints: list[str] = []
        self._readers = [
            Thread(target=self._read_answers, daemon=True),
            Thread(target=self._read_complaints, daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def answer(self, seconds: float) -> str:
        """The next line. Raises AssertionError where none comes, with what the program said on standard error."""
        try:
            line = self._answers.get(timeout=seconds)
        except Empty:
            raise AssertionError(f"no answer within {seconds} s; {self._last_words()}") from None
        if not line:
            self._process.wait()
            raise AssertionError(f"the program ended with {self._process.returncode}; {self._last_words()}")
        return line.rstrip("\n")

    def ask(self, command: str, seconds: float) -> str:
        """The answer to a command."""
        assert self._process.stdin is not None
        try:
            print(command, file=self._process.stdin, flush=True)
        except BrokenPipeError:
            pass  # it ended; the answer, which is none, says how
        return self.answer(seconds)

    def kill(self) -> None:
        """Ends it by SIGKILL."""
        self._process.kill()
        self._finish()

    def pause(self) -> None:
        """Lets it do nothing at all until it is resumed."""
        self._process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets it go on."""
        self._process.send_signal(signal.SIGCONT)

    def end(self, seconds: float) -> None:
        """Ends it in order. Raises AssertionError where that takes too long, or where it fails."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"it did not end within {seconds} s; {self._last_words()}") from None
        self._finish()
        assert self._process.returncode == 0, self._last_words()

    def _finish(self) -> None:
        self._process.wait()
        for reader in self._readers:
            reader.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            assert stream is not None
            stream.close()

    def _last_words(self) -> str:
        return f"on standard error: {''.join(self._complaints[-50:]) or 'nothing'}"

    def _read_answers(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")

    def _read_complaints(self) -> None:
        assert self._process.stderr is not None
        self._complaints.extend(self._process.stderr)


def python(messages: Path, other: Path) -> Command:
    """The Python program, with the folders of the generated modules."""

    def start(topology: Path, node: str, speaks_other_version: bool) -> Program:
        command = [sys.executable, str(FOLDER / "programs" / "peer.py"), str(topology), node]
        command += [str(other / "peering.py")] * speaks_other_version
        return Program(command, {"PYTHONPATH": str(messages)})

    return start


def rust(executable: Path) -> Command:
    """The Rust program."""

    def start(topology: Path, node: str, speaks_other_version: bool) -> Program:
        command = [str(executable), str(topology), node]
        return Program(command + ["--other"] * speaks_other_version, {"RUST_BACKTRACE": "1"})

    return start
