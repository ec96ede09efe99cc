"""Runs a case: starts its programs, asks them, compares what they answer."""

from __future__ import annotations

import re
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from case import Case, Step
from deployment import deployed, node_of
from program import Command, Partner

ANSWER_SECONDS = 60.0
"""After which a program that has not answered hangs."""

AWAITED_SECONDS = 30.0
"""After which what is awaited will not come."""

PAUSE_SECONDS = 0.005
"""Between two questions of the same wording."""


@dataclass
class Execution:
    """The programs of a case as it runs, by name, and the words it has noted."""

    case: Case
    transport: str
    languages: dict[str, Command]
    topology: Path
    programs: dict[str, Partner] = field(default_factory=dict)
    noted: dict[str, str] = field(default_factory=dict)

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
                return
            if not step.is_awaited or time.monotonic() > deadline:
                raise AssertionError(
                    f"{self.case.name}.case:{step.line}: {step.program}: {command}\n"
                    f"    answered: {answer}\n    expected: {step.pattern or 'ok'}"
                )
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
            start = self.languages[part]
            program = self.programs[name] = start(self.topology, name, part in self.case.other_version)
            answer = program.answer(ANSWER_SECONDS)
            assert answer == "ok", answer
        return self.programs[name]


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


def execute(case: Case, transport: str, languages: dict[str, Command]) -> dict[str, str]:
    """Runs a case from start to end; returns what it noted. Raises AssertionError with the line whose answer is not as expected."""
    with ExitStack() as stack:
        topology = stack.enter_context(deployed(transport, case.route))
        execution = Execution(case, transport, languages, topology)
        stack.callback(execution.abandon)
        for step in case.steps:
            execution.step(step)
        execution.end()
        return execution.noted
