"""What is wrong with a topology, all of it at once, each with its line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

from mycelium.errors import MyceliumError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: its line, counted from 1, what is wrong, and how to mend it ("" where that is plain)."""

    line: int
    message: str
    mend: str = ""

    def __str__(self) -> str:
        return f"{self.message}; {self.mend}" if self.mend else self.message


class TopologyError(MyceliumError):
    """A topology that cannot be used; ``problems`` are sorted by line. The text has a line for each."""

    def __init__(self, name: str, problems: Iterable[Problem]) -> None:
        self.name = name
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(f"{name}:{problem.line}: {problem}" for problem in self.problems))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint with the nearest known word, or with all of them."""
    words = list(known)
    near = difflib.get_close_matches(word, words, 1)
    return f"did you mean `{near[0]}`?" if near else f"known are {', '.join(f'`{each}`' for each in words)}"
