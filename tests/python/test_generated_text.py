"""The text of generated modules: formatted, deterministic, clean under type checkers."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import black
import pytest
from generated_trees import ROOTS, compiled, write_tree

from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions


@pytest.mark.parametrize("name", ROOTS)
def test_black_changes_nothing(name: str) -> None:
    for file in generate(compiled(name), GenerationOptions()):
        assert black.format_str(file.text, mode=black.Mode()) == file.text, file.path


@pytest.mark.parametrize("name", ROOTS)
def test_the_same_schema_gives_the_same_text(name: str) -> None:
    first, second = (generate(compiled(name), GenerationOptions()) for _ in range(2))
    assert first == second
    assert list(first) == sorted(first, key=lambda file: file.path)


@pytest.mark.parametrize("name", ROOTS)
def test_every_module_and_class_is_documented(name: str) -> None:
    for file in generate(compiled(name), GenerationOptions()):
        tree = ast.parse(file.text)
        assert ast.get_docstring(tree), file.path
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                assert ast.get_docstring(node), f"{file.path}: {node.name}"


@pytest.mark.parametrize("name", ROOTS)
def test_mypy_finds_nothing(name: str, tmp_path: Path) -> None:
    tree = write_tree(name, tmp_path)
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path.parent / "cache"), "."]
    run = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout
