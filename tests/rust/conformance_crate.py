"""The crate of the conformance schema that the runtime's own tests and its fuzzer use.

It is committed, so that the workspace builds without the compiler. Run this file to write it anew.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mycelium.codegen.rust import generate
from mycelium.codegen.target import GenerationOptions, RenderedFile
from mycelium.idl.compiler import compile_schemas

REPOSITORY = Path(__file__).resolve().parents[2]
VECTORS = REPOSITORY / "tests" / "interop" / "vectors"
CRATE = REPOSITORY / "runtime" / "rust" / "conformance"


def fresh_files() -> Sequence[RenderedFile]:
    """The files as the generator makes them now."""
    schema = compile_schemas(VECTORS, [VECTORS / "conformance.myc"]).schema
    assert schema is not None
    return generate(schema, GenerationOptions(rust_runtime="../mycelium"))


def main() -> None:
    for file in fresh_files():
        path = CRATE / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")


if __name__ == "__main__":
    main()
