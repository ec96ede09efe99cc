"""Contestants in turn, round after round: a ratio taken in one run is worth more than any absolute number.

What is timed is the time of the processor, which others on the machine disturb less than that on the wall.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import repeat

MOST_CALLS = 1_000_000_000
"""No turn has more, even where a call takes no time that can be measured."""

Loop = Callable[[int], object]
"""Does what is measured, as often as it is told."""


@dataclass(frozen=True)
class Timing:
    """Nanoseconds for one call: the median over the rounds, and the 99th percentile of the rounds."""

    median_ns: float
    p99_ns: float


@dataclass(frozen=True)
class Schedule:
    """How many rounds there are, how long a contestant's turn in one is, and how long it warms up before."""

    rounds: int = 120
    turn_seconds: float = 0.004
    warm_up_seconds: float = 0.04


def take_turns(
    contestants: Mapping[str, Callable[[], object]], schedule: Schedule | None = None
) -> dict[str, Timing]:
    """Time calls without arguments, each contestant once a round."""
    loops = {name: _repeated(call) for name, call in contestants.items()}
    return loops_take_turns(loops, schedule or Schedule())


def loops_take_turns(loops: Mapping[str, Loop], schedule: Schedule) -> dict[str, Timing]:
    """Time each loop once a round, in order, with the collector off; every turn is many calls."""
    calls = {name: _calls_per_turn(loop, schedule) for name, loop in loops.items()}
    found: dict[str, list[float]] = {name: [] for name in loops}
    gc.collect()
    gc.disable()
    try:
        for _ in range(schedule.rounds):
            for name, loop in loops.items():
                found[name].append(_time(loop, calls[name]))
    finally:
        gc.enable()
    return {name: summary(times) for name, times in found.items()}


def summary(times: list[float]) -> Timing:
    """Of the times of the rounds, those that are told."""
    ordered = sorted(times)
    return Timing(statistics.median(ordered), ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))])


def _repeated(call: Callable[[], object]) -> Loop:
    def loop(count: int) -> None:
        for _ in repeat(None, count):
            call()

    return loop


def _time(loop: Loop, count: int) -> float:
    start = time.process_time_ns()
    loop(count)
    return (time.process_time_ns() - start) / count


def _calls_per_turn(loop: Loop, schedule: Schedule) -> int:
    """How many calls fill a turn, found while warming up."""
    count = 1
    deadline = time.perf_counter() + schedule.warm_up_seconds
    while time.perf_counter() < deadline and count < MOST_CALLS:
        taken = _time(loop, count) * count / 1e9
        if taken < schedule.turn_seconds:
            count = max(count + 1, int(count * min(4.0, schedule.turn_seconds / max(taken, 1e-9))))
    return count
