"""From one process to another and back: every contestant in turn, each turn with a fresh process on the other core."""

from __future__ import annotations

import gc
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benches.bus.channel import load
from benches.bus.results import Row, Table
from benches.bus.turns import CORES, Samples, measure, script_for
from benches.machine import pin

REPOSITORY = Path(__file__).resolve().parents[2]
TURN_SECONDS_MAX = 60
"""Whoever takes longer does not work here."""


class TurnFailed(Exception):
    """A contestant does not work on this machine; the text says why."""


def table(
    name: str,
    title: str,
    contestants: Sequence[str],
    subjects: Sequence[str],
    wait: str,
    rounds: int,
    divisor: int,
    notes: list[str],
) -> Table:
    """Measure; contestants that fail are left out, with a note."""
    found = {one: {subject: Samples() for subject in subjects} for one in contestants}
    for _ in range(rounds):
        for one in list(found):
            try:
                turn(one, wait, found[one], divisor)
            except (ImportError, TurnFailed) as error:
                notes.append(f"{title}: without {one}: {error}")
                print(f"benches.bus: {notes[-1]}", file=sys.stderr)
                del found[one]
    rows = []
    for one, by_subject in found.items():
        cells = {
            f"{column}_{subject}": cell
            for subject, samples in by_subject.items()
            for column, cell in samples.cells().items()
        }
        rows.append(Row(one, load(one).TITLE, cells))
    return Table(name, title, rows)


def turn(name: str, wait: str, found: dict[str, Samples], divisor: int) -> None:
    """One contestant, with all subjects."""
    peer = load(name)
    script = script_for(wait, divisor)
    cores = os.sched_getaffinity(0)
    with other_process(name, wait, list(found), divisor) as (folder, other):
        gc.collect()
        gc.disable()
        try:
            for subject, samples in found.items():
                channel = peer.open_channel(folder / subject, True, subject, wait)
                # Only now: the other process and threads of the contestant may choose, and a bus that looks for processors to
                # spin on sees both.
                pin(CORES[0])
                measure(channel, script, samples)
                _hang_up(other)
                channel.close()
                os.sched_setaffinity(0, cores)
        finally:
            os.sched_setaffinity(0, cores)
            gc.enable()


@contextmanager
def other_process(
    name: str, wait: str, subjects: Sequence[str], divisor: int
) -> Iterator[tuple[Path, subprocess.Popen[bytes]]]:
    """The process of the other end, and the folder where they meet.

    Raises TurnFailed with what it said, where it fails or takes too long.
    """
    folder = Path(tempfile.mkdtemp(prefix="mycelium-bench-", dir=_shared_memory()))
    for subject in subjects:
        (folder / subject).mkdir()
    arguments = [name, wait, ",".join(subjects), str(divisor), str(folder)]
    other = subprocess.Popen(
        [sys.executable, "-m", "benches.bus.other_process", *arguments],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    previous = signal.signal(signal.SIGALRM, _out_of_time)
    signal.alarm(TURN_SECONDS_MAX)
    try:
        yield folder, other
        if other.wait() != 0:
            raise TurnFailed("the other process failed")
    except (OSError, RuntimeError, TurnFailed, ValueError) as error:
        other.kill()
        said = (other.communicate()[1] or b"").decode(errors="replace").strip().splitlines()
        raise TurnFailed(f"{error}; the other process: {said[-1] if said else 'no word'}") from error
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, previous)
        other.kill()
        other.communicate()
        shutil.rmtree(folder, ignore_errors=True)


def _hang_up(other: subprocess.Popen[bytes]) -> None:
    assert other.stdin is not None
    other.stdin.write(b"\n")
    other.stdin.flush()


def _out_of_time(_number: int, _frame: Any) -> None:
    raise TurnFailed(f"no end after {TURN_SECONDS_MAX} s")


def _shared_memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None
