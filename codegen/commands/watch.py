"""``mycelium-gen SCHEMAS --watch``: generate now, and again whenever a schema or their lock changes."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from watchfiles import Change, watch

from mycelium.codegen.commands import generate
from mycelium.codegen.commands.console import FINE, Console, UsageError
from mycelium.codegen.commands.schemas import SchemaSelection
from mycelium.codegen.commands.versions import LOCK_NAME
from mycelium.codegen.output import OutputError
from mycelium.codegen.target import GenerationFailure

SETTLE_MILLISECONDS = 50
"""Editors save in bursts; changes closer together than this count as one."""


def run(selection: SchemaSelection, options: generate.GenerateOptions, console: Console) -> int:
    """Run until interrupted. An error is shown and the watch goes on: the next save may mend it."""
    with _stopped_by_interrupt() as stop:
        _generate(selection, options, console)
        console.remark(f"watching {selection.root}; stop with Ctrl-C")
        changes = watch(selection.root, watch_filter=_is_input, step=SETTLE_MILLISECONDS, stop_event=stop)
        for _ in changes:
            _generate(selection, options, console)
    return FINE


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


def _is_input(_change: Change, path: str) -> bool:
    return Path(path).suffix == ".myc" or Path(path).name == LOCK_NAME
