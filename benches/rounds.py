"""Contestants in turn, round after round: a ratio taken in one run is worth more than any absolute number."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

WARM_UP_SECONDS = 0.2
ROUND_SECONDS = 0.05


@dataclass(frozen=True)
class Timing:
    """Nanoseconds for one call: the median over the rounds, and the 99th percentile of the rounds."""

    median_ns: float
    p99_ns: float


def take_turns(contestants: Mapping[str, Callable[[], object]], rounds: int = 40) -> dict[str, Timing]:
    """Time each contestant once a round, in order, with the collector off; every round times many calls."""
    calls = {name: _calls_per_round(call) for name, call in contestants.items()}
    found: dict[str, list[float]] = {name: [] for name in contestants}
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for name, call in contestants.items():
                found[name].append(_time(call, calls[name]))
    finally:
        gc.enable()
    return {
        name: Timing(statistics.median(times), sorted(times)[min(len(times) - 1, int(len(times) * 0.99))])
        for name, times in found.items()
    }


def _time(call: Callable[[], object], count: int) -> float:
    repeat = range(count)
    start = time.perf_counter_ns()
    for _ in repeat:
        call()
    return (time.perf_counter_ns() - start) / count


def _calls_per_round(call: Callable[[], object]) -> int:
    """How many calls fill a round, found while warming up."""
    count = 1
    deadline = time.perf_counter() + WARM_UP_SECONDS
    while time.perf_counter() < deadline:
        taken = _time(call, count) * count / 1e9
        if taken < ROUND_SECONDS:
            count = max(count + 1, int(count * min(4.0, ROUND_SECONDS / max(taken, 1e-9))))
    return count
