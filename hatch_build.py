"""Builds the native codec and bus, ``mycelium._native``, with cargo: for wheels (hatchling calls this) and into the source tree.

``MYCELIUM_PURE_PYTHON=1`` leaves it out on purpose. Without cargo a build stops and says so: a wheel that is slower
than it looks is never made by accident.

Run as a program, ``python hatch_build.py``, it brings the extension beside the Python sources up to date, which
takes a moment when neither the crate nor the interpreter changed.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PURE_PYTHON = "MYCELIUM_PURE_PYTHON"
"""Environment variable: 1 leaves the extension out."""

CRATE = "mycelium-python"
LIBRARY = {"darwin": "libmycelium_native.dylib", "win32": "mycelium_native.dll"}.get(
    sys.platform, "libmycelium_native.so"
)


class NativeCodecHook(BuildHookInterface[Any]):
    """Puts the extension into a wheel; an editable install gets it in the source tree."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build what the target needs: nothing for an sdist, and nothing where pure Python was asked for."""
        if self.target_name != "wheel" or os.environ.get(PURE_PYTHON) == "1":
            return
        root = Path(self.root)
        if version == "editable":
            update_source_tree(root)
            return
        build_data["pure_python"] = False
        build_data["infer_tag"] = True
        build_data["force_include"][str(build(root))] = f"mycelium/{extension_name()}"


def extension_name() -> str:
    """File name by which this interpreter, and no other, finds the extension."""
    return f"_native{sysconfig.get_config_var('EXT_SUFFIX')}"


def build(root: Path) -> Path:
    """The extension as cargo leaves it, built for the running interpreter."""
    if shutil.which("cargo") is None:
        raise SystemExit(
            "Mycelium's native codec needs Rust, and cargo is not on PATH: install the stable toolchain with rustup, "
            f"or ask for the slower pure-Python codec with {PURE_PYTHON}=1"
        )
    workspace = root / "runtime" / "rust"
    target = Path(os.environ.get("CARGO_TARGET_DIR") or workspace / "target").absolute()
    command = ["cargo", "build", "--quiet", "--locked", "--profile", "native", "--package", CRATE]
    environment = {**os.environ, "PYO3_PYTHON": sys.executable, "CARGO_TARGET_DIR": str(target)}
    if subprocess.run(command, cwd=workspace, env=environment, check=False).returncode != 0:
        raise SystemExit("cargo could not build Mycelium's native codec; its messages are above")
    return target / "native" / LIBRARY


def update_source_tree(root: Path) -> Path:
    """The extension beside the Python sources, built again where its sources changed since."""
    placed = root / "runtime" / "python" / "mycelium" / extension_name()
    stamp = root / "runtime" / "rust" / "target" / f"{placed.name}.stamp"
    sources = fingerprint(root)
    if not placed.exists() or not stamp.exists() or stamp.read_text() != sources:
        built = build(root)
        fresh = placed.with_suffix(".fresh")
        shutil.copyfile(built, fresh)
        fresh.replace(placed)  # at once: a process that runs keeps the one it has loaded
        stamp.parent.mkdir(parents=True, exist_ok=True)
        stamp.write_text(sources)
    return placed


def fingerprint(root: Path) -> str:
    """What the extension is made of, as a digest: its crate and those of this workspace within it, what they depend
    on, the interpreter."""
    workspace = root / "runtime" / "rust"
    files = [workspace / "Cargo.toml", workspace / "Cargo.lock"]
    for crate in crates(workspace / CRATE):
        files += [crate / "Cargo.toml", *crate.glob("build.rs"), *sorted((crate / "src").rglob("*.rs"))]
    digest = hashlib.sha256(sys.version.encode())
    for file in files:
        digest.update(f"\n{file.relative_to(workspace)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def crates(crate: Path) -> list[Path]:
    """The folders of a crate and of those of this workspace that it depends on, each once."""
    found: list[Path] = []
    waiting = [crate]
    while waiting:
        crate = waiting.pop()
        if crate not in found:
            found.append(crate)
            manifest = tomllib.loads((crate / "Cargo.toml").read_text())
            dependencies = dict(manifest.get("dependencies", {}))
            for target in manifest.get("target", {}).values():
                dependencies |= target.get("dependencies", {})
            paths = [
                each["path"] for each in dependencies.values() if isinstance(each, dict) and "path" in each
            ]
            waiting += [(crate / path).resolve() for path in paths]
    return found


if __name__ == "__main__" and os.environ.get(PURE_PYTHON) != "1":
    update_source_tree(Path(__file__).resolve().parent)
