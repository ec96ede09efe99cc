"""The generated crate as its users meet it: formatted, free of warnings, the same every time."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest
from conformance_crate import CRATE, REPOSITORY, VECTORS, fresh_files
from widths import schema_text

from mycelium.codegen.output import write
from mycelium.codegen.rust import generate
from mycelium.codegen.target import GenerationOptions, RenderedFile
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.schema import Schema

RUNTIME = REPOSITORY / "runtime" / "rust" / "mycelium"
TARGET = REPOSITORY / ".cache" / "rust-tests"
ROOTS = (
    VECTORS,
    REPOSITORY / "schemas",
    *sorted(path for path in (REPOSITORY / "tests" / "interop" / "schemas").iterdir() if path.is_dir()),
)

pytestmark = pytest.mark.xdist_group("rust")


def compiled(root: Path) -> Schema:
    compilation = compile_schemas(root)
    assert compilation.schema is not None, compilation.diagnostics
    return compilation.schema


def generated(schema: Schema, folder: Path) -> Path:
    write(folder, generate(schema, GenerationOptions(rust_runtime=str(RUNTIME))))
    return folder


def run(command: Sequence[str], folder: Path) -> None:
    environment = {**os.environ, "CARGO_TARGET_DIR": str(TARGET)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


def check_format(folder: Path) -> None:
    run(["rustfmt", "--check", "--edition", "2021", "src/lib.rs"], folder)


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_crates_are_formatted_and_free_of_warnings(root: Path, tmp_path: Path) -> None:
    crate = generated(compiled(root), tmp_path)
    check_format(crate)
    run(["cargo", "clippy", "--quiet", "--offline", "--jobs", "2", "--", "--deny", "warnings"], crate)


def test_lines_break_where_rustfmt_breaks_them(tmp_path: Path) -> None:
    """Names of every length bring each construct to the right margin."""
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    (schemas / "widths.myc").write_text(schema_text())
    check_format(generated(compiled(schemas), tmp_path / "crate"))


@pytest.mark.parametrize("root", ROOTS, ids=lambda root: root.name)
def test_the_same_schema_gives_the_same_files(root: Path) -> None:
    options = GenerationOptions()
    assert generate(compiled(root), options) == generate(compiled(root), options)


def test_the_conformance_crate_is_fresh() -> None:
    """What the runtime's tests and the fuzzer are built with; conformance_crate.py writes it anew."""
    stale = [str(file.path) for file in fresh_files() if (CRATE / file.path).read_text() != file.text]
    assert stale == []


LONELY = {
    "constants": 'const A: u256 = 340282366920938463463374607431768211456; const B: string = "b";',
    "enums": "enum E: u8 { A = 1; }",
    "closed_enums": "closed enum E: u8 { A = 1; }",
    "structs": "struct S { a: u8; }",
    "checked_structs": "struct S { a: bool; b: u8 in 1..2; }",
    "unions": "union U { 1 a: u8; 2 b: U; }",
    "optionals": "message M { 1 a: u8?; }",
    "required": "message M { 1 a: u8; }",
    "blocks": "message M { a: u8; }",
    "empty_messages": "message M = 2000 { }",
}


def test_packages_of_one_kind_of_declaration(tmp_path: Path) -> None:
    """Each module imports what it uses and nothing else."""
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    for name, text in LONELY.items():
        (schemas / f"{name}.myc").write_text(f"package lonely.{name}; {text}")
    crate = generated(compiled(schemas), tmp_path / "crate")
    check_format(crate)
    run(["cargo", "clippy", "--quiet", "--offline", "--jobs", "2", "--", "--deny", "warnings"], crate)


def test_registries_of_few_messages_are_formatted(tmp_path: Path) -> None:
    """Short arrays share a line, up to a width."""
    for length in range(1, 53, 3):
        name = "M".ljust(length, "m")
        for count in (1, 2):
            schemas = tmp_path / f"schemas{length}_{count}"
            schemas.mkdir()
            messages = [f"message {name}{i} = {1000 + i} {{ 1 a: u8; }}" for i in range(count)]
            (schemas / "p.myc").write_text("\n".join(["package p;", *messages]))
            check_format(generated(compiled(schemas), tmp_path / f"crate{length}_{count}"))


def test_types_may_nest_deeper_than_the_compiler_follows_by_itself(tmp_path: Path) -> None:
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    chain = [
        f"message M{i} {{ 1 a: u8; 2 next: M{i + 1}?; 3 more: list<M{i + 1}> = []; }}" for i in range(150)
    ]
    (schemas / "chain.myc").write_text("\n".join(["package chain;", *chain, "message M150 { 1 a: string; }"]))
    crate = generated(compiled(schemas), tmp_path / "crate")
    assert "#![recursion_limit = " in (crate / "src" / "lib.rs").read_text()
    run(["cargo", "check", "--quiet", "--offline", "--jobs", "2"], crate)


def files_of(text: str, tmp_path: Path, options: GenerationOptions) -> dict[str, RenderedFile]:
    (tmp_path / "schema.myc").write_text(text)
    return {str(file.path): file for file in generate(compiled(tmp_path), options)}


def test_a_dependency_is_a_path_or_the_released_version(tmp_path: Path) -> None:
    text = "package p; message M = 1000 { 1 a: u8; }"
    released = files_of(text, tmp_path, GenerationOptions())
    assert '\nmycelium = "0.1.0"\n' in released["Cargo.toml"].text
    beside = files_of(text, tmp_path, GenerationOptions(rust_runtime='C:\\a "b"'))
    assert '\nmycelium = { path = "C:\\\\a \\"b\\"" }\n' in beside["Cargo.toml"].text


def test_packages_of_the_runtime_are_generated_inside_it_only(tmp_path: Path) -> None:
    text = "package mycelium.control; message Hello = 1 { 1 node: u32; }"
    assert set(files_of(text, tmp_path, GenerationOptions())) == {
        "Cargo.toml",
        "src/lib.rs",
        "src/registry.rs",
    }
    inside = files_of(text, tmp_path, GenerationOptions(inside_runtime=True))
    assert set(inside) == {"src/control.rs"}
    assert "use crate::{" in inside["src/control.rs"].text
    assert "::mycelium" not in inside["src/control.rs"].text


def test_sensitive_values_are_never_shown(tmp_path: Path) -> None:
    text = """
        package p;
        struct Pin { code: u32 @sensitive; tries: u8; }
        message Login = 1000 { 1 user: string; 2 password: string @sensitive; 3 key: Key; 4 pin: Pin; 5 proof: Proof; }
        message Key @sensitive { 1 secret: string; }
        union Proof { 1 token: string @sensitive; 2 open: string; }
    """
    schema_folder = tmp_path / "schemas"
    schema_folder.mkdir()
    (schema_folder / "p.myc").write_text(text)
    crate = generated(compiled(schema_folder), tmp_path / "crate")
    tests = crate / "tests"
    tests.mkdir()
    (tests / "shown.rs").write_text("""
        use mycelium::Message;
        use mycelium_generated::p::{Key, Login, Pin, Proof};

        #[test]
        fn nothing_secret_is_shown() {
            let login = Login {
                user: "me".into(),
                password: "hush".into(),
                key: Key { secret: "hush".into() },
                pin: Pin { code: 777, tries: 3 },
                proof: Proof::Token("hush".into()),
            };
            let body = login.encode_to_vec().unwrap();
            let view = Login::view(&body).unwrap();
            for shown in [format!("{login:?}"), format!("{view:?}")] {
                assert!(shown.contains("me") && shown.contains("<redacted>") && shown.contains("tries: 3"), "{shown}");
                assert!(!shown.contains("hush") && !shown.contains("777"), "{shown}");
            }
        }
        """)
    run(["cargo", "test", "--quiet", "--offline", "--jobs", "2"], crate)
