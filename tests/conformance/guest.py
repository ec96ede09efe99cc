"""A host and its guest: two programs in one process, of two languages or with two cores."""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deployment import SERVICES
from line_exchange import Conversation
from program import PYTHON_PROGRAMS, Program


class Guest:
    """The guest of a program. It joins when the conversation begins, leaves at its end, and may then join again."""

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation

    def join(self, seconds: float) -> None:
        """Lets it take its services of the host's node. Raises AssertionError where it cannot."""
        answer = self.ask("join", seconds)
        assert answer == "ok", answer

    def answer(self, seconds: float) -> str:
        """The next line. Raises AssertionError where none comes."""
        return self._conversation.answer(seconds)

    def ask(self, command: str, seconds: float) -> str:
        """The answer to a command."""
        return self._conversation.ask(command, seconds)

    def end(self, seconds: float) -> None:
        """Lets it leave."""
        answer = self.ask("exit", seconds)
        assert answer == "ok", answer

    def kill(self) -> None:
        """Nothing kills half a process."""
        raise NotImplementedError("a guest cannot be killed without its host")

    pause = resume = kill

    def abandon(self) -> None:
        """The host is killed, and this with it."""


class Host(Program):
    """A program with another in it, ``guest``, which speaks through pipes of its own."""

    def __init__(self, command: list[str], environment: dict[str, str], pipes: Pipes) -> None:
        super().__init__(command, environment, (pipes.input, pipes.output))
        self._guest_conversation = Conversation(
            open(pipes.questions, "w"),
            open(pipes.answers),
            self.last_words,  # noqa: SIM115 (closed in _finish)
        )
        self.guest = Guest(self._guest_conversation)

    def end(self, seconds: float) -> None:
        """Lets the guest's thread end, then as any program."""
        self._guest_conversation.end_questions()
        super().end(seconds)

    def _finish(self) -> None:
        super()._finish()
        self._guest_conversation.finish()


@dataclass(frozen=True)
class Pipes:
    """Between here and a guest: the ends of the guest, ``input`` and ``output``, and our own."""

    input: int
    questions: int
    answers: int
    output: int


@contextmanager
def guest_pipes() -> Iterator[Pipes]:
    """Pipes for a program that is started within; afterwards the guest's ends are its alone."""
    pipes = Pipes(*os.pipe(), *os.pipe())
    try:
        yield pipes
    finally:
        os.close(pipes.input)
        os.close(pipes.output)


@dataclass(frozen=True)
class Hosting:
    """What a process with a host and a guest is made of: generated modules of Python, and the Rust program and library."""

    messages: Path
    other: Path
    rust_host: Path
    rust_guest: Path

    def start(
        self, topology: Path, node: str, languages: tuple[str, str], others: tuple[bool, bool], label: str
    ) -> Host:
        """The process. ``languages`` and ``others`` are of the host and the guest; ``label`` is the part the guest plays."""
        with guest_pipes() as pipes:
            words = [str(topology), node, ",".join(SERVICES[label]), str(pipes.input), str(pipes.output)]
            environment = {"PYTHONPATH": str(self.messages), "RUST_BACKTRACE": "1"}
            if languages[0] == "python":
                program = [sys.executable, str(PYTHON_PROGRAMS / "host.py")]
                words += [self._other_module(others[0]), str(self.rust_guest), _version(others[1])]
            else:
                program = [str(self.rust_host)]
                words += [_version(others[0]), *self._guest_of_rust(languages[1], others[1])]
            return Host(program + words, environment, pipes)

    def _guest_of_rust(self, language: str, is_other: bool) -> list[str]:
        if language == "rust":
            return ["library", str(self.rust_guest), _version(is_other)]
        program = str(PYTHON_PROGRAMS / "guest.py")
        return ["python", str(interpreter_library()), sys.executable, program, self._other_module(is_other)]

    def _other_module(self, is_other: bool) -> str:
        return str(self.other / "peering.py") if is_other else ""


def _version(is_other: bool) -> str:
    return "other" if is_other else "current"


def interpreter_library() -> Path:
    """The interpreter that runs this, as a library that a program can load."""
    folder, name = sysconfig.get_config_var("LIBDIR"), sysconfig.get_config_var("INSTSONAME")
    library = Path(folder, name)
    assert ".so" in name and library.exists(), (
        f"{sys.executable} comes without a shared library ({library}), which a Rust program needs to run Python: "
        "install a Python that was built with --enable-shared"
    )
    return library
