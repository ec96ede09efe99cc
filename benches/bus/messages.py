"""The generated messages of benches/schemas, for Mycelium's own contestants."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / ".cache" / "bench" / "bus-messages"


def generate() -> None:
    """Compile the schemas; every process of a run then imports what lies there.

    Raises RuntimeError where they do not compile.
    """
    # Only here: the other process of a turn does not need the compiler, and starts sooner without.
    from mycelium.codegen.commands.console import Console
    from mycelium.codegen.commands.generate import GenerateOptions, run
    from mycelium.codegen.commands.schemas import select

    schemas = Path(__file__).resolve().parents[1] / "schemas"
    if run(select([schemas], None), GenerateOptions(FOLDER, ["python"]), Console(quiet=True)) != 0:
        raise RuntimeError(f"{schemas} does not compile")


def load() -> Any:
    """The module of the package ``bench.bus``."""
    folder = str(FOLDER / "python")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module("bench.bus")
