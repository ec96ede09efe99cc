"""What users install: the sdist builds the wheel, and the wheel works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

SCHEMA = "package shop;\nmessage Order = 1000 { id: u64; 1 item: string<40>; }\n"
PROGRAM = """
import mycelium, sys
from shop import Order
order = Order(id=7, item="lamp")
assert Order.decode(order.encode()) == order
assert "lark" not in sys.modules and "jinja2" not in sys.modules
print(mycelium.__file__)
"""


@pytest.fixture(scope="module")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from the sdist alone."""
    folder = tmp_path_factory.mktemp("distribution")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder


@pytest.fixture(scope="module")
def installed(distribution: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel installed in a folder of its own; the dependencies come from this environment."""
    folder = tmp_path_factory.mktemp("installed")
    (wheel,) = distribution.glob("*.whl")
    command = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--target",
        str(folder),
        str(wheel),
    ]
    subprocess.run(command, check=True)
    return folder


def run_installed(installed: Path, folder: Path, *arguments: str) -> str:
    """Run python outside the checkout with the installed wheel first on its path."""
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(installed), str(folder / "out" / "python")]),
    }
    run = subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout


def test_the_wheel_holds_one_package(distribution: Path) -> None:
    (wheel,) = distribution.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"mycelium", "mycelium_bus-0.1.0.dist-info"}
    for needed in ("mycelium/py.typed", "mycelium/idl/grammar.lark", "mycelium/codegen/cli.py"):
        assert needed in names
    assert any(name.startswith("mycelium/templates/rust/") for name in names)


def test_the_sdist_holds_the_sources_of_every_runtime(distribution: Path) -> None:
    (archive,) = distribution.glob("*.tar.gz")
    names = tarfile.open(archive).getnames()
    root = "mycelium_bus-0.1.0"
    for needed in (
        "runtime/rust/mycelium/Cargo.toml",
        "runtime/ocaml/dune-project",
        "LICENSE",
        "action.yml",
        ".pre-commit-hooks.yaml",
        "examples/integrations/dune/dune",
        "idl/grammar.lark",
    ):
        assert f"{root}/{needed}" in names
    assert not [name for name in names if "/target/" in name or "/_build/" in name or "/.venv/" in name]


def test_compiler_and_codecs_work_outside_the_checkout(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "shop.myc").write_text(SCHEMA)
    run_installed(installed, tmp_path, "-m", "mycelium.codegen", "shop.myc", "--out", "out")
    assert (tmp_path / "out" / "rust" / "Cargo.toml").is_file()
    assert (tmp_path / "out" / "ocaml" / "dune-project").is_file()
    where = run_installed(installed, tmp_path, "-c", PROGRAM)
    assert where.startswith(str(installed))
