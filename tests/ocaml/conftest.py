"""The conformance schema, generated and built as OCaml once for all tests here."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from mycelium.idl.compiler import compile_schemas
from mycelium.idl.schema import Schema

INTEROP = Path(__file__).resolve().parents[1] / "interop"
VECTORS = INTEROP / "vectors"
PROGRAMS = Path(__file__).with_name("programs")


@pytest.fixture(scope="session")
def driver() -> ModuleType:
    """The module that knows how to build OCaml for the interop tests."""
    specification = importlib.util.spec_from_file_location("ocaml_driver", INTEROP / "drivers" / "ocaml.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def conformance() -> Schema:
    schema = compile_schemas(VECTORS, [VECTORS / "conformance.myc"]).schema
    assert schema is not None
    return schema


@pytest.fixture(scope="session")
def program(
    driver: ModuleType, conformance: Schema, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Path]:
    """Builds one of the programs beside these tests against the conformance schema."""
    work = tmp_path_factory.mktemp("conformance")
    driver.write_project(conformance, work)

    def build(name: str) -> Path:
        text = (PROGRAMS / f"{name}.ml").read_text()
        executable: Path = driver.build_program(conformance, work, name, text, "release")
        return executable

    return build
