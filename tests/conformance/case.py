"""A case of the conformance suite: a text file that says what the programs are asked and what they have to answer.

``docs/conformance.md`` describes the format and the commands.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

TRANSPORTS = ("local", "unix", "tcp", "tls", "shm", "ffi")
FOLDER = Path(__file__).resolve().parent / "cases"


@dataclass(frozen=True)
class Step:
    """One line: which program is asked what, and what it has to answer."""

    line: int
    program: str
    command: str
    pattern: str
    is_awaited: bool


@dataclass
class Case:
    """A file."""

    name: str
    route: str = ""
    transports: tuple[str, ...] = TRANSPORTS
    hosts: tuple[str, ...] = ("a", "b")
    """Who may be the host where both run in one process."""
    exceptions: dict[str, str] = field(default_factory=dict)
    """Transports the case makes no sense over, and why."""
    only: dict[str, str] = field(default_factory=dict)
    other_version: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)


def read_case(path: Path) -> Case:
    """The case of a file. Raises ValueError with the line that is none."""
    case = Case(path.stem)
    for number, text in enumerate(path.read_text().splitlines(), start=1):
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        name, colon, rest = line.partition(":")
        if not colon:
            raise ValueError(f"{path}:{number}: neither a setting nor a command: {line}")
        rest = rest.strip()
        if name == "route":
            case.route = rest
        elif name == "transports":
            case.transports = tuple(rest.split())
        elif name == "except":
            transport, _, reason = rest.partition(": ")
            if not reason:
                raise ValueError(f"{path}:{number}: say why: `except: {transport}: ...`")
            case.exceptions[transport] = reason
        elif name == "host":
            case.hosts = tuple(rest.split())
        elif name == "other":
            case.other_version = tuple(rest.split())
        elif name == "only":
            program, _, language = rest.partition(" ")
            case.only[program] = language
        else:
            case.steps.append(_step(number, name, rest))
    unknown = {*case.transports, *case.exceptions} - set(TRANSPORTS)
    if unknown:
        raise ValueError(f"{path}: no such transport: {sorted(unknown)}")
    case.transports = tuple(each for each in case.transports if each not in case.exceptions)
    return case


def read_steps(text: str) -> list[Step]:
    """Lines of programs alone."""
    lines = ((number, line.strip()) for number, line in enumerate(text.splitlines(), start=1))
    parts = ((number, *line.partition(":")) for number, line in lines if line)
    return [_step(number, program, rest.strip()) for number, program, _, rest in parts]


def _step(line: int, program: str, text: str) -> Step:
    command, arrow, pattern = text.partition(" -> ")
    command = command.strip()
    is_awaited = command.startswith("await ")
    return Step(line, program, command.removeprefix("await "), pattern.strip() if arrow else "", is_awaited)


def read_cases() -> list[Case]:
    """All of them, by name."""
    return [read_case(path) for path in sorted(FOLDER.glob("*.case"))]
