"""The programs of docs/ffi.md: Python in a Rust process, and Rust in a Python process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "examples" / "ffi"
DOCUMENT = (REPOSITORY / "docs" / "ffi.md").read_text()
TARGET = REPOSITORY / "runtime" / "rust" / "target"

pytestmark = pytest.mark.xdist_group("quickstart")


def built(crate: str, file: str) -> Path:
    """What cargo makes of an example, for the interpreter that runs this, beside what the tests have built already."""
    subprocess.run(
        ["cargo", "build", "--quiet", "--offline", "--manifest-path", FOLDER / crate / "Cargo.toml"],
        env={**os.environ, "PYO3_PYTHON": sys.executable, "CARGO_TARGET_DIR": str(TARGET)},
        check=True,
        timeout=600,
    )
    return TARGET / "debug" / file


def output_of(*command: str | Path) -> list[str]:
    """The lines a program prints, with generated codecs and the examples at hand."""
    paths = [REPOSITORY / "generated" / "python", FOLDER]
    done = subprocess.run(
        command,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_python_runs_in_a_rust_process() -> None:
    program = built("rust-host", "rust-host")
    lines = output_of(program, FOLDER / "topology.toml", sys.executable)
    assert lines == ["python of EURUSD: +0.25"] * 5


def test_rust_runs_in_a_python_process() -> None:
    library = built("rust-guest", "libstrategy.so")
    lines = output_of(sys.executable, FOLDER / "market_data.py", FOLDER / "topology.toml", library)
    assert lines == ["rust of EURUSD: +0.50"] * 5


def test_the_document_quotes_the_programs_in_python() -> None:
    sources = [path.read_text() for path in FOLDER.glob("*.py")]
    shown = re.findall(r"^```py\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)
    assert shown
    for excerpt in shown:
        assert any(excerpt in source for source in sources), excerpt
