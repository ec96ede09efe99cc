"""The table of changes as data: a folder for each row, with two versions and what is said of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mycelium.idl.compiler import compile_schemas
from mycelium.idl.schema import Schema

CASES = sorted(Path(__file__).with_name("cases").iterdir())


def compiled(file: Path) -> Schema:
    """The schema in one file."""
    compilation = compile_schemas(file.parent, [file])
    assert compilation.schema is not None, [found.message for found in compilation.diagnostics]
    return compilation.schema


def schema_of(text: str) -> Schema:
    """The schema of the package `shop` with these declarations."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "shop.myc"
        file.write_text(f"package shop;\n{text}\n")
        return compiled(file)
