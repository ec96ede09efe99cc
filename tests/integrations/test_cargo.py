"""The crate for build scripts, in the example that uses it: it compiles when, and only when, schemas change."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest
from compiler_log import CompilerLog

REPOSITORY = Path(__file__).resolve().parents[2]
STOCK = "package warehouse.stock;\n\nmessage Item = 1001 {\n    1 shelf: u16;\n}\n"
USE_OF_STOCK = 'println!("{:?}", warehouse::stock::Item { shelf: 12 });'


@dataclass
class Crate:
    """A copy of the example where it finds the runtime as in the project."""

    folder: Path
    compiler: CompilerLog

    def cargo(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["cargo", *words, "--quiet", "--offline"],
            cwd=self.folder,
            env={**os.environ, "CARGO_TARGET_DIR": "target"} | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def run(self) -> str:
        """What the program prints, built first where it has to be."""
        done = self.cargo("run", MYCELIUM_GEN=str(self.compiler.program))
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def crate(tmp_path: Path) -> Crate:
    folder = tmp_path / "examples" / "integrations" / "cargo"
    example = REPOSITORY / "examples" / "integrations" / "cargo"
    shutil.copytree(example, folder, ignore=shutil.ignore_patterns("target"))
    (tmp_path / "runtime").symlink_to(REPOSITORY / "runtime")
    (tmp_path / "bin").mkdir()
    return Crate(folder, CompilerLog(tmp_path / "bin"))


def test_schemas_are_compiled_again_only_when_they_change(crate: Crate) -> None:
    assert crate.run() == 'Order { id: 7, item: "lamp" }\n'
    assert crate.compiler.calls == 1
    program = crate.folder / "src" / "main.rs"
    program.write_text(program.read_text().replace("id: 7", "id: 8"))
    assert crate.run() == 'Order { id: 8, item: "lamp" }\n'
    assert crate.compiler.calls == 1, "no schema changed"

    (crate.folder / "schemas" / "warehouse").mkdir()
    (crate.folder / "schemas" / "warehouse" / "stock.myc").write_text(STOCK)
    program.write_text(program.read_text().replace("    Ok(())", f"    {USE_OF_STOCK}\n    Ok(())"))
    assert crate.run().endswith("\nItem { shelf: 12 }\n")
    assert crate.compiler.calls == 2, "a schema is new"

    (crate.folder / "schemas" / "warehouse" / "stock.myc").write_text(STOCK.replace("shelf", "rack"))
    failed = crate.cargo("build", MYCELIUM_GEN=str(crate.compiler.program))
    assert failed.returncode != 0 and "has no field named `shelf`" in failed.stderr
    assert crate.compiler.calls == 3, "a schema changed"


def test_mistakes_are_shown_as_the_compiler_shows_them(crate: Crate) -> None:
    schema = crate.folder / "schemas" / "shop.myc"
    schema.write_text(schema.read_text().replace("string", "strin"))
    failed = crate.cargo("build", MYCELIUM_GEN=str(crate.compiler.program))
    assert failed.returncode != 0
    assert "error[MYC0304]" in failed.stderr and "did you mean" in failed.stderr
    assert "schemas: mycelium-gen found what it printed above" in failed.stderr
    assert "panicked" not in failed.stderr


@pytest.mark.parametrize("variable", [{"MYCELIUM_GEN": "nowhere/mycelium-gen"}, {"PATH": "without"}])
def test_a_missing_compiler_is_a_clear_error(crate: Crate, variable: dict[str, str]) -> None:
    tools = {Path(shutil.which(name) or "").parent for name in ("cargo", "cc")}
    without = [str(folder) for folder in sorted(tools) if not (folder / "mycelium-gen").exists()]
    variables = {"PATH": os.pathsep.join(without)} if "PATH" in variable else variable
    failed = crate.cargo("build", **variables)
    assert failed.returncode != 0 and "panicked" not in failed.stderr
    assert 'no such command; `pip install "mycelium-bus[gen]"` installs mycelium-gen' in failed.stderr
    assert "the variable MYCELIUM_GEN says where it is" in failed.stderr
