"""Compiles the schemas before a wheel is made of the result; an editable install gets it as well."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileSchemas(BuildHookInterface[Any]):
    """Runs mycelium-gen, which rewrites what changed and nothing else."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before it collects files."""
        compiler = [sys.executable, "-m", "mycelium.codegen"]
        arguments = ["generate", "schemas", "--lang", "python", "--out", "generated", "--quiet"]
        if subprocess.run([*compiler, *arguments], cwd=self.root, check=False).returncode != 0:
            sys.exit("schemas: mycelium-gen found what it printed above")
