"""``python -m benches.codec [python|rust|ocaml]``: measure, print the tables, keep the results as JSON."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from benches.codec import harnesses, python_table, tables
from benches.codec.contestant import WrongValues
from benches.codec.harnesses import HarnessFailed
from benches.codec.results import Results, write
from benches.machine import pin, this_machine
from benches.rounds import Schedule

DEFAULT_RESULTS = Path(__file__).resolve().parents[2] / ".cache" / "bench"


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.codec", description=__doc__)
    parser.add_argument("language", nargs="?", choices=["python", "rust", "ocaml"], default="python")
    parser.add_argument(
        "--rounds", type=int, default=Schedule.rounds, help="rounds of turns (default: %(default)s)"
    )
    parser.add_argument("--core", type=int, help="the core to keep to (default: the last)")
    parser.add_argument(
        "--results", type=Path, default=DEFAULT_RESULTS, help="folder for the JSON (default: .cache/bench)"
    )
    options = parser.parse_args(arguments)
    schedule = Schedule(rounds=options.rounds)
    machine = this_machine(pin(options.core))
    try:
        if options.language == "python":
            measured = python_table.measure(schedule)
        else:
            measured = harnesses.measure(options.language, schedule.rounds)
    except (HarnessFailed, WrongValues) as error:
        print(f"benches.codec: {error}", file=sys.stderr)
        return 1
    results = Results(
        measured.language,
        measured.toolchain,
        machine,
        measured.rounds,
        measured.versions,
        measured.tables,
    )
    print(tables.as_text(results))
    print(f"\nwritten to {write(options.results, results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
