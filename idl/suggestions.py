"""Did you mean: the known names nearest to an unknown one."""

from __future__ import annotations

from collections.abc import Iterable

MAXIMUM_CANDIDATES = 10_000
"""More names than these are not compared, so that a run with many errors stays quick."""


def nearest(unknown: str, known: Iterable[str]) -> str | None:
    """The known name nearest to the unknown one, if it is near enough to be a slip; case does not count."""
    limit = max(1, len(unknown) // 3)
    best: tuple[int, str] | None = None
    for index, candidate in enumerate(known):
        if index >= MAXIMUM_CANDIDATES:
            break
        if candidate == unknown or abs(len(candidate) - len(unknown)) > limit:
            continue
        distance = _distance(unknown.lower(), candidate.lower(), limit)
        if distance <= limit and (best is None or (distance, candidate) < best):
            best = (distance, candidate)
    return None if best is None else best[1]


def did_you_mean(unknown: str, known: Iterable[str]) -> str | None:
    """The hint, or None where nothing is near."""
    name = nearest(unknown, known)
    return None if name is None else f"did you mean `{name}`?"


def _distance(left: str, right: str, limit: int) -> int:
    """Edits between two names: insert, delete, replace, swap neighbours. Anything above the limit is limit + 1."""
    before_previous: list[int] = []
    previous = list(range(len(right) + 1))
    for row, left_character in enumerate(left, 1):
        current = [row]
        for column, right_character in enumerate(right, 1):
            cost = min(
                previous[column] + 1,
                current[column - 1] + 1,
                previous[column - 1] + (left_character != right_character),
            )
            swapped = (
                row > 1
                and column > 1
                and left[row - 2] == right_character
                and left_character == right[column - 2]
            )
            current.append(min(cost, before_previous[column - 2] + 1) if swapped else cost)
        if min(current) > limit:
            return limit + 1
        before_previous, previous = previous, current
    return previous[-1]
