"""One table of a topology file, read key by key; what does not fit is noted and reading goes on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from mycelium.topology.positions import Path, line_of
from mycelium.topology.problems import Problem, did_you_mean


class Findings:
    """The problems so far, and where each key stands."""

    def __init__(self, lines: Mapping[Path, int]) -> None:
        self.lines = lines
        self.problems: list[Problem] = []


class Entry:
    """A table and its place. A reader gives None for a key that is absent, or wrong and reported."""

    def __init__(self, values: Mapping[str, Any], path: Path, findings: Findings) -> None:
        self._values = values
        self._path = path
        self._findings = findings

    @property
    def line(self) -> int:
        """Where the table starts."""
        return line_of(self._findings.lines, self._path)

    def has(self, key: str) -> bool:
        """Whether the key is there, whatever its value."""
        return key in self._values

    def problem(self, message: str, mend: str = "", key: str | None = None) -> None:
        """Note what is wrong with the table, or with one key of it."""
        path = self._path if key is None else (*self._path, key)
        self._findings.problems.append(Problem(line_of(self._findings.lines, path), message, mend))

    def refuse_unknown(self, what: str, known: Sequence[str]) -> None:
        """Note every key that is none of these."""
        for key in self._values:
            if key not in known:
                self.problem(f"`{key}` is no key of {what}", did_you_mean(key, known), key)

    def text(self, key: str, *, required: bool = False) -> str | None:
        """A string that is not empty."""
        value = self._value(key, required)
        if value is None:
            return None
        if not isinstance(value, str) or not value:
            self.problem(f"`{key}` must be a string that is not empty", "", key)
            return None
        return value

    def matching(
        self, key: str, pattern: re.Pattern[str], rule: str, *, required: bool = False
    ) -> str | None:
        """A string of this form."""
        value = self.text(key, required=required)
        if value is not None and not pattern.fullmatch(value):
            self.problem(f"`{value}` is no {key}", f"it must be {rule}", key)
            return None
        return value

    def matching_list(
        self, key: str, pattern: re.Pattern[str], rule: str, *, required: bool = False
    ) -> tuple[str, ...] | None:
        """An array of strings of this form; at least one where it is required."""
        value = self._value(key, required)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.problem(f"`{key}` must be an array of strings", "", key)
            return None
        if not value and required:
            self.problem(f"`{key}` is empty", "name at least one", key)
        for each in value:
            if not pattern.fullmatch(each):
                self.problem(f"`{each}` cannot be in `{key}`", f"it must be {rule}", key)
        return tuple(value)

    def choice(self, key: str, known: Sequence[str], *, required: bool = False) -> str | None:
        """One of these words."""
        value = self.text(key, required=required)
        if value is not None and value not in known:
            self.problem(f"`{value}` is no {key}", did_you_mean(value, known), key)
            return None
        return value

    def integer(self, key: str, smallest: int, largest: int) -> int | None:
        """A whole number within limits."""
        value = self._value(key, False)
        if value is None:
            return None
        if not isinstance(value, int) or isinstance(value, bool) or not smallest <= value <= largest:
            self.problem(f"`{key}` must be a whole number from {smallest} to {largest}", "", key)
            return None
        return value

    def boolean(self, key: str) -> bool:
        """``true`` or ``false``; absent is false."""
        value = self._value(key, False)
        if value is not None and not isinstance(value, bool):
            self.problem(f"`{key}` must be true or false", "", key)
        return value is True

    def path(self, key: str, *, required: bool = False) -> PurePosixPath | None:
        """A path."""
        value = self.text(key, required=required)
        if value is not None and "\0" in value:
            self.problem(f"`{key}` holds a NUL, which no path may", "", key)
            return None
        return None if value is None else PurePosixPath(value)

    def table(self, key: str) -> Entry | None:
        """A table within this one."""
        value = self._value(key, False)
        if value is None:
            return None
        if not isinstance(value, dict):
            self.problem(f"`{key}` must be a table", "", key)
            return None
        return Entry(value, (*self._path, key), self._findings)

    def entries(self, key: str) -> list[Entry]:
        """An array of tables within this one."""
        value = self._value(key, False)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.problem(f"`{key}` must be tables", f"write [[{key}]]", key)
            return []
        return [Entry(each, (*self._path, key, index), self._findings) for index, each in enumerate(value)]

    def _value(self, key: str, required: bool) -> Any:
        value = self._values.get(key)
        if value is None and required:
            self.problem(f"`{key}` is missing")
        return value
