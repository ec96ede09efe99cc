"""``mycelium-gen SCHEMAS --watch``: generate now, and again whenever a schema or their lock changes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

from watchfiles import Change, watch
from watchfiles.main import FileChange

from mycelium.codegen.commands import generate
from mycelium.codegen.commands.console import FINE, Console, UsageError
from mycelium.codegen.commands.schemas import SchemaSelection
from mycelium.codegen.commands.versions import LOCK_NAME
from mycelium.codegen.output import OutputError
from mycelium.codegen.target import GenerationFailure

SETTLE_MILLISECONDS = 50
"""Editors save in bursts; changes closer together than this count as one."""


LOOK_MILLISECONDS = 500
"""How often to look whether the folder is still the one that is watched. Switching branches may make it anew."""


def run(selection: SchemaSelection, options: generate.GenerateOptions, console: Console) -> int:
    """Run until interrupted. An error is shown and the watch goes on: the next save may mend it."""
    with _stopped_by_interrupt() as stop:
        console.remark(f"watching {selection.root}; stop with Ctrl-C")
        for _ in _occasions(selection.root.absolute(), stop):
            _generate(selection, options, console)
    return FINE


def _occasions(root: Path, stop: Event) -> Iterator[None]:
    """One item at once, one for each burst of changes, and one when the folder is there again after it was gone."""
    while not stop.is_set():
        watched = _identity(root)
        if watched is None:
            stop.wait(LOOK_MILLISECONDS / 1000)
            continue
        seen = _times_of_inputs(root)
        yield
        # A folder that goes just now cannot be watched.
        with suppress(FileNotFoundError):
            for number, found in enumerate(_events(root, stop)):
                # A new folder may have the number of the old one, which is why its end counts, too.
                if _identity(root) != watched or any(_is_end_of(root, *each) for each in found):
                    break
                # The first run may have taken a while, and nobody was watching then.
                if found or (number == 0 and _times_of_inputs(root) != seen):
                    yield


def _times_of_inputs(root: Path) -> dict[Path, int]:
    times: dict[Path, int] = {}
    for path in (*root.rglob("*.myc"), root / LOCK_NAME):
        with suppress(OSError):
            times[path] = path.stat().st_mtime_ns
    return times


def _events(root: Path, stop: Event) -> Iterator[set[FileChange]]:
    """Bursts of changes, and now and then an empty one."""
    return watch(
        root,
        watch_filter=lambda change, path: _is_input(path) or _is_end_of(root, change, path),
        step=SETTLE_MILLISECONDS,
        stop_event=stop,
        rust_timeout=LOOK_MILLISECONDS,
        yield_on_timeout=True,
    )


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another of the same name; None where there is none."""
    try:
        status = folder.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


@contextmanager
def _stopped_by_interrupt() -> Iterator[Event]:
    """An event that Ctrl-C sets: a run under way is finished, and no interrupt is lost in a library."""
    stop = Event()
    before = signal.signal(signal.SIGINT, lambda _number, _frame: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGINT, before)


def _generate(selection: SchemaSelection, options: generate.GenerateOptions, console: Console) -> None:
    try:
        generate.run(selection, options, console)
    except (OutputError, UsageError, GenerationFailure) as error:
        console.remark(f"mycelium-gen: {error}")


def _is_input(path: str) -> bool:
    return Path(path).suffix == ".myc" or Path(path).name == LOCK_NAME


def _is_end_of(root: Path, change: Change, path: str) -> bool:
    return change is Change.deleted and Path(path) == root
