"""Schemas as data: every invalid one beside the exact text it must give, every valid one beside what it means.

After a change that is meant to alter the output, rewrite what stands beside them and read the difference:
``MYCELIUM_ACCEPT=1 pytest tests/idl/test_cases.py``.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from schema_text import schema_text

from mycelium.idl.compiler import Compilation, compile_schemas
from mycelium.idl.lint import lint
from mycelium.idl.reporting import report

CASES = Path(__file__).with_name("cases")
INVALID, VALID, WARNED = (
    sorted(path for path in (CASES / kind).iterdir() if path.suffix in (".myc", ""))
    for kind in ("invalid", "valid", "warnings")
)


def compile_case(case: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Compilation:
    """Compile a copy of one file or folder, alone, so that no case sees another."""
    if case.is_dir():
        shutil.copytree(case, folder, dirs_exist_ok=True)
    else:
        shutil.copy(case, folder)
    monkeypatch.chdir(folder)
    return compile_schemas(Path())


def assert_equals_golden(actual: str, golden: Path) -> None:
    if os.environ.get("MYCELIUM_ACCEPT"):
        golden.write_text(actual, encoding="utf-8")
    assert actual == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", INVALID, ids=lambda case: case.stem)
def test_invalid(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compilation = compile_case(case, tmp_path, monkeypatch)
    assert compilation.schema is None
    text = report(compilation.diagnostics, compilation.sources)
    assert_equals_golden(text, case.with_suffix(".txt"))


@pytest.mark.parametrize("case", VALID, ids=lambda case: case.stem)
def test_valid(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compilation = compile_case(case, tmp_path, monkeypatch)
    assert compilation.schema is not None, report(compilation.diagnostics, compilation.sources)
    assert_equals_golden(schema_text(compilation.schema), case.with_suffix(".txt"))


@pytest.mark.parametrize("case", WARNED, ids=lambda case: case.stem)
def test_warnings(case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compilation = compile_case(case, tmp_path, monkeypatch)
    assert compilation.diagnostics == ()
    text = report(lint(compilation), compilation.sources)
    assert_equals_golden(text, case.with_suffix(".txt"))


def test_no_golden_is_orphaned() -> None:
    goldens = {path for folder in ("invalid", "valid", "warnings") for path in (CASES / folder).glob("*.txt")}
    assert goldens == {case.with_suffix(".txt") for case in (*INVALID, *VALID, *WARNED)}


def test_there_is_no_lint_while_there_are_errors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert lint(compile_case(CASES / "invalid" / "shadows_python.myc", tmp_path, monkeypatch)) == ()
