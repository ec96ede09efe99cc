"""What the Python program answers a command with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue

from mycelium.bus import (
    AmbiguousRequest,
    BusClosed,
    BusError,
    NoServer,
    QueueFull,
    ReceiveTimedOut,
    RequestFailed,
    RequestTimedOut,
)
from mycelium.errors import EncodeError, MyceliumError

KINDS: list[tuple[type[Exception], str]] = [
    (BusClosed, "closed"),
    (QueueFull, "full"),
    (ReceiveTimedOut, "timed_out"),
    (RequestTimedOut, "timed_out"),
    (NoServer, "no_server"),
    (AmbiguousRequest, "ambiguous"),
    (RequestFailed, "failed"),
    (EncodeError, "invalid"),
    (BusError, "other"),
    (MyceliumError, "node"),
    (ValueError, "usage"),
]


class Failure(Exception):
    """An answer that begins with ``error``: a word that names the kind, then a sentence."""

    def __init__(self, kind: str, sentence: object) -> None:
        super().__init__(f"{kind} {sentence}")
        self.kind = kind
        self.sentence = sentence

    @classmethod
    def of(cls, error: Exception, done: object = "") -> Failure:
        """What went wrong, with what was done before in front."""
        if isinstance(error, Failure):
            return error
        kind = next((kind for known, kind in KINDS if isinstance(error, known)), "other")
        return cls(kind, f"{done} {error}".strip())


@dataclass
class Gathered:
    """Numbers in the order they came, by publisher; those that follow one another as a range."""

    ranges: dict[str, list[list[int]]] = field(default_factory=dict)

    def add(self, source: str, number: int) -> None:
        ranges = self.ranges.setdefault(source, [])
        if ranges and ranges[-1][1] + 1 == number:
            ranges[-1][1] = number
        else:
            ranges.append([number, number])

    def __str__(self) -> str:
        return " ".join(
            f"{source}:" + ",".join(str(a) if a == b else f"{a}-{b}" for a, b in self.ranges[source])
            for source in sorted(self.ranges)
        )


class Task:
    """A command that runs in a thread of its own."""

    def __init__(self, work: Callable[[threading.Event], str]) -> None:
        self.stop = threading.Event()
        self._answer: SimpleQueue[str | Exception] = SimpleQueue()
        threading.Thread(target=self._run, args=(work,), daemon=True).start()

    def _run(self, work: Callable[[threading.Event], str]) -> None:
        try:
            self._answer.put(work(self.stop))
        except Exception as error:
            self._answer.put(error)

    def join(self, seconds: float) -> str:
        try:
            answer = self._answer.get(timeout=seconds)
        except Empty:
            raise Failure("timed_out", "it still runs") from None
        if isinstance(answer, Exception):
            raise answer
        return answer
