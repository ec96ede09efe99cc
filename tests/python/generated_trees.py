"""Schemas of several kinds, and the Python trees generated from them."""

from __future__ import annotations

from pathlib import Path

from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.schema import Schema

SCHEMAS = Path(__file__).with_name("schemas")
INTEROP = Path(__file__).resolve().parents[1] / "interop"

ROOTS = {
    **{name: SCHEMAS / name for name in ("apart", "nasty", "secret")},
    **{name: INTEROP / "schemas" / name for name in ("names", "packages", "shapes")},
    "vectors": INTEROP / "vectors",
    "examples": INTEROP.parents[1] / "schemas",
}


def compiled(name: str) -> Schema:
    compilation = compile_schemas(ROOTS[name])
    assert compilation.schema is not None, [str(each) for each in compilation.diagnostics]
    return compilation.schema


def write_tree(name: str, folder: Path) -> Path:
    """The generated tree of one of the schemas, in a folder."""
    for file in generate(compiled(name), GenerationOptions()):
        path = folder / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    return folder
