"""``python -m benches.bus [python|rust]``: measure, print the tables, keep the results as JSON."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from benches.bus import harness, python_tables, tables
from benches.bus.results import Results, write
from benches.codec.harnesses import HarnessFailed
from benches.machine import this_machine

DEFAULT_RESULTS = Path(__file__).resolve().parents[2] / ".cache" / "bench"
ROUNDS = 5


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.bus", description=__doc__)
    parser.add_argument("language", nargs="?", choices=["python", "rust"], default="python")
    parser.add_argument(
        "--rounds", type=int, default=ROUNDS, help="turns of each contestant (default: %(default)s)"
    )
    parser.add_argument(
        "--divisor", type=int, default=1, help="so many times fewer messages, to see that all runs"
    )
    parser.add_argument(
        "--results", type=Path, default=DEFAULT_RESULTS, help="folder for the JSON (default: .cache/bench)"
    )
    options = parser.parse_args(arguments)
    if len(os.sched_getaffinity(0)) < 2:
        print("benches.bus: needs two cores, one for each end", file=sys.stderr)
        return 1
    machine = this_machine(None)
    try:
        measure = {"python": python_tables.measure, "rust": harness.measure}[options.language]
        results = Results(machine, measure(options.rounds, options.divisor))
    except HarnessFailed as error:
        print(f"benches.bus: {error}", file=sys.stderr)
        return 1
    print(tables.as_text(results))
    print(f"\nwritten to {write(options.results, results)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
