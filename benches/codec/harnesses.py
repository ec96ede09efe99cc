"""The harnesses in other languages: built on demand, run in this process's place on its core, JSON in their output."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec

from benches.codec.results import Measured
from mycelium.codegen.commands.console import Console
from mycelium.codegen.commands.generate import GenerateOptions, run
from mycelium.codegen.commands.schemas import select

REPOSITORY = Path(__file__).resolve().parents[2]
GENERATED = REPOSITORY / ".cache" / "bench" / "generated"


class HarnessFailed(Exception):
    """A harness does not build, or a contestant of it does not give back what it was given."""


def measure(language: str, rounds: int) -> Measured:
    """The tables of a language, as its harness measures them."""
    generate_messages()
    program = {"rust": _build_rust, "ocaml": _build_ocaml}[language]()
    return msgspec.json.decode(output_of([str(program), str(rounds)]), type=Measured)


def generate_messages() -> None:
    """What harnesses are built with.

    Raises HarnessFailed where the schemas do not compile.
    """
    options = GenerateOptions(GENERATED, ["rust", "ocaml"])
    if run(select([REPOSITORY / "benches" / "schemas"], None), options, Console(quiet=True)) != 0:
        raise HarnessFailed("the schemas of the benchmark do not compile")


def _build_rust() -> Path:
    folder = REPOSITORY / "benches" / "rust"
    output_of(
        ["cargo", "build", "--quiet", "--release", "--locked", "--manifest-path", str(folder / "Cargo.toml")]
    )
    return folder / "target" / "release" / "mycelium-codec-bench"


def _build_ocaml() -> Path:
    """The harness, the runtime and the generated code are parts of one dune workspace, which links make."""
    workspace = GENERATED.parent / "ocaml"
    workspace.mkdir(parents=True, exist_ok=True)
    (workspace / "dune-project").write_text("(lang dune 2.9)\n")
    parts = {
        "harness": REPOSITORY / "benches" / "ocaml",
        "runtime": REPOSITORY / "runtime" / "ocaml",
        "generated": GENERATED / "ocaml",
    }
    for name, part in parts.items():
        if not (workspace / name).is_symlink():
            (workspace / name).symlink_to(part)
    _link_reference(workspace / "reference")
    output_of(
        [
            "dune",
            "build",
            "--root",
            str(workspace),
            "--no-print-directory",
            "--profile",
            "release",
            "./harness/main.exe",
        ]
    )
    return workspace / "_build" / "default" / "harness" / "main.exe"


def _link_reference(folder: Path) -> None:
    """The reference schemas' code of which the harness measures a message: two libraries without packages of their own,
    since the benchmark's own schemas make a registry of the same name."""
    folder.mkdir(exist_ok=True)
    stanzas = []
    for library, needs in (("trading_instrument", ""), ("trading_market", " trading_instrument")):
        for suffix in (".ml", ".mli"):
            source = folder / (library + suffix)
            if not source.is_symlink():
                source.symlink_to(REPOSITORY / "generated" / "ocaml" / library / source.name)
        stanzas.append(f"(library (name {library}) (modules {library}) (libraries mycelium{needs}))")
    (folder / "dune").write_text("\n".join(stanzas) + "\n")


def output_of(command: list[str]) -> bytes:
    """What a program prints.

    Raises HarnessFailed where it fails.
    """
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    if done.returncode != 0:
        raise HarnessFailed(f"{' '.join(command)} failed with status {done.returncode}")
    return done.stdout
