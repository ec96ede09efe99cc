"""Compiles the schemas, then hands the modules that came of it to setuptools. Metadata is in pyproject.toml."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from setuptools import find_packages, setup

GENERATED = Path("generated/python")


def compile_schemas() -> None:
    """Run mycelium-gen, which rewrites what changed and nothing else."""
    compiler = [sys.executable, "-m", "mycelium.codegen"]
    arguments = ["generate", "schemas", "--lang", "python", "--out", "generated", "--quiet"]
    if subprocess.run([*compiler, *arguments], check=False).returncode != 0:
        sys.exit("schemas: mycelium-gen found what it printed above")


compile_schemas()
setup(
    package_dir={"": str(GENERATED)},
    packages=find_packages(str(GENERATED)),
    py_modules=sorted(path.stem for path in GENERATED.glob("*.py")),
)
