"""Compile any schemas, build their codecs in one language, and hand standard input and output to the result."""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from mycelium.idl.compiler import compile_schemas
from mycelium.idl.reporting import report

LANGUAGES = ("python", "rust", "ocaml")
_DRIVERS = Path(__file__).resolve().parent / "drivers"

Build = Callable[..., list[str]]
"""``build(schema, work)``: the command that answers; a driver may take options besides."""


def driver(language: str) -> Build:
    """The function that builds the driver program of a language and returns the command to run it."""
    specification = importlib.util.spec_from_file_location(
        f"interop_driver_{language}", _DRIVERS / f"{language}.py"
    )
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return cast(Build, module.build)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="testee", description=__doc__)
    parser.add_argument("language", choices=LANGUAGES)
    parser.add_argument("schema_root", type=Path)
    parser.add_argument(
        "files", nargs="*", type=Path, help="schema files; all below the root when none is named"
    )
    options = parser.parse_args(arguments)

    root: Path = options.schema_root
    files = [file if file.exists() else root / file for file in options.files] or None
    compilation = compile_schemas(root, files)
    if compilation.schema is None:
        sys.stderr.write(report(compilation.diagnostics, compilation.sources))
        return 1
    with tempfile.TemporaryDirectory(prefix="mycelium-testee-") as work:
        command = driver(options.language)(compilation.schema, Path(work))
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
