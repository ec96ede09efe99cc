"""The build hooks of the examples: every wheel holds code compiled from the schemas as they are."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ROUND_TRIP = """
import shop
from mycelium_registry import MESSAGES
order = shop.Order(id=7, {field}="lamp")
assert shop.Order.decode(order.encode()) == order
assert MESSAGES[1000] is shop.Order
print(shop.__file__, order)
"""


@pytest.fixture(params=["hatch", "setuptools"])
def project(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A copy of an example, nothing generated."""
    shutil.copytree(
        REPOSITORY / "examples" / "integrations" / request.param,
        tmp_path / "project",
        ignore=shutil.ignore_patterns("generated", "dist", "build", "*.egg-info", "__pycache__"),
    )
    return tmp_path / "project"


def build(project: Path) -> subprocess.CompletedProcess[str]:
    """The sdist, and from it the wheel, with what this environment has."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--skip-dependency-check"]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def wheel(project: Path) -> Path:
    done = build(project)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = (project / "dist").glob("*.whl")
    return made


def round_trip(made: Path, field: str) -> str:
    """What a program prints that has the wheel, and no checkout around it."""
    run = subprocess.run(
        [sys.executable, "-c", ROUND_TRIP.format(field=field)],
        cwd=made.parent,
        env={**os.environ, "PYTHONPATH": str(made)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith(str(made))
    return run.stdout


def test_wheels_hold_what_the_schemas_say_now(project: Path) -> None:
    made = wheel(project)
    names = {name for name in zipfile.ZipFile(made).namelist() if ".dist-info/" not in name}
    assert names == {"shop.py", "mycelium_registry.py"}
    assert "Order(id=7, item='lamp')" in round_trip(made, "item")

    schema = project / "schemas" / "shop.myc"
    schema.write_text(schema.read_text().replace("item:", "thing:"))
    (project / "schemas" / "acme").mkdir()
    (project / "schemas" / "acme" / "stock.myc").write_text(
        "package acme.stock;\n\nmessage Item { 1 a: u8; }\n"
    )
    made = wheel(project)
    assert "Order(id=7, thing='lamp')" in round_trip(made, "thing")
    assert "acme/stock.py" in zipfile.ZipFile(made).namelist()


def test_mistakes_are_shown_as_the_compiler_shows_them(project: Path) -> None:
    schema = project / "schemas" / "shop.myc"
    schema.write_text(schema.read_text().replace("string", "strin"))
    failed = build(project)
    assert failed.returncode != 0
    said = failed.stdout + failed.stderr
    assert "error[MYC0304]" in said and "schemas: mycelium-gen found what it printed above" in said
