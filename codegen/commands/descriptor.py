"""``mycelium-gen descriptor SCHEMAS``: the resolved schema as JSON, on standard output or into a file."""

from __future__ import annotations

import json
from pathlib import Path

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console, UsageError
from mycelium.codegen.commands.schemas import SchemaSelection, compile_selection
from mycelium.idl.descriptor import to_descriptor


def run(selection: SchemaSelection, out: Path | None, console: Console) -> int:
    """Print or write; the same schema gives the same bytes."""
    schema = compile_selection(selection, console)
    if schema is None:
        return PROBLEMS_FOUND
    text = json.dumps(to_descriptor(schema), indent=2, ensure_ascii=False, allow_nan=False)
    if out is None:
        console.result(text)
        return FINE
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{out}: {error.strerror}") from error
    console.remark(f"{out}: written")
    return FINE
