"""Results as they are kept: one JSON file a language, made here for Python and by the harness for Rust."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benches.machine import Machine

COLUMNS = {
    "call": "a call",
    "round_trip_64": "round trip, 64 bytes",
    "round_trip_1024": "round trip, 1024 bytes",
    "round_trip_quote": "round trip, quote",
    "round_trip_object": "round trip, an object",
    "one_way_64": "one way, 64 bytes",
    "one_way_1024": "one way, 1024 bytes",
    "one_way_quote": "one way, quote",
    "idle_processor": "processor, ms a second",
    "idle_wakeups": "wake-ups a second",
}
"""The columns of a table by the names they have in the files; nanoseconds where nothing else is said."""


class Row(msgspec.Struct, frozen=True):
    """One contestant: by column what is told of it, the median first, then p99 and p99.9 where they are known."""

    name: str
    title: str
    cells: dict[str, list[float]]


class Table(msgspec.Struct, frozen=True):
    """Contestants beside each other. The first row is what ratios are of."""

    name: str
    title: str
    rows: list[Row]


class Measured(msgspec.Struct, frozen=True):
    """What a language measured; ``notes`` name contestants that could not run, and why."""

    language: str
    toolchain: str
    rounds: int
    versions: dict[str, str]
    tables: list[Table]
    notes: list[str] = []


class Results(msgspec.Struct, frozen=True):
    """All that one run measured, and on what."""

    machine: Machine
    measured: Measured


def ratio(table: Table, row: Row, column: str) -> float | None:
    """How long the first row takes, measured in this one's: below 1, Mycelium is faster. None where either lacks it."""
    ours, theirs = table.rows[0].cells.get(column), row.cells.get(column)
    return None if not ours or not theirs or not theirs[0] else ours[0] / theirs[0]


def write(folder: Path, results: Results) -> Path:
    """One file for the language; results of an earlier run are replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"bus-{results.measured.language}.json"
    path.write_bytes(msgspec.json.format(msgspec.json.encode(results), indent=1) + b"\n")
    return path


def read(folder: Path) -> list[Results]:
    """All results of a folder, Rust's first."""
    paths = (folder / f"bus-{language}.json" for language in ("rust", "python"))
    return [msgspec.json.decode(path.read_bytes(), type=Results) for path in paths if path.exists()]
