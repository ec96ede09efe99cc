"""A schema with a history, generated, and a program in each language that judges peers by it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mycelium.codegen.cli import main
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.lock import Lock, read_lock
from mycelium.idl.schema import Schema

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).with_name("version_checks")
LANGUAGES = ("python", "rust", "ocaml")
RELEASES = ("2025.1", "2025.2", "2026.1")
INTENDED = (("MYC1005", "shop.Order.size"), ("MYC1013", "shop.Entry.number"), ("MYC1013", "shop.Entry.value"))
"""What the last release breaks."""

MANIFEST = """\
[package]
name = "version-checks"
version = "0.1.0"
edition = "2021"

[dependencies]
mycelium = {{ path = "{runtime}" }}
mycelium-generated = {{ path = "generated" }}

[workspace]
"""


@dataclass(frozen=True)
class Question:
    """A history, given or that of a generated message; what a peer says; and which way data flows."""

    name: str
    peer: dict[str, Any]
    flow: str
    own: dict[str, Any] | None = None

    def line(self) -> str:
        own = self.own or {"wire_digest": "0", "version": "", "same": "", "known": []}
        known = ["\x1f".join(each[key] for key in _KNOWN) for each in own["known"]]
        accepted = [f"{each['wire_digest']}\x1f{each['direction']}" for each in self.peer["accepted"]]
        version = self.peer["version"]
        fields = [
            "generated" if self.own is None else "given",
            self.name,
            own["wire_digest"],
            own["version"],
            own["same"],
            "\x1e".join(known),
            self.peer["wire_digest"],
            "-" if version is None else version.encode().hex(),
            "\x1e".join(accepted),
            self.flow,
        ]
        return "\t".join(fields)


_KNOWN = ("version", "wire_digest", "direction", "differences")


@dataclass(frozen=True)
class Programs:
    """The tree they were made in, with its schemas, its lock and ``out``; the command of each language."""

    tree: Path
    schema: Schema
    lock: Lock
    commands: dict[str, list[str]]

    def ask(self, language: str, questions: Sequence[Question]) -> list[tuple[str, str]]:
        """Compatibility and message for every question."""
        text = "".join(question.line() + "\n" for question in questions)
        environment = {**os.environ, "PYTHONPATH": str(self.tree / "out" / "python")}
        run = subprocess.run(
            self.commands[language], input=text, env=environment, capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stderr
        answers = [line.split("\t") for line in run.stdout.splitlines()]
        assert len(answers) == len(questions)
        return [(compatibility.lower(), message) for compatibility, message in answers]


def build(tree: Path) -> Programs:
    """Release after release, as people do it; then the working schemas, generated and built."""
    schemas = tree / "schemas"
    schemas.mkdir()
    for release in RELEASES:
        shutil.copy(FOLDER / "releases" / release / "shop.myc", schemas)
        if release == RELEASES[-1]:
            why = ["--reason", "all peers are ours", "--author", "Ada"]
            for rule, element in INTENDED:
                assert main(["lock", str(schemas), "--quiet", "--accept", rule, element, *why]) == 0
        assert main(["lock", str(schemas), "--quiet", "--label", release]) == 0
    shutil.copy(FOLDER / "releases" / "working" / "shop.myc", schemas)
    assert main(["--quiet", str(schemas), "--out", str(tree / "out")]) == 0
    schema = compile_schemas(schemas).schema
    assert schema is not None
    lock = read_lock((schemas / "mycelium.lock").read_text())
    python = [sys.executable, str(FOLDER / "program.py")]
    commands = {"python": python, "rust": [_build_rust(tree)], "ocaml": [_build_ocaml(tree)]}
    return Programs(tree, schema, lock, commands)


def _build_rust(tree: Path) -> str:
    """Warnings are errors. Compiled dependencies are kept in the checkout's cache."""
    crate = tree / "rust"
    shutil.copytree(tree / "out" / "rust", crate / "generated")
    (crate / "src").mkdir()
    shutil.copy(FOLDER / "program.rs", crate / "src" / "main.rs")
    runtime = REPOSITORY / "runtime" / "rust" / "mycelium"
    (crate / "Cargo.toml").write_text(MANIFEST.format(runtime=runtime))
    manifest = crate / "generated" / "Cargo.toml"
    manifest.write_text(_with_runtime(manifest.read_text(), runtime))
    target = REPOSITORY / ".cache" / "rust-version-checks"
    environment = {**os.environ, "CARGO_TARGET_DIR": str(target), "RUSTFLAGS": "-D warnings"}
    _run(["cargo", "build", "--offline", "--quiet", "--jobs", "2"], crate, environment)
    return str(shutil.copy2(target / "debug" / "version-checks", tree / "version-checks"))


def _with_runtime(manifest: str, runtime: Path) -> str:
    lines = manifest.splitlines()
    return "\n".join(
        f'mycelium = {{ path = "{runtime}" }}' if line.startswith("mycelium =") else line for line in lines
    )


def _build_ocaml(tree: Path) -> str:
    """With the warnings dune makes errors in development."""
    work = tree / "ocaml"
    not_needed = shutil.ignore_patterns("_build", "test", "control")
    shutil.copytree(REPOSITORY / "runtime" / "ocaml", work / "mycelium", ignore=not_needed)
    shutil.copytree(tree / "out" / "ocaml", work / "generated")
    (work / "dune-project").write_text("(lang dune 2.9)\n")
    (work / "program").mkdir()
    shutil.copy(FOLDER / "program.ml", work / "program" / "program.ml")
    dune = "(executable (name program) (libraries mycelium mycelium_registry))\n"
    (work / "program" / "dune").write_text(dune)
    _run(["dune", "build", "--root", ".", "-j", "2", "./program/program.exe"], work, dict(os.environ))
    return str(work / "_build" / "default" / "program" / "program.exe")


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> None:
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
