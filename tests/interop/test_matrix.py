"""Three languages, one contract: the same bytes, the same refusals, at the same place."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from conversation import Request, ask
from testee import LANGUAGES, driver
from values import JsonValues, collect, hostile

from mycelium.codegen.dynamic import load_messages
from mycelium.errors import DecodeError
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.schema import Schema
from mycelium.json_form import from_json
from mycelium.message import Message

VECTORS = Path(__file__).with_name("vectors")
VALUES_PER_MESSAGE = 80
HOSTILE_PER_MESSAGE = 120

pytestmark = pytest.mark.xdist_group("interop")


@pytest.fixture(scope="session")
def schema() -> Schema:
    schema = compile_schemas(VECTORS, [VECTORS / "conformance.myc"]).schema
    assert schema is not None
    return schema


@pytest.fixture(scope="session")
def messages(schema: Schema) -> Mapping[str, type[Message]]:
    return {name.rpartition(".")[2]: message for name, message in load_messages(schema).items()}


@pytest.fixture(scope="session")
def drivers(schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    return {language: driver(language)(schema, tmp_path_factory.mktemp(language)) for language in LANGUAGES}


def lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (VECTORS / name).read_text().splitlines()]


def body(vector: Mapping[str, Any]) -> bytes:
    """The bytes of a vector: written out, or as a repeated unit between a prefix and a suffix."""
    if "repeat" in vector:
        prefix, unit, count, suffix = vector["repeat"]
        return bytes.fromhex(prefix) + bytes.fromhex(unit) * int(count) + bytes.fromhex(suffix)
    return bytes.fromhex(vector["bytes"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_vectors(language: str, drivers: dict[str, list[str]]) -> None:
    """Bodies are read and written back, or refused with the code the vector names."""
    vectors = lines("conformance.jsonl")
    answers = ask(drivers[language], [Request(vector["message"], body(vector)) for vector in vectors])
    for vector, answer in zip(vectors, answers, strict=True):
        if "error" in vector:
            assert answer.split()[:2] == ["error", vector["error"]], vector
        else:
            assert answer == f"ok {vector.get('reencoded', body(vector).hex())}", vector


def requests(schema: Schema, messages: Mapping[str, type[Message]]) -> tuple[list[Request], list[Request]]:
    """Bodies of made-up values, and hostile bodies, of every message of the schema."""
    valid: list[Request] = []
    damaged: list[Request] = []
    values = JsonValues(schema)
    for declaration in schema.messages():
        message = messages[declaration.name]
        bodies = [
            from_json(message, value).encode()
            for value in collect(values.message(declaration), VALUES_PER_MESSAGE)
        ]
        valid += [Request(declaration.name, encoded) for encoded in bodies]
        bad = collect(hostile(bodies), HOSTILE_PER_MESSAGE)
        damaged += [Request(declaration.name, encoded) for encoded in bad]
    return valid, damaged


def expected(messages: Mapping[str, type[Message]], request: Request) -> str:
    """What the plan-driven codec, which knows nothing of generated code, makes of a request."""
    try:
        return f"ok {messages[request.message].decode(request.body).encode().hex()}"
    except DecodeError as error:
        return f"error {error.code} {error.offset} {error.path}"


def compare(drivers: dict[str, list[str]], asked: Sequence[Request], answers: Sequence[str]) -> None:
    for language in LANGUAGES:
        for request, answer, wanted in zip(asked, ask(drivers[language], asked), answers, strict=True):
            assert answer == wanted, f"{language}: {request.line()}"


def test_every_language_reads_and_writes_what_any_other_writes(
    schema: Schema, messages: Mapping[str, type[Message]], drivers: dict[str, list[str]]
) -> None:
    """Each language decodes a value another encoded and encodes it to the same bytes, round the circle."""
    valid, damaged = requests(schema, messages)
    assert len(valid) + len(damaged) >= 2000
    compare(drivers, valid, [f"ok {request.body.hex()}" for request in valid])
    compare(drivers, damaged, [expected(messages, request) for request in damaged])


def test_matrix(schema: Schema, messages: Mapping[str, type[Message]], drivers: dict[str, list[str]]) -> None:
    """Written by one language, read by each of the others: all pairs, over the shared vectors."""
    good = [vector for vector in lines("conformance.jsonl") if "value" in vector]
    first = [Request(vector["message"], body(vector)) for vector in good]
    for writer in LANGUAGES:
        written = [
            Request(request.message, bytes.fromhex(answer.removeprefix("ok ")))
            for request, answer in zip(first, ask(drivers[writer], first), strict=True)
        ]
        for reader in LANGUAGES:
            for request, answer in zip(written, ask(drivers[reader], written), strict=True):
                assert answer == f"ok {request.body.hex()}", f"{writer} -> {reader}: {request.message}"
