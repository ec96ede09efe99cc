"""Results as they are kept: one JSON file a language, made here for Python and by the harnesses of the others."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benches.machine import Machine

COLUMNS = {
    "construct": "construct",
    "encode": "encode",
    "build_and_encode": "build + encode",
    "decode": "decode",
    "decode_and_read": "decode + read",
}
"""The columns of a table by the names they have in the files."""


class Column(msgspec.Struct, frozen=True):
    """Nanoseconds a call: the median of the rounds, and their 99th percentile."""

    median_ns: float
    p99_ns: float


class Row(msgspec.Struct, frozen=True):
    """One contestant with one message; ``size`` in bytes."""

    name: str
    title: str
    size: int
    columns: dict[str, Column]


class Table(msgspec.Struct, frozen=True):
    """One message; the rows of Mycelium come first, and the first is what ratios are of."""

    name: str
    title: str
    rows: list[Row]


class Results(msgspec.Struct, frozen=True):
    """All that one run measured, and with what."""

    language: str
    toolchain: str
    machine: Machine
    rounds: int
    versions: dict[str, str]
    """The peers' versions, by package."""
    tables: list[Table]


class Measured(msgspec.Struct, frozen=True):
    """What a harness in another language prints: results without the machine, which is the same."""

    language: str
    toolchain: str
    rounds: int
    versions: dict[str, str]
    tables: list[Table]


def ratio(table: Table, row: Row, column: str) -> float | None:
    """How long the first row takes, measured in this one's: below 1, Mycelium is faster. None where either lacks it."""
    ours, theirs = table.rows[0].columns.get(column), row.columns.get(column)
    return None if ours is None or theirs is None else ours.median_ns / theirs.median_ns


def write(folder: Path, results: Results) -> Path:
    """One file for the language; results of an earlier run are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"codec-{results.language}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    return path


def read(folder: Path) -> list[Results]:
    """All results of a folder, Python's first."""
    found = []
    for language in ("python", "rust", "ocaml"):
        path = folder / f"codec-{language}.json"
        if path.exists():
            found.append(msgspec.json.decode(path.read_bytes(), type=Results))
    return found
