"""Runs mypy over user code of generated classes and compares what it reveals with what is written beside."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas

HERE = Path(__file__).parent

_REVEALED = re.compile(r":(\d+): note: Revealed type is \"(.*)\"$")
_MISTAKE = re.compile(r":(\d+): error: (.*)$")
_EXPECTED = re.compile(r"  # (?:error: )?(.*)$")


@pytest.mark.parametrize("name", ["order_types.py", "bus_types.py"])
def test_types_are_what_a_user_expects(name: str, tmp_path: Path) -> None:
    user_code = HERE / name
    schema = compile_schemas(HERE / "schemas").schema
    assert schema is not None
    for file in generate(schema, GenerationOptions()):
        (tmp_path / file.path).write_text(file.text, encoding="utf-8")
    (tmp_path / user_code.name).write_text(user_code.read_text(encoding="utf-8"), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--no-error-summary", user_code.name]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    expected = {
        (number, match[1])
        for number, line in enumerate(user_code.read_text(encoding="utf-8").splitlines(), 1)
        if ("reveal_type(" in line or "# error:" in line) and (match := _EXPECTED.search(line))
    }
    found = {
        (int(match[1]), match[2])
        for line in run.stdout.splitlines()
        if (match := _REVEALED.search(line) or _MISTAKE.search(line))
    }
    assert len(expected) > 30
    for number, text in sorted(expected):
        told = [message for line, message in found if line == number]
        assert any(message.startswith(text) for message in told), f"line {number}: {text!r}, but {told}"
    assert {number for number, _ in found} == {number for number, _ in expected}, run.stdout
