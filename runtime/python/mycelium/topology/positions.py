"""Where in a TOML text each key stands. The standard library's reader knows values, not places."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]
"""Keys and indices from the top: ``("nodes", 0, "port")``."""

_TABLE = re.compile(r"\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(
    r"""\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*="""
)
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")


def key_lines(text: str) -> Mapping[Path, int]:
    """The line, counted from 1, of every table and key of a text that is valid TOML.

    A key inside an inline table or an array is not listed: it stands where its container does.
    """
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    prefix: Path = ()
    pending = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if pending:
            pending += line + "\n"
            if _is_complete(pending):
                pending = ""
            continue
        table = _TABLE.match(line)
        key = None if table else _KEY.match(line)
        if table:
            prefix = _enter(_parts(table.group(2)), table.group(1) == "[[", counts)
            lines[prefix] = number
        elif key:
            path = prefix
            for part in _parts(key.group(1)):
                path = (*path, part)
                lines.setdefault(path, number)
            if not _is_complete(line + "\n"):
                pending = line + "\n"
    return lines


def line_of(lines: Mapping[Path, int], path: Path) -> int:
    """The line of a key, or of the nearest thing around it that has one."""
    while path:
        if path in lines:
            return lines[path]
        path = path[:-1]
    return 1


def _parts(text: str) -> list[str]:
    return [part.strip("\"'") for part in _PART.findall(text)]


def _enter(parts: list[str], is_array: bool, counts: dict[Path, int]) -> Path:
    """The path of a table header: arrays of tables on the way are entered at their last element."""
    path: Path = ()
    for position, part in enumerate(parts):
        path = (*path, part)
        if is_array and position == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path


def _is_complete(lines: str) -> bool:
    """Whether a key and its value end with these lines: they are TOML by themselves."""
    try:
        tomllib.loads(lines)
    except tomllib.TOMLDecodeError:
        return False
    return True
