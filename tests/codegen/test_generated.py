"""What is generated: fresh in the repository, the same twice, and one set of digests in every language."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mycelium.codegen.cli import main
from mycelium.codegen.languages import TARGETS
from mycelium.codegen.output import MARKER
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.digest import message_digests, schema_digests
from mycelium.idl.schema import Schema

REPOSITORY = Path(__file__).resolve().parents[2]

# How each language writes the constants of one message, and the digests of the set.
CONSTANTS = {
    "python": r"(WIRE|FULL)_DIGEST = 0x([0-9A-Fa-f]+)",
    "rust": r"(WIRE|FULL)_DIGEST: u64 = 0x([0-9a-f]+)",
    "ocaml": r"(wire|full)_digest = 0x([0-9a-f]+)L",
}


@pytest.fixture(scope="module")
def schema() -> Schema:
    schema = compile_schemas(REPOSITORY / "schemas").schema
    assert schema is not None
    return schema


@pytest.mark.parametrize(
    "arguments", [["--out", "generated"], ["--runtime", "runtime"]], ids=["packages", "control"]
)
def test_the_repository_is_fresh(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """``make generate`` mends it."""
    monkeypatch.chdir(REPOSITORY)
    assert main(["schemas", "--check", *arguments]) == 0


@pytest.mark.parametrize("language", TARGETS)
def test_two_runs_give_the_same_files(language: str, schema: Schema) -> None:
    options = GenerationOptions(rust_runtime="../runtime")
    assert TARGETS[language].generate(schema, options) == TARGETS[language].generate(schema, options)


@pytest.mark.parametrize("language", TARGETS)
def test_every_file_names_its_generator(language: str, schema: Schema) -> None:
    for file in TARGETS[language].generate(schema, GenerationOptions()):
        assert MARKER in file.text[:1000], file.path
        assert file.text.endswith("\n") and not file.text.endswith("\n\n"), file.path


@pytest.mark.parametrize("language", TARGETS)
def test_digest_constants_are_those_of_the_compiler(language: str, schema: Schema) -> None:
    text = "".join(file.text for file in TARGETS[language].generate(schema, GenerationOptions()))
    found = sorted((tier.lower(), int(digits, 16)) for tier, digits in re.findall(CONSTANTS[language], text))
    digests = [digest for name, digest in message_digests(schema).items() if not name.startswith("mycelium.")]
    assert found == sorted(
        [("wire", digest.wire_u64) for digest in digests] + [("full", digest.full_u64) for digest in digests]
    )


@pytest.mark.parametrize("language", TARGETS)
def test_registries_carry_the_digests_of_the_set(language: str, schema: Schema) -> None:
    registry = "".join(
        file.text
        for file in TARGETS[language].generate(schema, GenerationOptions())
        if "registry" in file.path.name
    )
    digits = re.sub(r"0x|[^0-9a-f]", "", registry)
    for digest in (schema_digests(schema).wire, schema_digests(schema).full):
        assert digest.hex() in digits
