"""What waiting costs: a process that has received one message and waits for the next one."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from benches.bus.channel import SLEEP, load
from benches.bus.processes import TurnFailed, other_process
from benches.bus.results import Row, Table

SUBJECT = "64"
SECONDS = 1.0
SETTLING_SECONDS = 0.2
"""What is started lazily, or spins for a moment after a message, is then at rest."""


def table(contestants: Sequence[str], notes: list[str]) -> Table:
    """Milliseconds of processor and wake-ups, of all its threads, per second of waiting."""
    rows = []
    for name in contestants:
        try:
            rows.append(_row(name))
        except (ImportError, TurnFailed) as error:
            notes.append(f"Waiting: without {name}: {error}")
    return Table("idle", "Waiting for a message that does not come", rows)


def _row(name: str) -> Row:
    peer = load(name)
    with other_process(name, SLEEP, [SUBJECT], 0) as (folder, other):
        channel = peer.open_channel(folder / SUBJECT, True, SUBJECT, SLEEP)
        channel.send(channel.message)
        channel.receive()
        time.sleep(SETTLING_SECONDS)
        before, start = _spent(other.pid), time.perf_counter()
        time.sleep(SECONDS)
        after, seconds = _spent(other.pid), time.perf_counter() - start
        channel.send(channel.message)
        assert other.stdin is not None
        other.stdin.write(b"\n")
        other.stdin.flush()
        other.wait()
        channel.close()
    processor_ms, wakeups = ((late - early) / seconds for late, early in zip(after, before, strict=True))
    return Row(
        name, peer.TITLE, {"idle_processor": [round(processor_ms, 2)], "idle_wakeups": [round(wakeups, 1)]}
    )


def _spent(process: int) -> tuple[float, float]:
    """Milliseconds of processor, and switches, of a process's threads so far."""
    milliseconds = switches = 0.0
    for thread in Path(f"/proc/{process}/task").iterdir():
        # The scheduler's own count, in nanoseconds: the clock ticks of `stat` are too coarse for what sleeps.
        milliseconds += int((thread / "schedstat").read_text().split()[0]) / 1e6
        for line in (thread / "status").read_text().splitlines():
            if "voluntary_ctxt_switches" in line:
                switches += int(line.split()[1])
    return milliseconds, switches
