"""The shared vectors through the generated Rust, code and bytes."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from conformance_crate import REPOSITORY, VECTORS

from mycelium.idl.compiler import compile_schemas

pytestmark = pytest.mark.xdist_group("rust")


def driver_module() -> ModuleType:
    path = REPOSITORY / "tests" / "interop" / "drivers" / "rust.py"
    specification = importlib.util.spec_from_file_location("rust_driver", path)
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def driver(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    schema = compile_schemas(VECTORS, [VECTORS / "conformance.myc"]).schema
    command = driver_module().build(schema, tmp_path_factory.mktemp("driver"))
    assert isinstance(command, list)
    return command


def ask(driver: list[str], lines: list[str]) -> list[str]:
    text = "".join(f"{line}\n" for line in lines)
    done = subprocess.run(driver, input=text, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def body(vector: Mapping[str, Any]) -> str:
    if "repeat" in vector:
        prefix, unit, count, suffix = vector["repeat"]
        return f"{prefix}{unit * count}{suffix}"
    return str(vector["bytes"])


DEEPEST = 64


def expected_answer(vector: Mapping[str, Any]) -> str:
    """The bytes the vector says. Of deep trees it gives those of a writer that left out the list of kids; a writer of
    today writes the empty list too, one level below its tree."""
    if vector["message"] == "Tree" and "reencoded" not in vector:
        depth = tree_depth(vector["value"])
        if depth > DEEPEST:
            return f"error DEPTH_EXCEEDED 0 Tree{'.left' * (DEEPEST - 1)}.kids"
        return f"ok {tree_bytes(vector['value']).hex()}"
    return f"ok {vector.get('reencoded', body(vector))}"


def tree_depth(tree: Mapping[str, Any]) -> int:
    """How deep a tree goes, its list of kids included."""
    kids = [1 + tree_depth(kid) for kid in tree["kids"]] or [1]
    return 1 + max(*kids, *(tree_depth(tree[side]) for side in ("left", "right") if side in tree), 0)


def length_and(content: bytes) -> bytes:
    size = len(content)
    if size < 254:
        return bytes([size]) + content
    if size < 1 << 16:
        return b"\xfe" + size.to_bytes(2, "little") + content
    return b"\xff" + size.to_bytes(4, "little") + content


def tree_bytes(tree: Mapping[str, Any]) -> bytes:
    """A tree by hand: value, left, right, kids."""
    value: int = tree["value"]
    encoded = b"\x0b" + value.to_bytes(8, "little", signed=True)
    for header, side in ((b"\x16", "left"), (b"\x1e", "right")):
        if side in tree:
            encoded += header + length_and(tree_bytes(tree[side]))
    return encoded + b"\x26" + length_and(b"".join(length_and(tree_bytes(kid)) for kid in tree["kids"]))


def test_every_vector_of_a_body(driver: list[str]) -> None:
    vectors = [json.loads(line) for line in (VECTORS / "conformance.jsonl").read_text().splitlines()]
    answers = ask(driver, [f"{vector['message']} {body(vector)}" for vector in vectors])
    assert len(vectors) > 1700
    for vector, answer in zip(vectors, answers, strict=True):
        if "error" in vector:
            assert answer.split()[:2] == ["error", vector["error"]], vector
        else:
            assert answer == expected_answer(vector), vector


def test_requests_that_are_none(driver: list[str]) -> None:
    requests = ["Empty", "Empty ", "conformance.Empty ", "Nobody 00", "Empty 0", "Empty zz", "Leaf 0e00"]
    assert ask(driver, requests) == [
        "ok ",
        "ok ",
        "ok ",
        "error UNKNOWN_TYPE 0 Nobody",
        "error BAD_REQUEST 0 -",
        "error BAD_REQUEST 0 -",
        "ok 0e001201000000",
    ]


@pytest.mark.parametrize(
    ("request_line", "answer"),
    [
        ("Quote 06", "error TRUNCATED 1 Quote"),
        ("Quote 0600", "error BAD_LENGTH 2 Quote"),
        ("Quote ", "error MISSING_FIELD 0 Quote.symbol"),
        ("Quote 0608" + "41" * 8, "error MISSING_FIELD 10 Quote.ts"),
        ("Events 0e00", "error BAD_LENGTH 2 Events.event"),
        ("Events 0e0100", "error BAD_LENGTH 2 Events.event"),
        ("Events 0e0308", "error TRUNCATED 2 Events.event"),
        ("Events 0e021bff", "error TRUNCATED 3 Events.event(number)"),
        ("Lists 0e00160300", "error TRUNCATED 4 Lists.wide"),
        ("Lists 0e00160100", "error BAD_LENGTH 4 Lists.wide"),
        ("Lists 0e0016001e0102", "error BAD_BOOL 6 Lists.flags[0]"),
        ("Maps 0e050100000000", "error MISSING_FIELD 7 Maps.signed"),
        ("Maps 0e0a01000000000100000000", "error NON_CANONICAL 7 Maps.ints[#1]"),
        ("Maps 0e06010000000100", "error MISSING_FIELD 8 Maps.signed"),
    ],
)
def test_offsets_and_paths(driver: list[str], request_line: str, answer: str) -> None:
    assert ask(driver, [request_line]) == [answer]


def test_a_line_of_forty_megabytes(driver: list[str]) -> None:
    size = 16 * 1024 * 1024 - 64
    encoded = f"0eff{size.to_bytes(4, 'little').hex()}{'61' * size}16001e0026002e00"
    assert ask(driver, [f"Texts {encoded}"]) == [f"ok {encoded}"]


HUGE = """
package huge;
message Tagged = 1000 { 1 blob: bytes[60000]; 2 next: Tagged?; }
message Packed = 1001 { blob: bytes[60000]; 2 next: Packed?; }
message Unions = 1002 { 1 choice: Choice; }
union Choice { 1 blob: bytes[60000]; 2 next: Choice; }
"""


def test_large_values_nested_as_deep_as_allowed(tmp_path: Path) -> None:
    """What lies within a value lies on the heap, so that a stack of the usual size is enough for all of it."""
    (tmp_path / "huge.myc").write_text(HUGE)
    driver = driver_module().build(compile_schemas(tmp_path).schema, tmp_path / "driver")
    blob = bytes(60_000)
    bodies = {"Tagged": b"", "Packed": b"", "Unions": b"\x0e" + length_and(blob)}
    for depth in range(DEEPEST):
        for message, header in (("Tagged", b"\x0e"), ("Packed", b"\x06")):
            inner = b"\x16" + length_and(bodies[message]) if depth else b""
            bodies[message] = header + length_and(blob) + inner
        if depth < DEEPEST - 2:
            bodies["Unions"] = b"\x16" + length_and(bodies["Unions"])
    bodies["Unions"] = b"\x0e" + length_and(bodies["Unions"])
    answers = ask(driver, [f"{message} {encoded.hex()}" for message, encoded in bodies.items()])
    assert answers == [f"ok {encoded.hex()}" for encoded in bodies.values()]


def test_a_second_build_is_the_same_program(driver: list[str], tmp_path: Path) -> None:
    schema = compile_schemas(VECTORS, [VECTORS / "conformance.myc"]).schema
    again = driver_module().build(schema, tmp_path)
    assert Path(again[0]).read_bytes() == Path(driver[0]).read_bytes()
