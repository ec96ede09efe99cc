"""Contestants take turns, and of many rounds the right one is told."""

from __future__ import annotations

from benches.rounds import Schedule, loops_take_turns, summary, take_turns

QUICK = Schedule(rounds=3, turn_seconds=0.0, warm_up_seconds=0.0)


def test_every_contestant_has_one_turn_a_round_in_order() -> None:
    turns: list[str] = []

    def contestant(name: str) -> None:
        turns.append(name)

    take_turns({"first": lambda: contestant("first"), "second": lambda: contestant("second")}, QUICK)
    assert turns == ["first", "second"] * 3


def test_a_turn_is_filled_with_calls() -> None:
    counts: list[int] = []

    def work(count: int) -> None:
        counts.append(count)
        sum(range(count))

    schedule = Schedule(rounds=2, turn_seconds=0.001, warm_up_seconds=0.02)
    loops_take_turns({"work": work}, schedule)
    assert counts[-1] == counts[-2] > 1


def test_the_collector_runs_again_afterwards() -> None:
    import gc

    seen: list[bool] = []
    take_turns({"watcher": lambda: seen.append(gc.isenabled())}, QUICK)
    assert seen == [False] * 3
    assert gc.isenabled()


def test_median_and_99th_percentile_of_rounds() -> None:
    timing = summary([float(number) for number in range(200, 0, -1)])
    assert (timing.median_ns, timing.p99_ns) == (100.5, 199.0)
    assert summary([5.0]).p99_ns == 5.0
