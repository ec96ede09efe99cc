"""The conformance schema as generated Python, imported once for all tests here."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import ModuleType

import pytest

from mycelium import native
from mycelium.codegen.dynamic import load_messages
from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.schema import Schema
from mycelium.message import Message

VECTORS = Path(__file__).resolve().parents[1] / "interop" / "vectors"


@pytest.fixture(scope="session")
def schema() -> Schema:
    schema = compile_schemas(VECTORS, [VECTORS / "conformance.myc"]).schema
    assert schema is not None
    return schema


@pytest.fixture(scope="session")
def conformance(schema: Schema, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The generated module of the conformance package."""
    tree = tmp_path_factory.mktemp("conformance_tree")
    for file in generate(schema, GenerationOptions()):
        path = tree / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    sys.path.insert(0, str(tree))
    try:
        return importlib.import_module("conformance")
    finally:
        sys.path.remove(str(tree))


@pytest.fixture(scope="session")
def generated(schema: Schema, conformance: ModuleType) -> Mapping[str, type[Message]]:
    """Generated message classes by short name: native codec, generated fast path and careful path."""
    return {message.name: getattr(conformance, message.name) for message in schema.messages()}


@pytest.fixture(scope="session")
def dynamic(schema: Schema) -> Mapping[str, type[Message]]:
    """Message classes made at run time by short name: the careful path alone."""
    return {name.rpartition(".")[2]: message for name, message in load_messages(schema).items()}


@pytest.fixture(
    params=[("generated", True), ("generated", False), ("dynamic", True), ("dynamic", False)],
    ids=["generated-native", "generated-pure", "dynamic-native", "dynamic-pure"],
)
def messages(request: pytest.FixtureRequest) -> Iterator[Mapping[str, type[Message]]]:
    """Both kinds of classes, through the native codec and without it."""
    kind, wanted = request.param
    with native.forced(wanted):
        yield request.getfixturevalue(kind)
