"""Generated OCaml as code: it compiles without a warning, whatever a schema calls its things and says of them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from mycelium.codegen.ocaml import generate
from mycelium.codegen.ocaml.documentation import comment, plain
from mycelium.codegen.ocaml.line_breaking import WIDTH, binding, words_of
from mycelium.codegen.ocaml.literals import float_literal, int64_literal, string_literal
from mycelium.codegen.ocaml.naming import NameSpace, capital_name, escape, value_name
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.schema import Schema

TESTS = Path(__file__).resolve().parents[1]
SCHEMAS = {
    "documentation, constants and large unions": TESTS / "ocaml" / "schemas",
    "names": TESTS / "interop" / "schemas" / "names",
    "shapes": TESTS / "interop" / "schemas" / "shapes",
    "packages": TESTS / "interop" / "schemas" / "packages",
    "reference": TESTS.parent / "schemas",
}
STRICT_WORKSPACE = """\
(lang dune 2.9)

(env
 (_
  (flags
   (:standard -w @a-4-9-40-41-42-44-45-70))))
"""
"""Dune's development profile makes warnings errors; this does the same to all but those about style."""

pytestmark = pytest.mark.xdist_group("ocaml")


def compiled(root: Path) -> Schema:
    compilation = compile_schemas(root)
    assert compilation.schema is not None, compilation.diagnostics
    return compilation.schema


@pytest.mark.parametrize("name", SCHEMAS)
def test_no_warnings(name: str, driver: ModuleType, tmp_path: Path) -> None:
    """Libraries, interfaces and registry compile with all warnings as errors."""
    driver.write_project(compiled(SCHEMAS[name]), tmp_path)
    (tmp_path / "dune-workspace").write_text(STRICT_WORKSPACE)
    driver.run_dune(tmp_path, "dev", "@default")


@pytest.mark.parametrize("name", SCHEMAS)
def test_same_schema_same_files(name: str) -> None:
    """Two compilations give the same text, with a marker near the beginning of every file."""
    first, second = (generate(compiled(SCHEMAS[name]), GenerationOptions()) for _ in range(2))
    assert first == second
    assert all("mycelium-gen" in file.text[:200] and file.text.endswith("\n") for file in first)


def test_a_large_package_is_divided(driver: ModuleType, tmp_path: Path) -> None:
    """More types than a file may have: parts refer to earlier ones, and users see one module."""
    schemas = tmp_path / "schemas"
    schemas.mkdir()
    messages = "".join(
        f"message M{number} = {1000 + number} {{ mark: Part1; 1 before: M{number - 1}?; }}\n"
        for number in range(1, 250)
    )
    (schemas / "crowd.myc").write_text(
        f"package crowd;\nenum Part1: u8 {{ A = 1; }}\nmessage M0 {{ mark: Part1; }}\n{messages}"
        "message Part_2 { 1 last: M249; }\n"
    )
    schema = compiled(schemas)
    work = tmp_path / "work"
    work.mkdir()
    (command,) = driver.build(schema, work)
    assert {path.stem for path in (work / "generated" / "crowd").glob("*.mli")} == {
        "crowd",
        "part_1",
        "part_2",
        "part_3",
    }
    requests = "Part_2 0e080601010e03060102\nM249 060101\nM0 0601\n"
    done = subprocess.run([command], input=requests, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "ok 0e080601010e03060102",
        "ok 060101",
        "error TRUNCATED 2 M0",
    ]
    driver.run_dune(work, "dev", "@default")


def test_packages_of_the_runtime_are_its_own() -> None:
    """``mycelium.*`` is generated into the runtime, and only there."""
    schema = compiled(SCHEMAS["reference"])
    inside = {str(file.path) for file in generate(schema, GenerationOptions(inside_runtime=True))}
    outside = {str(file.path) for file in generate(schema, GenerationOptions())}
    assert inside == {"control/dune", "control/mycelium_control.ml", "control/mycelium_control.mli"}
    assert not any("control" in path for path in outside)


@pytest.mark.parametrize(
    ("convert", "name", "expected"),
    [
        (value_name, "price", "price"),
        (value_name, "type", "type_"),
        (value_name, "type_", "type__"),
        (value_name, "typed", "typed"),
        (value_name, "MAX_LEVELS", "max_levels"),
        (value_name, "Self", "self"),
        (capital_name, "OrderBook", "Order_book"),
        (capital_name, "ORDER_BOOK", "Order_book"),
        (capital_name, "order_book", "Order_book"),
        (capital_name, "HTTPServer", "Http_server"),
        (capital_name, "Level2Book", "Level2_book"),
        (capital_name, "u8", "U8"),
    ],
)
def test_names(convert: Callable[[str], str], name: str, expected: str) -> None:
    assert convert(name) == expected


def test_names_of_one_scope_differ() -> None:
    """Later names give way, by as many underscores as it takes."""
    assert NameSpace().claim_all(["a", "a", "a_", "b"]) == ("a", "a_", "a__", "b")
    assert [escape(name, {"end"}) for name in ("end", "end_", "ending")] == ["end_", "end__", "ending"]


def test_literals() -> None:
    """What OCaml reads back as the same value."""
    assert string_literal('a"\\\n\u00e9') == '"a\\"\\\\\\x0a\\xc3\\xa9"'
    assert [int64_literal(value) for value in (5, -5, 2**64 - 1)] == ["5L", "(-5L)", "0xffffffffffffffffL"]
    values = [1.0, -0.5, 1e300, float("inf")]
    assert [float_literal(value) for value in values] == ["1.0", "(-0.5)", "1e+300", "Stdlib.infinity"]


def test_comments_stay_comments() -> None:
    """Nothing a schema says ends a comment, opens one, or reads as markup or a string."""
    assert plain('say "x" *) (* [a] {b} @c {d|') == "say \u201cx\u201d * ) ( * \\[a\\] \\{b\\} \\@c (d|"
    assert comment("one\n\ntwo", 2) == "(** one\n\n      two *)"
    assert all(len(line) <= WIDTH for line in comment("word " * 100, 6).splitlines())


def test_lines_break_between_arguments() -> None:
    """Long applications continue below, arguments whole."""
    assert words_of('f (g "a b)" x) "c d"') == ("f", '(g "a b)" x)', '"c d"')
    assert binding("name", "f x", 2) == "  let name = f x in"
    argument = f"(g {'x' * 40})"
    expected = f"let name =\n  f {argument}\n    {argument}\nin"
    assert binding("name", f"f {argument} {argument}", 0) == expected
