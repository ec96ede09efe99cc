"""The dune rule of the example: it compiles when, and only when, schemas change."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from compiler_log import CompilerLog

REPOSITORY = Path(__file__).resolve().parents[2]


@dataclass
class Workspace:
    """A copy of the example and the runtime, in one workspace."""

    folder: Path
    compiler: CompilerLog

    @property
    def schema(self) -> Path:
        return self.folder / "shop" / "schemas" / "shop.myc"

    def build(self, path: str | None = None) -> subprocess.CompletedProcess[str]:
        search = path or os.pathsep.join([str(self.compiler.folder), os.environ["PATH"]])
        return subprocess.run(
            ["dune", "build", "--root", ".", "--display", "quiet", "./shop/main.exe"],
            cwd=self.folder,
            env={**os.environ, "PATH": search},
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self) -> str:
        """What the program prints, built first where it has to be."""
        done = self.build()
        assert done.returncode == 0, done.stderr
        program = self.folder / "_build" / "default" / "shop" / "main.exe"
        return subprocess.run([program], capture_output=True, text=True, check=True).stdout


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    example = REPOSITORY / "examples" / "integrations" / "dune"
    shutil.copytree(example, tmp_path / "work" / "shop", ignore=shutil.ignore_patterns("_build"))
    (tmp_path / "work" / "runtime").symlink_to(REPOSITORY / "runtime" / "ocaml")
    (tmp_path / "bin").mkdir()
    return Workspace(tmp_path / "work", CompilerLog(tmp_path / "bin"))


def test_schemas_are_compiled_again_only_when_they_change(workspace: Workspace) -> None:
    assert workspace.run() == 'Order { id = 7; item = "lamp" }\n'
    assert workspace.compiler.calls == 1
    program = workspace.folder / "shop" / "main.ml"
    program.write_text(program.read_text().replace("7L", "8L"))
    assert workspace.run() == 'Order { id = 8; item = "lamp" }\n'
    assert workspace.compiler.calls == 1, "no schema changed"

    workspace.schema.write_text(workspace.schema.read_text().replace("item:", "thing:"))
    program.write_text(program.read_text().replace("~item", "~thing"))
    assert workspace.run() == 'Order { id = 8; thing = "lamp" }\n'
    assert workspace.compiler.calls == 2, "a schema changed"

    (workspace.schema.parent / "more.myc").write_text("package shop;\n\nmessage Bill { 1 sum: u32; }\n")
    program.write_text(program.read_text().replace("let () =", "let _ = Bill.make ~sum:3 ()\n\nlet () ="))
    assert workspace.run() == 'Order { id = 8; thing = "lamp" }\n'
    assert workspace.compiler.calls == 3, "a schema is new"


def test_mistakes_are_shown_as_the_compiler_shows_them(workspace: Workspace) -> None:
    workspace.schema.write_text(workspace.schema.read_text().replace("string", "strin"))
    failed = workspace.build()
    assert failed.returncode != 0
    assert "error[MYC0304]" in failed.stderr and "schemas/shop.myc:" in failed.stderr


def test_a_missing_compiler_is_named(workspace: Workspace, tmp_path: Path) -> None:
    (tmp_path / "without").mkdir()
    for name in ("dune", "ocamlfind", "ocamlc", "ocamlopt"):
        found = shutil.which(name)
        if found is not None:
            (tmp_path / "without" / name).symlink_to(found)
    failed = workspace.build(path=str(tmp_path / "without"))
    assert failed.returncode != 0 and "Program mycelium-gen not found" in failed.stderr
