"""The messages of the Rust program, generated and committed, so that the workspace builds without the compiler.

Run this file to write them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mycelium.codegen.rust import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas

FOLDER = Path(__file__).resolve().parent
VERSIONS = ("current", "other")


def fresh_files() -> Iterator[tuple[Path, str]]:
    """Each file and its text, as the generator makes them now."""
    for version in VERSIONS:
        schema = compile_schemas(FOLDER / "schemas" / version).schema
        assert schema is not None
        for file in generate(schema, GenerationOptions()):
            if file.path.name == "peering.rs":
                yield FOLDER / "programs" / "rust" / f"{version}.rs", file.text


def main() -> None:
    for path, text in fresh_files():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
