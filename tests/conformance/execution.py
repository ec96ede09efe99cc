"""Runs a case: starts its programs, asks them, compares what they answer."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from case import Case, Step
from deployment import NODE_OF_ALL, SERVICES, deployed, node_of
from guest import Host, Hosting
from program import Command, Partner

ANSWER_SECONDS = 60.0
"""After which a program that has not answered hangs."""

AWAITED_SECONDS = 30.0
"""After which what is awaited will not come."""

PAUSE_SECONDS = 0.005
"""Between two questions of the same wording."""


@dataclass(frozen=True)
class Cast:
    """Who plays the parts of a case: a language for each. Over ``ffi`` one of the parts, ``host``, has the other in its process."""

    languages: dict[str, str]
    host: str = ""

    @property
    def guest(self) -> str:
        """The part that is not the host's."""
        return next(part for part in self.languages if part != self.host)


@dataclass(frozen=True)
class Stage:
    """How programs are started: by language, and a host with its guest."""

    commands: dict[str, Command]
    hosting: Hosting


@dataclass
class Execution:
    """The programs of a case as it runs, by name, and the words it has noted."""

    case: Case
    transport: str
    cast: Cast
    stage: Stage
    topology: Path
    programs: dict[str, Partner] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)
    _host: Host | None = None

    def step(self, step: Step) -> None:
        """One line of the case."""
        command = substituted(step.command, self.noted)
        name = node_of(self.transport, step.program)
        if command in ("kill", "pause", "resume", "end"):
            self._control(name, command)
            return
        program = self._program(name, step.program)
        deadline = time.monotonic() + AWAITED_SECONDS
        while True:
            answer = program.ask(command, ANSWER_SECONDS)
            found = expectation(step.pattern, self.noted).fullmatch(answer)
            if found is not None:
                self.noted.update(found.groupdict())
                self._settle(step.program, command)
                return
            if not step.is_awaited or time.monotonic() > deadline:
                raise AssertionError(
                    f"{self.case.name}.case:{step.line}: {step.program}: {command}\n"
                    f"    answered: {answer}\n    expected: {step.pattern or 'ok'}"
                )
            time.sleep(PAUSE_SECONDS)

    def _settle(self, part: str, command: str) -> None:
        """Over ffi both run before anybody subscribes: goes on when the one that publishes knows of a subscription."""
        words = command.split()
        if self.transport != "ffi" or words[0] != "subscribe":
            return
        _, _, service, message, *_ = words
        for other in self.programs.keys() - {part}:
            for source in SERVICES[other]:
                self._await_wanted(other, source, message, service)

    def _await_wanted(self, program: str, source: str, message: str, service: str) -> None:
        is_agreed = not (self.case.other_version and message == "Changed")
        deadline = time.monotonic() + AWAITED_SECONDS
        while is_agreed:
            answer = self.programs[program].ask(f"wanted_by {source} {message}", ANSWER_SECONDS)
            if service in answer.split():
                return
            assert (
                time.monotonic() < deadline
            ), f"{program}: {source} does not know that {service} wants {message}"
            time.sleep(PAUSE_SECONDS)

    def end(self) -> None:
        """Ends all programs in order."""
        while self.programs:
            self.programs.popitem()[1].end(ANSWER_SECONDS)

    def abandon(self) -> None:
        """Ends all programs whatever they do."""
        while self.programs:
            self.programs.popitem()[1].abandon()

    def _control(self, name: str, command: str) -> None:
        if command == "pause":
            self.programs[name].pause()
        elif command == "resume":
            self.programs[name].resume()
        elif command == "end":
            self.programs.pop(name).end(ANSWER_SECONDS)
        else:
            self.programs.pop(name).kill()

    def _program(self, name: str, part: str) -> Partner:
        if name not in self.programs:
            if self.transport == "ffi":
                self._start_in_one_process(part)
            else:
                start = self.stage.commands[self.cast.languages[part]]
                self._started(name, start(self.topology, name, part in self.case.other_version))
        return self.programs[name]

    def _start_in_one_process(self, part: str) -> None:
        """The guest needs its host, so that starts first, whoever is asked first."""
        host, guest = self.cast.host, self.cast.guest
        if host not in self.programs:
            languages = self.cast.languages[host], self.cast.languages[guest]
            others = host in self.case.other_version, guest in self.case.other_version
            self._host = self.stage.hosting.start(self.topology, NODE_OF_ALL, languages, others, guest)
            self._started(host, self._host)
        if part == guest:
            assert self._host is not None
            self._host.guest.join(ANSWER_SECONDS)
            self.programs[guest] = self._host.guest

    def _started(self, name: str, program: Partner) -> None:
        self.programs[name] = program
        answer = program.answer(ANSWER_SECONDS)
        assert answer == "ok", answer


def substituted(text: str, noted: dict[str, str]) -> str:
    """The text with what was noted in place of ``{name}``."""
    return re.sub(r"\{(\w+)\}", lambda match: noted[match[1]], text)


def expectation(pattern: str, noted: dict[str, str]) -> re.Pattern[str]:
    """What an answer has to be.

    ``*`` is anything, ``{name}`` a word and ``{name*}`` anything, to be noted unless it is already; ``not`` turns the meaning round.
    """
    if pattern.startswith("not "):
        return re.compile(f"(?!{expectation(pattern.removeprefix('not '), noted).pattern}$).*")
    text = pattern if pattern.startswith("error") else f"ok {pattern}".strip()
    return re.compile("".join(_part(part, noted) for part in re.split(r"(\*|\{\w+\*?\})", text)))


def _part(part: str, noted: dict[str, str]) -> str:
    if part == "*":
        return ".*"
    placeholder = re.fullmatch(r"\{(\w+)(\*?)\}", part)
    if placeholder is None:
        return re.escape(part)
    name, is_long = placeholder.groups()
    if name in noted:
        return re.escape(noted[name])
    return f"(?P<{name}>.*)" if is_long else f"(?P<{name}>\\S+)"


def execute(case: Case, transport: str, cast: Cast, stage: Stage) -> dict[str, str]:
    """Runs a case from start to end; returns what it noted. Raises AssertionError with the line whose answer is not as expected."""
    with ExitStack() as stack:
        topology = stack.enter_context(deployed(transport, case.route))
        execution = Execution(case, transport, cast, stage, topology)
        stack.callback(execution.abandon)
        for step in case.steps:
            execution.step(step)
        execution.end()
        return execution.noted
