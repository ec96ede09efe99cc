"""Digests come from meaning: how a schema is written never changes them, what it says always does."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from schema_mutations import mutations

from mycelium.idl.compiler import compile_schemas
from mycelium.idl.digest import MessageDigests, canonical_forms, message_digests, schema_digests
from mycelium.idl.schema import Schema

REPOSITORY = Path(__file__).resolve().parents[2]
CONFORMANCE = REPOSITORY / "tests" / "interop" / "vectors" / "conformance.myc"
GOLDEN = Path(__file__).with_name("digests.json")

_TOKEN = re.compile(
    r'//[^\n]*\n|"(?:[^"\\]|\\.)*"|\.\.|-?[0-9][0-9A-Za-z_]*(?:\.[0-9]+(?:e[-+]?[0-9]+)?)?|[A-Za-z_][A-Za-z0-9_]*|\S'
)
_SPACES = (" ", "\n", "\t", "  ", " /* between */ ", " // to the end\n", "\r\n")


def compile_text(folder: Path, files: dict[str, str]) -> Schema:
    """Compile texts as files of a schema root."""
    for name, text in files.items():
        (folder / name).write_text(text)
    compilation = compile_schemas(folder)
    assert compilation.schema is not None, [str(found) for found in compilation.diagnostics]
    return compilation.schema


def declarations(text: str) -> tuple[str, list[list[str]]]:
    """The package statement, and the tokens of every declaration, without comments."""
    tokens = [token for token in _TOKEN.findall(text) if not token.startswith("//")]
    end = tokens.index(";") + 1
    found: list[list[str]] = []
    current: list[str] = []
    depth = 0
    for token in tokens[end:]:
        current.append(token)
        depth += (token == "{") - (token == "}")
        if depth == 0 and (token == "}" or (token == ";" and current[0] == "const")):
            found.append(current)
            current = []
    assert not current
    return " ".join(tokens[:end]), found


def shuffle_tagged_fields(tokens: list[str], chance: random.Random) -> list[str]:
    """The same message or union with its numbered lines in another order; other declarations as they are."""
    if tokens[0] not in ("message", "union"):
        return tokens
    start = tokens.index("{") + 1
    lines: list[list[str]] = [[]]
    for token in tokens[start:-1]:
        lines[-1].append(token)
        if token == ";":
            lines.append([])
    lines.pop()
    block = [line for line in lines if not line[0].isdigit()]
    tagged = [line for line in lines if line[0].isdigit()]
    chance.shuffle(tagged)
    return [*tokens[:start], *(token for line in (*block, *tagged) for token in line), "}"]


def written_differently(text: str, chance: random.Random) -> dict[str, str]:
    """The same schema with other spaces, comments and orders, spread over up to three files."""
    package, found = declarations(text)
    chance.shuffle(found)
    names = ["a.myc", "b.myc", "c.myc"][: chance.randint(1, 3)]
    chance.shuffle(names)
    files = dict.fromkeys(names, package + "\n")
    for tokens in found:
        name = chance.choice(names)
        shuffled = shuffle_tagged_fields(tokens, chance)
        files[name] += "".join(token + chance.choice(_SPACES) for token in shuffled) + "\n"
    return files


@pytest.fixture(scope="module")
def conformance() -> Schema:
    compilation = compile_schemas(CONFORMANCE.parent, [CONFORMANCE])
    assert compilation.schema is not None
    return compilation.schema


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(min_value=0, max_value=2**32))
def test_how_a_schema_is_written_does_not_matter(
    seed: int, conformance: Schema, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("written")
    files = written_differently(CONFORMANCE.read_text(), random.Random(seed))
    again = compile_text(folder, files)
    assert message_digests(again) == message_digests(conformance)
    assert schema_digests(again) == schema_digests(conformance)


def test_every_semantic_change_alters_the_digests(conformance: Schema) -> None:
    before = message_digests(conformance)
    changes = list(mutations(conformance))
    assert len(changes) > 500
    for mutation in changes:
        after = message_digests(mutation.schema)
        affected = changed_messages(before, after)
        if is_reachable(conformance, mutation.declaration):
            assert affected["full"], mutation.description
            assert bool(affected["wire"]) is not mutation.only_names, mutation.description


def changed_messages(
    before: dict[str, MessageDigests], after: dict[str, MessageDigests]
) -> dict[str, list[str]]:
    """Names of the messages whose wire and whose full digest differ."""
    return {
        "wire": [name for name in before if before[name].wire != after[name].wire],
        "full": [name for name in before if before[name].full != after[name].full],
    }


def is_reachable(schema: Schema, declaration: str) -> bool:
    """Whether any message contains the declaration; one that none contains matters to no digest."""
    forms = canonical_forms(schema, "full")
    reached = {message.qualified_name for message in schema.messages()}
    waiting = list(reached)
    digests = {hashlib.sha256(form.encode()).hexdigest(): name for name, form in forms.items()}
    while waiting:
        form = forms[waiting.pop()]
        named = {digests[word] for word in re.findall(r"[0-9a-f]{64}", form) if word in digests}
        named |= set(re.findall(r"#\d+=([A-Za-z0-9_.]+) ", form))
        waiting += named - reached
        reached |= named
    return declaration in reached


def test_long_chains_and_large_circles_are_no_problem(tmp_path: Path) -> None:
    chain = "".join(f"message M{n} {{ 1 next: M{n - 1}?; }}\n" for n in range(1, 3000))
    circle = "".join(f"message C{n} {{ 1 next: C{(n + 1) % 50}?; }}\n" for n in range(50))
    schema = compile_text(tmp_path, {"a.myc": f"package a;\nmessage M0 {{}}\n{chain}{circle}"})
    digests = message_digests(schema)
    assert len({digest.wire for name, digest in digests.items() if name.startswith("a.M")}) == 3000
    assert len({digest.wire for name, digest in digests.items() if name.startswith("a.C")}) == 1
    assert len({digest.full for name, digest in digests.items()}) == 3050


def test_golden_digests() -> None:
    """Digests are part of the contract: they change only when the schemas or the canonical form's version do."""
    found = {}
    for root in (CONFORMANCE.parent, REPOSITORY / "schemas"):
        schema = compile_schemas(root).schema
        assert schema is not None
        for name, digests in sorted(message_digests(schema).items()):
            found[name] = {"wire": digests.wire.hex(), "full": digests.full.hex()}
        whole = schema_digests(schema)
        found[f"{root.name}/"] = {"wire": whole.wire.hex(), "full": whole.full.hex()}
    if os.environ.get("MYCELIUM_WRITE_GOLDEN") == "digests":
        GOLDEN.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
    assert found == json.loads(GOLDEN.read_text())
