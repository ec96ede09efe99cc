"""What is wrong with a topology, all of it at once, each with its line."""

from __future__ import annotations

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
    """A hint with the nearest known word, or with all of them where none is near: at most half of it may differ."""
    words = list(known)
    distances = [_edit_distance(word, each) for each in words]
    nearest = min(distances, default=len(word))
    if words and nearest <= (len(word) + 1) // 2:
        return f"did you mean `{words[distances.index(nearest)]}`?"
    return f"known are {', '.join(f'`{each}`' for each in words)}"


def _edit_distance(one: str, other: str) -> int:
    """How many characters have to be added, removed or replaced (Levenshtein)."""
    row = list(range(len(other) + 1))
    for length, character in enumerate(one, start=1):
        diagonal, row[0] = row[0], length
        for position, against in enumerate(other, start=1):
            replaced = diagonal + (character != against)
            diagonal = row[position]
            row[position] = min(replaced, row[position] + 1, row[position - 1] + 1)
    return row[-1]
