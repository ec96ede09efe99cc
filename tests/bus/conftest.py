"""Programs that talk to one another: the schema they share, as generated Python, and how they are started."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from started_programs import Start

from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas

PROGRAMS = Path(__file__).parent / "programs"


def generate_codecs(folder: Path) -> None:
    """Write the generated module ``desk``."""
    schema = compile_schemas(PROGRAMS, [PROGRAMS / "desk.myc"]).schema
    assert schema is not None
    for file in generate(schema, GenerationOptions()):
        (folder / file.path).write_text(file.text, encoding="utf-8")


# Tests import it by name, as programs do: it is there before they are.
_CODECS = tempfile.TemporaryDirectory(prefix="desk-codecs-")
generate_codecs(Path(_CODECS.name))
sys.path.insert(0, _CODECS.name)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a program of the folder ``programs`` with arguments; whatever still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def start(program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAMS / program), *arguments],
            env={**os.environ, "PYTHONPATH": _CODECS.name, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start
    for process in running:
        process.kill()
        process.communicate()
