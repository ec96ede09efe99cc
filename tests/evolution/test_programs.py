"""What is said of programs is what the generators write: types that are said to be the same are spelled the same."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

from mycelium.codegen.languages import TARGETS
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compatibility.programs import LANGUAGES, languages_apart
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.schema import MessageDeclaration, Schema, Type

TYPES = (
    *("bool", "u8", "u16", "u32", "u64", "u128", "u256", "i8", "i16", "i32", "i64", "i128", "f32", "f64"),
    *(
        "timestamp",
        "duration",
        "decimal<2>",
        "decimal<8>",
        "uuid",
        "string",
        "string<9>",
        "bytes",
        "bytes<1..9>",
    ),
    *("ascii[4]", "ascii[5]", "bytes[4]", "bytes[5]", "u8[4]", "u16[4]", "f64[2]", "f64[3]"),
    *("list<u8>", "list<u16, 9>", "list<u64>", "list<i64>", "list<string>", "list<bytes>", "list<ascii[4]>"),
    *("map<u8, u16>", "map<u16, u8>", "map<string, u8>", "map<bytes[4], u8>", "u8 in 1..9", "Side", "Point"),
    *("Leg", "Choice", "list<Leg>", "map<Side, Choice>"),
)
DECLARATIONS = """
enum Side: u8 { BUY = 1; }
struct Point { x: u8; }
message Leg { 1 ratio: u8; }
union Choice { 1 yes: bool; }
"""
FIELD = {
    "python": re.compile(r"^    value: (.*?)(?:  #.*)?$", re.MULTILINE),
    "rust": re.compile(r"^    pub value: (.*),$", re.MULTILINE),
    "ocaml": re.compile(r"^  type t = \{\s*value : ([^;}]*?)\s*;?\s*\}", re.MULTILINE),
}


@pytest.fixture(scope="module")
def schema(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    folder = tmp_path_factory.mktemp("kinds")
    messages = [f"message M{number} {{ 1 value: {type_}; }}\n" for number, type_ in enumerate(TYPES)]
    (folder / "kinds.myc").write_text(f"package kinds;\n{DECLARATIONS}{''.join(messages)}")
    compilation = compile_schemas(folder)
    assert compilation.schema is not None, [found.message for found in compilation.diagnostics]
    return compilation.schema


def generated(schema: Schema, language: str, name: str) -> str:
    files = TARGETS[language].generate(schema, GenerationOptions())
    return next(file.text for file in files if Path(file.path).name == name)


def field_types(schema: Schema, language: str) -> list[str]:
    """The types of all fields called ``value``, as they are spelled."""
    name = {"python": "kinds.py", "rust": "kinds.rs", "ocaml": "kinds.mli"}[language]
    return FIELD[language].findall(generated(schema, language, name))


@pytest.mark.parametrize("language", LANGUAGES)
def test_types_are_apart_where_their_spellings_are(schema: Schema, language: str) -> None:
    spelled = field_types(schema, language)[-len(TYPES) :]
    messages = [each for each in schema.messages() if each.name.startswith("M")]
    assert len(spelled) == len(messages) == len(TYPES)
    for (old, old_text), (new, new_text) in product(zip(messages, spelled, strict=True), repeat=2):
        apart = language in languages_apart(value_type(old), value_type(new))
        assert apart == (old_text != new_text), (old_text, new_text)


def value_type(message: MessageDeclaration) -> Type:
    return message.fields[0].type


@pytest.mark.parametrize("language", LANGUAGES)
def test_only_none_makes_another_type(tmp_path: Path, language: str) -> None:
    """A required field and a defaulted one have one type, an optional one another: so says ``report_presence``."""
    messages = [
        f"message M{number} {{ 1 value: u32{rest}; }}\n" for number, rest in enumerate(("", " = 1", "?"))
    ]
    (tmp_path / "kinds.myc").write_text(f"package kinds;\n{''.join(messages)}")
    schema = compile_schemas(tmp_path).schema
    assert schema is not None
    required, defaulted, optional = (text.split(" = ")[0] for text in field_types(schema, language))
    assert required == defaulted != optional


def test_matches_name_every_case_where_that_is_said(schema: Schema) -> None:
    """Nothing in generated Rust or OCaml lets a match leave cases out."""
    rust = generated(schema, "rust", "kinds.rs")
    assert "pub enum Side" in rust and "non_exhaustive" not in rust
    ocaml = generated(schema, "ocaml", "kinds.mli")
    assert "| Unknown of" in ocaml and ".." not in ocaml.partition("module Side")[2].partition("end")[0]
