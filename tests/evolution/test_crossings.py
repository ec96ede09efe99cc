"""The generated codecs of every language, held against witnesses and verdicts: two programs per language, one built from
all old versions and one from all new ones, and everything that one writes is read by the other.

The program of the writer has to take each body apart and write the same bytes again; that of the reader has to refuse
it with the same code, offset and path, or to read, and write again, just what the plan-driven codec reads.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest
from crossings import ANY_FRAME, Crossings, cross, random_pairs, table_pairs
from testee import LANGUAGES
from worlds import PACKAGE

from mycelium.codegen.output import write
from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.codegen.witness import Direction
from mycelium.idl.schema import Schema
from mycelium.json_form import from_json

RANDOM_SEEDS = range(60)
"""Each stands for one to four changes; thousands more are tried with the codecs made at run time."""


@pytest.fixture(scope="module")
def table_and_random_changes() -> Crossings:
    return Crossings([*table_pairs(), *random_pairs(RANDOM_SEEDS)])


def test_there_is_much_to_send(table_and_random_changes: Crossings) -> None:
    crossings = table_and_random_changes.crossings
    refused = [each for each in crossings if each.answer.startswith("error")]
    misread = [each for each in crossings if each.is_witness and each.answer.startswith("ok")]
    frames = [each for each in crossings if each.sent.message == ANY_FRAME]
    safe = [each for each in crossings if not each.is_witness]
    assert len(refused) > 80 and len(misread) > 50 and len(frames) > 4 and len(safe) > 1000
    assert sum(pair.description.count(";") + 1 for pair in random_pairs(RANDOM_SEEDS)) > 100


@pytest.mark.parametrize("language", LANGUAGES)
def test_generated_codecs_agree(language: str, tmp_path: Path, table_and_random_changes: Crossings) -> None:
    wrong = cross(table_and_random_changes, language, tmp_path)
    assert not wrong, f"{len(wrong)} crossings went wrong:\n" + "\n".join(wrong[:9])


def test_generated_python_writes_witnesses_from_their_json_form(tmp_path: Path) -> None:
    """Rust and OCaml have no JSON form; for them the bytes stand for the value."""
    table = Crossings(table_pairs())
    modules = [
        generated_module(schema, tmp_path / name, name)
        for schema, name in zip(table.schemas, ("old_cases", "new_cases"), strict=True)
    ]
    witnesses = [each for each in table.crossings if each.is_witness and each.written.message != ANY_FRAME]
    assert len(witnesses) > 50
    for witness in witnesses:
        module = modules[0 if witness.direction is Direction.NEW_READS_OLD else 1]
        message = getattr(module, witness.written.message.removeprefix(f"{PACKAGE}."))
        assert from_json(message, witness.value).encode() == witness.written.body, witness.description


def generated_module(schema: Schema, folder: Path, name: str) -> ModuleType:
    """The one module of a schema of one package, under a name of its own."""
    write(folder, generate(schema, GenerationOptions()))
    specification = importlib.util.spec_from_file_location(name, folder / f"{PACKAGE}.py")
    assert specification is not None and specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module
