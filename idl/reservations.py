"""``reserved`` statements -> what is reserved. Malformed entries are left out here and reported by ``numbering``."""

from __future__ import annotations

from collections.abc import Iterable

from mycelium.idl import ast
from mycelium.idl.literals import whole_number
from mycelium.idl.schema import Reserved


def reserved_range(numbers: ast.ReservedNumbers) -> tuple[int, int] | None:
    """First and last number of an entry; None when an end is not a whole number or they are the wrong way round."""
    lower = whole_number(numbers.lower.text)
    upper = lower if numbers.upper is None else whole_number(numbers.upper.text)
    if lower is None or upper is None or lower > upper:
        return None
    return lower, upper


def merge_reservations(statements: Iterable[ast.ReservedStatement]) -> Reserved:
    """All statements of one declaration or package: ranges sorted and merged, names sorted."""
    ranges: list[tuple[int, int]] = []
    names: set[str] = set()
    for statement in statements:
        ranges.extend(range_ for numbers in statement.numbers if (range_ := reserved_range(numbers)))
        names.update(name.text for name in statement.names)
    merged: list[tuple[int, int]] = []
    for lower, upper in sorted(ranges):
        if merged and lower <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(upper, merged[-1][1]))
        else:
            merged.append((lower, upper))
    return Reserved(tuple(merged), tuple(sorted(names)))
