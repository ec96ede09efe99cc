"""Programs that talk to one another: the schema they share, as generated Python, and how they are started."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from started_programs import Start

from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas

PROGRAMS = Path(__file__).parent / "programs"


@pytest.fixture(scope="session")
def desk_codecs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder with the generated module ``desk``, which is on the path of this process, too."""
    folder = tmp_path_factory.mktemp("desk")
    schema = compile_schemas(PROGRAMS, [PROGRAMS / "desk.myc"]).schema
    assert schema is not None
    for file in generate(schema, GenerationOptions()):
        (folder / file.path).write_text(file.text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture
def start(desk_codecs: Path) -> Iterator[Start]:
    """Starts a program of the folder ``programs`` with arguments; whatever still runs at the end is killed."""
    running: list[subprocess.Popen[str]] = []

    def start(program: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, str(PROGRAMS / program), *arguments],
            env={**os.environ, "PYTHONPATH": str(desk_codecs), **environment},
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
