"""No input raises, hangs or exhausts the stack: random text, random words, damaged schemas, hostile sizes."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mycelium.idl.compiler import Compilation, compile_schemas
from mycelium.idl.formatter import format_source
from mycelium.idl.lint import lint
from mycelium.idl.reporting import FORMATS, report

WORDS = (
    "package import const closed enum struct union message reserved in u8 i64 f32 decimal string bytes ascii list map "
    'Name name NAME 0 1 2 -1 0.5 1e3 0x10 007 1000 65536 true "text" "00" \'x\' { } ( ) [ ] < > ; : , . .. = ? @ '
    '@topic @sensitive // /// /* */ " \\ # \n \t é \0'
).split(" ")

VALID = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parent.glob("cases/valid/*.myc"))]

texts = st.text(max_size=200)
words = st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join)


@st.composite
def damaged_schemas(draw: st.DrawFn) -> str:
    """A valid schema with pieces cut out, put in, or moved."""
    text = draw(st.sampled_from(VALID))
    for _ in range(draw(st.integers(1, 5))):
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 40)))
        piece = draw(
            st.one_of(st.just(""), st.sampled_from(WORDS), st.sampled_from(VALID).map(lambda one: one[:30]))
        )
        text = text[:start] + piece + text[end:]
    return text


def compile_anything(text: str, folder: Path) -> Compilation:
    """Compile, report and lint a text; whatever it is, each ends with a result."""
    (folder / "schema.myc").write_text(text, encoding="utf-8", errors="replace", newline="")
    compilation = compile_schemas(folder)
    assert (compilation.schema is None) == bool(compilation.diagnostics)
    findings = compilation.diagnostics or lint(compilation)
    for output_format in FORMATS:
        assert isinstance(report(findings, compilation.sources, output_format), str)
    format_source(compilation.sources["schema.myc"])
    return compilation


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("schemas")


@settings(max_examples=300, deadline=None)
@given(text=st.one_of(texts, words, words.map("package example; message M = 1000 {{ {} }}".format)))
def test_random_text(folder: Path, text: str) -> None:
    compile_anything(text, folder)


@settings(max_examples=300, deadline=None)
@given(text=damaged_schemas())
def test_damaged_schemas(folder: Path, text: str) -> None:
    compile_anything(text, folder)


@settings(max_examples=50, deadline=None)
@given(content=st.binary(max_size=100))
def test_random_bytes(folder: Path, content: bytes) -> None:
    (folder / "schema.myc").write_bytes(content)
    compilation = compile_schemas(folder)
    assert (compilation.schema is None) == bool(compilation.diagnostics)


HOSTILE = {
    "angle brackets": "message M = 1000 { 1 a: " + "list<" * 20_000 + "u8" + ">" * 20_000 + "; }",
    "open angle brackets": "message M = 1000 { 1 a: " + "list<" * 40_000,
    "braces": "{" * 40_000,
    "messages in messages": "message M { " * 20_000,
    "array lengths": "message M = 1000 { 1 a: u8" + "[2]" * 20_000 + "; }",
    "arrays of one": "message M = 1000 { 1 a: u8" + "[1]" * 20_000 + "; }",
    "a long number": "const A: u32 = " + "9" * 1_000_000 + ";",
    "a long fraction": "const A: f64 = 0." + "9" * 1_000_000 + ";",
    "a long name": "const " + "A" * 1_000_000 + ": u32 = 1;",
    "a qualified name": "message M { 1 a: " + ".".join("a" * 20_000) + "; }",
    "a chain of constants": "".join(f"const C{i}: u32 = C{i + 1};\n" for i in range(2_000))
    + "const C2000: u32 = 1;",
    "a circle of constants": "".join(f"const C{i}: u32 = C{(i + 1) % 2_000};\n" for i in range(2_000)),
    "a chain of structs": "".join(f"struct S{i} {{ s: S{i + 1}; }}\n" for i in range(2_000))
    + "struct S2000 { x: u8; }",
    "a circle of messages": "".join(f"message M{i} {{ 1 m: M{(i + 1) % 2_000}; }}\n" for i in range(2_000)),
    "a chain of unions": "".join(f"union U{i} {{ 1 u: U{i + 1}; }}\n" for i in range(2_000))
    + "union U2000 { 1 x: u8; }",
    "unknown names": "message M = 1000 {" + "".join(f"{i} f{i}: unknown{i};" for i in range(1, 2_000)) + "}",
    "bad statements": "message M = 1000 {\n" + "a b c;\n" * 20_000 + "}",
    "unterminated strings": '"\n' * 20_000,
    "unterminated comments": "/* " * 40_000,
    "stars": "/*" + "*" * 500_000,
    "one tag": "message M = 1000 {" + "".join(f"1 f{i}: u8;" for i in range(2_000)) + "}",
    "reservations": "message M = 1000 { 1 a: u8; reserved "
    + ", ".join(str(i) for i in range(2, 20_000))
    + "; }",
    "unknown characters": "$ " * 40_000,
    "escapes": 'const A: string = "' + "\\q" * 20_000 + '";',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_sizes(name: str, tmp_path: Path) -> None:
    start = time.monotonic()
    compile_anything(f"package example;\n{HOSTILE[name]}", tmp_path)
    # Far above what it takes: it is there to fail on anything that grows faster than its input.
    assert time.monotonic() - start < 20


def test_order_of_files_and_declarations_does_not_matter_for_what_is_found(tmp_path: Path) -> None:
    lines = [
        f"message M{i} = {1000 + i} {{ 1 next: M{(i + 1) % 9}?; 2 size: u8 = LIMIT; }}" for i in range(9)
    ]
    lines.append("const LIMIT: u8 = 5;")
    random.Random(1).shuffle(lines)
    for index, line in enumerate(lines):
        (tmp_path / f"{index}.myc").write_text(f"package example;\n{line}\n")
    compilation = compile_schemas(tmp_path)
    assert compilation.schema is not None
    assert {message.name for message in compilation.schema.messages()} == {f"M{i}" for i in range(9)}
