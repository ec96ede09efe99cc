"""Compiling a large tree: 300 files, 5,000 messages, and half and a quarter of it to see how time grows.

``python -m benches.large_tree [--build]``; with ``--build`` the generated Rust and OCaml are compiled, too.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from mycelium.codegen.languages import TARGETS
from mycelium.codegen.output import write
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas

REPOSITORY = Path(__file__).resolve().parents[1]
FILES = 300
MESSAGES = 5_000

MESSAGE = """
/// Message {number} of the tree.
message Message{number} = {type_id} @topic("tree.message{number}") {{
    symbol: ascii[8]; time: timestamp; bid: decimal<8>; ask: decimal<8>; size: u32; kind: Kind{file}; sequence: u64 = 0;

    1 name:   string<64>;
    2 levels: list<Level{file}, 20>;
    3 tags:   map<string, string, 16> = {{}};
    4 note:   string?;
    5 limit:  f64 in 0.0..1.0 = 0.5;
{reference}}}
"""


def write_tree(folder: Path, files: int, messages: int) -> None:
    """Each file has an enum, a struct, and messages that hold one another, and uses the file before."""
    per_file = -(-messages // files)
    number = 0
    for file in range(files):
        parts = [f"/// Package {file} of the tree.\npackage tree.package{file};\n"]
        if file:
            parts.append(f'import "package{file - 1}.myc";\n')
        parts.append(f"enum Kind{file}: u8 {{ ONE = 1; TWO = 2; }}\n")
        parts.append(f"struct Level{file} {{ price: f64; quantity: f64; }}\n")
        for index in range(min(per_file, messages - number)):
            reference = f"    6 before: Message{number - 1}?;\n" if index else ""
            reference += f"    7 earlier: list<Level{file - 1}>?;\n" if file else ""
            parts.append(MESSAGE.format(number=number, type_id=1000 + number, file=file, reference=reference))
            number += 1
        (folder / f"package{file}.myc").write_text("\n".join(parts))


def measure(folder: Path, files: int, messages: int) -> dict[str, float]:
    """Seconds for the front end and for each language, files written included."""
    schemas = folder / "schemas"
    schemas.mkdir(parents=True)
    write_tree(schemas, files, messages)
    start = time.perf_counter()
    compilation = compile_schemas(schemas)
    assert compilation.schema is not None, compilation.diagnostics
    found = {"front end": time.perf_counter() - start}
    options = GenerationOptions(rust_runtime=str(REPOSITORY / "runtime" / "rust" / "mycelium"))
    for name, target in TARGETS.items():
        start = time.perf_counter()
        write(folder / "out" / name, target.generate(compilation.schema, options))
        found[name] = time.perf_counter() - start
    return found


def build(folder: Path) -> dict[str, float]:
    """Seconds to compile the generated Rust and OCaml."""
    (folder / "out" / "ocaml_runtime").symlink_to(REPOSITORY / "runtime" / "ocaml")
    commands = {
        "cargo build": [
            "cargo",
            "build",
            "--quiet",
            "--offline",
            "--manifest-path",
            str(folder / "out/rust/Cargo.toml"),
        ],
        "dune build": ["dune", "build", "--root", str(folder / "out"), "./ocaml"],
    }
    # What is asked is whether it compiles: debug information and incremental state would triple the memory.
    environment = {**os.environ, "CARGO_PROFILE_DEV_DEBUG": "false", "CARGO_INCREMENTAL": "0"}
    found = {}
    for name, command in commands.items():
        start = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment)
        found[name] = time.perf_counter() - start
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.large_tree", description=__doc__)
    parser.add_argument("--build", action="store_true", help="also compile the generated Rust and OCaml")
    parser.add_argument("--json", type=Path, help="write the results here, too")
    options = parser.parse_args(arguments)
    results: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="mycelium-tree-") as work:
        for share in (4, 2, 1):
            name = f"{FILES // share} files, {MESSAGES // share} messages"
            results[name] = measure(Path(work) / str(share), FILES // share, MESSAGES // share)
            print(name, *(f"{what} {seconds:.2f} s" for what, seconds in results[name].items()), sep="   ")
        if options.build:
            results["build"] = build(Path(work) / "1")
            print(
                "build", *(f"{what} {seconds:.1f} s" for what, seconds in results["build"].items()), sep="   "
            )
    if options.json is not None:
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
