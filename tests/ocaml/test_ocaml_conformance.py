"""Generated OCaml against the shared vectors, and against what encoders, printing and registries promise."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mycelium.idl.schema import Schema

VECTORS = Path(__file__).resolve().parents[1] / "interop" / "vectors"

pytestmark = pytest.mark.xdist_group("ocaml")

EMPTY_LIST_OF_KIDS = bytes([4 << 3 | 6, 0])


def vectors(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (VECTORS / name).read_text().splitlines()]


def body_in_hex(vector: Mapping[str, Any]) -> str:
    """The bytes of a vector: written out, or as a repeated unit between a prefix and a suffix."""
    if "repeat" in vector:
        prefix, unit, count, suffix = vector["repeat"]
        return str(prefix) + str(unit) * int(count) + str(suffix)
    return str(vector["bytes"])


def tree_with_all_defaults(value: Mapping[str, Any]) -> bytes:
    """A tree of left branches as an encoder of today writes it: with ``kids``, which has a default."""
    body = b"\x0b" + int(value["value"]).to_bytes(8, "little", signed=True)
    if "left" in value:
        left = tree_with_all_defaults(value["left"])
        length = bytes([len(left)]) if len(left) < 254 else b"\xfe" + len(left).to_bytes(2, "little")
        body += b"\x16" + length + left
    return body + EMPTY_LIST_OF_KIDS


def depth(value: Mapping[str, Any]) -> int:
    return 1 + depth(value["left"]) if "left" in value else 1


def expected_answer(vector: Mapping[str, Any]) -> str:
    """``ok`` and the bytes, or ``error`` and the code; the rest of an error line is not in the vectors.

    Deep trees come without ``kids``: an older writer left it out. Written today it is there, and its list is one
    level deeper than the tree, so that the deepest tree can be read and not be written back.
    """
    if "error" in vector:
        return f"error {vector['error']}"
    if vector["message"] == "Tree" and depth(vector["value"]) > 60:
        if depth(vector["value"]) == 64:
            return "error DEPTH_EXCEEDED"
        return "ok " + tree_with_all_defaults(vector["value"]).hex()
    return f"ok {vector.get('reencoded', body_in_hex(vector))}"


@pytest.fixture(scope="session")
def ask(
    driver: ModuleType, conformance: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[list[str]], list[str]]:
    command = driver.build(conformance, tmp_path_factory.mktemp("driver"))

    def answers(requests: list[str]) -> list[str]:
        text = "".join(request + "\n" for request in requests)
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    return answers


def test_vectors(ask: Callable[[list[str]], list[str]]) -> None:
    """Every body is read and written back, or refused with the vector's code and place."""
    all_vectors = vectors("conformance.jsonl")
    answers = ask([f"{vector['message']} {body_in_hex(vector)}" for vector in all_vectors])
    assert len(answers) == len(all_vectors)
    for vector, answer in zip(all_vectors, answers, strict=True):
        if answer.startswith("error "):
            answer = " ".join(answer.split()[:2])
        assert answer == expected_answer(vector), vector


def test_driver_answers_what_it_cannot_serve(ask: Callable[[list[str]], list[str]]) -> None:
    """Unknown messages, bad digits and empty bodies have their answers, and the driver goes on."""
    requests = ["Nobody 00", "Empty 0", "Empty 0g", "Empty", "Empty ", "conformance.Empty ", "Leaf 0e016116"]
    assert ask(requests) == [
        "error UNKNOWN_TYPE 0 Nobody",
        "error BAD_REQUEST 0 -",
        "error BAD_REQUEST 0 -",
        "ok ",
        "ok ",
        "ok ",
        "error KIND_MISMATCH 3 Leaf.weight",
    ]


def test_frames(program: Callable[[str], Path]) -> None:
    """Frames are taken apart, or refused with the vector's code and place."""
    frames = vectors("frames.jsonl")
    places = {vector["frame"]: vector for vector in vectors("frame_offences.jsonl")}
    text = "".join(f"{vector['frame']}\n" for vector in frames)
    done = subprocess.run([program("frames")], input=text, capture_output=True, text=True, check=True)
    for vector, answer in zip(frames, done.stdout.splitlines(), strict=True):
        if "error" in vector:
            place = places[vector["frame"]]
            assert answer == f"error {vector['error']} {place['offset']} {place['path']}", vector
        else:
            envelope = ",".join(str(part) for part in vector.get("envelope", {}).values()) or "-"
            assert answer == f"{vector['type']} {vector['body']} {envelope}", vector


def test_values_and_refusals(program: Callable[[str], Path]) -> None:
    """The program counts its own claims; a failed one is in its output."""
    done = subprocess.run([program("conformance_tests")], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.rstrip().endswith(" passed, 0 failed")
