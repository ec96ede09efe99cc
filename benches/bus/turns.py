"""A turn: the same number of messages there and back at both ends, each in a process and on a core of its own."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from benches.bus.channel import SPIN, Channel
from benches.rounds import summary

CORES = (0, 1)
"""The core of the end that measures, and that of the other."""


@dataclass(frozen=True)
class Script:
    """What happens in one turn. Both ends know it beforehand, so that no message has to say so."""

    warm_up: int
    round_trips: int
    one_way: int
    """Messages sent one way as fast as they are taken, of which the last is answered."""


def script_for(wait: str, divisor: int) -> Script:
    """A shorter one by ``divisor``, for those who only want to see it run."""
    if wait == SPIN:
        return Script(600 // divisor, 6000 // divisor, 12_000 // divisor)
    return Script(60 // divisor, 500 // divisor, 6000 // divisor)


@dataclass
class Samples:
    """What was measured of one contestant with one subject, in nanoseconds."""

    round_trips: list[int] = field(default_factory=list)
    one_way: list[float] = field(default_factory=list)

    def cells(self) -> dict[str, list[float]]:
        """p50, p99 and p99.9 of all round trips, and the median of the rounds one way."""
        return {
            "round_trip": percentiles(self.round_trips),
            "one_way": [round(summary(self.one_way).median_ns, 1)],
        }


def percentiles(times: Sequence[int]) -> list[float]:
    """The 50th, the 99th and the 99.9th."""
    ordered = sorted(times)
    last = len(ordered) - 1
    return [float(ordered[min(last, int(len(ordered) * share))]) for share in (0.5, 0.99, 0.999)]


def measure(channel: Channel, script: Script, samples: Samples) -> None:
    """The end that measures.

    Raises ValueError where an answer is not what was sent.
    """
    send, receive, message, now = channel.send, channel.receive, channel.message, time.perf_counter_ns
    found: list[int] = []
    for _ in range(script.warm_up):
        send(message)
        answer = receive()
        if isinstance(message, bytes) and bytes(answer) != message:
            raise ValueError(f"sent {len(message)} bytes, and got others back")
    for _ in range(script.round_trips):
        before = now()
        send(message)
        receive()
        found.append(now() - before)
    before = now()
    for _ in range(script.one_way):
        send(message)
    receive()
    samples.one_way.append((now() - before) / script.one_way)
    samples.round_trips += found


def answer(channel: Channel, script: Script) -> None:
    """The other end."""
    send, receive = channel.send, channel.receive
    for _ in range(script.warm_up + script.round_trips):
        send(receive())
    for _ in range(script.one_way - 1):
        receive()
    send(receive())
