"""What users install: the sdist builds the wheel, and the wheel works where there is no checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]

BUILD_ENVIRONMENT = {**os.environ, "CARGO_TARGET_DIR": str(REPOSITORY / ".cache" / "wheel-target")}
"""What cargo has compiled for an earlier wheel is used again."""

SCHEMA = "package shop;\nmessage Order = 1000 { id: u64; 1 item: string<40>; }\n"
PROGRAM = """
import mycelium, sys
from shop import Order
order = Order(id=7, item="lamp")
import mycelium.native
from mycelium import _native
assert mycelium.native.active and _native.__file__.startswith(mycelium.__file__.removesuffix("__init__.py"))
assert Order.decode(order.encode()) == order
assert "lark" not in sys.modules and "jinja2" not in sys.modules
print(mycelium.__file__)
"""


@pytest.fixture(scope="module")
def distribution(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist, and the wheel that was built from the sdist alone."""
    folder = tmp_path_factory.mktemp("distribution")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(REPOSITORY)]
    run = subprocess.run(command, env=BUILD_ENVIRONMENT, capture_output=True, text=True, check=False)
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


def test_the_wheel_is_for_this_interpreter_and_holds_the_native_codec_once(distribution: Path) -> None:
    (wheel,) = distribution.glob("*.whl")
    assert f"-cp{sys.version_info.major}{sys.version_info.minor}-" in wheel.name and "-any" not in wheel.name
    names = zipfile.ZipFile(wheel).namelist()
    suffix = sysconfig.get_config_var("EXT_SUFFIX")
    assert [name for name in names if name.endswith((".so", ".pyd"))] == [f"mycelium/_native{suffix}"]
    assert "mycelium/_native.pyi" in names


def test_pure_python_is_an_explicit_choice(tmp_path: Path) -> None:
    run = build_wheel(tmp_path, {"MYCELIUM_PURE_PYTHON": "1"})
    assert run.returncode == 0, run.stdout + run.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert wheel.name.endswith("-py3-none-any.whl")
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith((".so", ".pyd"))]


def test_without_cargo_a_build_stops_and_says_what_to_do(tmp_path: Path) -> None:
    run = build_wheel(tmp_path, {"PATH": str(tmp_path)})
    assert run.returncode != 0
    assert "needs Rust, and cargo is not on PATH" in run.stderr
    assert "MYCELIUM_PURE_PYTHON=1" in run.stderr
    assert not list(tmp_path.glob("*.whl"))


def build_wheel(folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """What hatchling says when it builds the wheel from the checkout."""
    return subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)],
        cwd=REPOSITORY,
        env={**BUILD_ENVIRONMENT, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_sdist_holds_the_sources_of_every_runtime(distribution: Path) -> None:
    (archive,) = distribution.glob("*.tar.gz")
    names = tarfile.open(archive).getnames()
    root = "mycelium_bus-0.1.0"
    for needed in (
        "runtime/rust/mycelium/Cargo.toml",
        "runtime/rust/mycelium-python/src/module.rs",
        "runtime/rust/Cargo.lock",
        "hatch_build.py",
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
