"""JSON read strictly: every value knows where it stands, and refuses in one sentence."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

MAXIMUM_DEPTH = 300
"""Deeper documents are refused before they can exhaust the stack; types nest at most 64 deep."""


_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")


class DescriptorError(Exception):
    """The document is no descriptor. ``path`` is where in it, as in ``$.packages[0].name``; ``reason`` is why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON value, where it stands, and how deep."""

    value: object
    path: str = "$"
    depth: int = 0

    def refuse(self, reason: str) -> NoReturn:
        """Raise :class:`DescriptorError` for this value."""
        raise DescriptorError(self.path, reason)

    def members(self, required: Sequence[str], optional: Sequence[str] = ()) -> dict[str, Node]:
        """The members of an object that has all required ones and no unknown one."""
        found = self.any_members()
        for name in required:
            if name not in found:
                self.refuse(f"`{name}` is missing")
        for name in found:
            if name not in required and name not in optional:
                self.refuse(f"`{name}` is not known here")
        return found

    def any_members(self) -> dict[str, Node]:
        """The members of an object, whatever they are."""
        if not isinstance(self.value, dict) or not all(isinstance(name, str) for name in self.value):
            self.refuse(f"an object is expected, not {_kind(self.value)}")
        return {name: self._inside(f".{name}", value) for name, value in self.value.items()}

    def items(self) -> list[Node]:
        """The elements of an array."""
        if not isinstance(self.value, list):
            self.refuse(f"an array is expected, not {_kind(self.value)}")
        return [self._inside(f"[{index}]", value) for index, value in enumerate(self.value)]

    def text(self) -> str:
        """A string."""
        if not isinstance(self.value, str):
            self.refuse(f"a string is expected, not {_kind(self.value)}")
        if not self.value.isascii() and _HALF_OF_A_PAIR.search(self.value):
            self.refuse("half of a surrogate pair is no character")
        return self.value

    def truth(self) -> bool:
        """true or false."""
        if not isinstance(self.value, bool):
            self.refuse(f"true or false is expected, not {_kind(self.value)}")
        return self.value

    def whole(self, least: int | None = None, most: int | None = None) -> int:
        """An integer, within limits where given."""
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            self.refuse(f"an integer is expected, not {_kind(self.value)}")
        if (least is not None and self.value < least) or (most is not None and self.value > most):
            self.refuse(f"{self.value} is outside {_shown(least)}..{_shown(most)}")
        return self.value

    def real(self) -> float:
        """A float: a number, or one of the three words JSON has no number for."""
        if isinstance(self.value, str) and self.value in ("NaN", "Infinity", "-Infinity"):
            return float(self.value)
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.refuse(f"a number is expected, not {_kind(self.value)}")
        try:
            number = float(self.value)
        except OverflowError:
            self.refuse("a number no float holds")
        if not math.isfinite(number):
            self.refuse("a number that is not finite is written as a string")
        return number

    def _inside(self, step: str, value: object) -> Node:
        if self.depth == MAXIMUM_DEPTH:
            self.refuse(f"nested more than {MAXIMUM_DEPTH} deep")
        return Node(value, self.path + step, self.depth + 1)


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "an array"
        case dict():
            return "an object"
    return f"a {type(value).__name__}"


def _shown(limit: int | None) -> str:
    return "" if limit is None else str(limit)
