"""How long messages were on their way."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Self

import msgspec


class Latencies(msgspec.Struct, frozen=True):
    """Times between the publication of messages and their receipt, each told within 1 %: a HdrHistogram.

    ``recorded`` has each time, in nanoseconds, and how many messages took it; times rise.
    """

    recorded: tuple[tuple[int, int], ...] = ()

    @classmethod
    def of_all(cls, parts: Iterable[Latencies]) -> Self:
        """Those of several."""
        counts: Counter[int] = Counter()
        for part in parts:
            for nanoseconds, count in part.recorded:
                counts[nanoseconds] += count
        return cls(tuple(sorted(counts.items())))

    @property
    def count(self) -> int:
        """How many were recorded."""
        return sum(count for _, count in self.recorded)

    @property
    def sum(self) -> float:
        """All of them together, in seconds."""
        return sum(nanoseconds * count for nanoseconds, count in self.recorded) / 1e9

    @property
    def longest(self) -> float:
        """The longest, in seconds; 0 where none was recorded."""
        return self.recorded[-1][0] / 1e9 if self.recorded else 0.0

    def quantile(self, share: float) -> float:
        """The time in seconds that this share of messages did not exceed, 0.5 for the median; 0 where none was recorded.

        Raises ValueError for a share outside 0 to 1.
        """
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"share {share}: it goes from 0 to 1")
        wanted = max(1, math.ceil(share * self.count))
        seen = 0
        for nanoseconds, count in self.recorded:
            seen += count
            if seen >= wanted:
                return nanoseconds / 1e9
        return 0.0

    def cumulative(self, bounds: Sequence[int]) -> Iterator[int]:
        """How many took no longer than each of these times, in nanoseconds, which rise."""
        seen, place = 0, 0
        for bound in bounds:
            while place < len(self.recorded) and self.recorded[place][0] <= bound:
                seen += self.recorded[place][1]
                place += 1
            yield seen
