"""What a stranger has: a copy of this project to install from, and a network, for which this environment stands in."""

from __future__ import annotations

import os
import shutil
import sysconfig
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
NOT_COPIED = (
    ".git",
    ".venv",
    ".cache",
    "target",
    "_build",
    "__pycache__",
    "generated",
    "tests",
    "benches",
    "*.so",
)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is needed to install this project, in a folder of its own."""
    folder = tmp_path_factory.mktemp("checkout") / "mycelium"
    shutil.copytree(REPOSITORY, folder, symlinks=True, ignore=shutil.ignore_patterns(*NOT_COPIED))
    return folder


@pytest.fixture(scope="session")
def installing(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables that let pip work without a network: what the project depends on is taken from here, the project
    itself is not. Its native codec is left out: the compiler does without."""
    packages = tmp_path_factory.mktemp("packages")
    for path in Path(sysconfig.get_path("purelib")).iterdir():
        if "mycelium" not in path.name:
            (packages / path.name).symlink_to(path)
    return {
        **os.environ,
        "PYTHONPATH": str(packages),
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads this as a request for no isolation
        "MYCELIUM_PURE_PYTHON": "1",
    }
