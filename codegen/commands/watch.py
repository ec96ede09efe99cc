"""``mycelium-gen SCHEMAS --watch``: generate now, and again whenever a schema changes."""

from __future__ import annotations

from pathlib import Path

from watchfiles import Change, watch

from mycelium.codegen.commands import generate
from mycelium.codegen.commands.console import FINE, Console
from mycelium.codegen.commands.schemas import SchemaSelection
from mycelium.codegen.output import OutputError

SETTLE_MILLISECONDS = 50
"""Editors save in bursts; changes closer together than this count as one."""


def run(selection: SchemaSelection, options: generate.GenerateOptions, console: Console) -> int:
    """Run until interrupted. An error is shown and the watch goes on: the next save may mend it."""
    _generate(selection, options, console)
    console.remark(f"watching {selection.root}; stop with Ctrl-C")
    for _ in watch(selection.root, watch_filter=_is_schema, step=SETTLE_MILLISECONDS, raise_interrupt=False):
        _generate(selection, options, console)
    return FINE


def _generate(selection: SchemaSelection, options: generate.GenerateOptions, console: Console) -> None:
    try:
        generate.run(selection, options, console)
    except OutputError as error:
        console.remark(f"mycelium-gen: {error}")


def _is_schema(_change: Change, path: str) -> bool:
    return Path(path).suffix == ".myc"
