"""Depth in generated code: what is checked by it, what need not be, and that both codecs refuse at one place."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from mycelium import DecodeError, EncodeError, ErrorCode
from mycelium.careful_decoder import decode_carefully
from mycelium.careful_encoder import encode_carefully
from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.compiler import compile_schemas
from mycelium.wire import length_prefix

Import = Callable[[Path, str], ModuleType]

RECURSIVE = """
package deep;
union Nest { 1 nests: list<Nest>; 2 end: u8; 3 box: Box; }
message Box = 5001 { 1 nest: Nest?; 2 lists: list<list<list<u8>>>; 3 shelf: Shelf?; }
message Shelf { 1 names: map<string, list<string>>; }
"""

LONGEST = 70


def chain() -> str:
    """Messages each of which holds the next, with no recursion: the first is too deep to be whole."""
    links = [f"message Link{n} {{ 1 next: Link{n + 1}?; }}" for n in range(LONGEST)]
    return "\n".join(["package deep;", *links, f"message Link{LONGEST} {{ }}"])


@pytest.fixture
def load(tmp_path: Path, import_from: Import) -> Callable[[str], Any]:
    def generated(text: str) -> Any:
        (tmp_path / "deep.myc").write_text(text, encoding="utf-8")
        schema = compile_schemas(tmp_path).schema
        assert schema is not None
        for file in generate(schema, GenerationOptions()):
            (tmp_path / file.path).write_text(file.text, encoding="utf-8")
        return import_from(tmp_path, "deep")

    return generated


def nested(unit: Callable[[bytes], bytes], innermost: bytes, times: int) -> bytes:
    body = innermost
    for _ in range(times):
        body = unit(body)
    return body


def refusal(decode: Callable[..., Any], *arguments: Any) -> tuple[str, int, str] | None:
    try:
        decode(*arguments)
    except DecodeError as error:
        return (error.code, error.offset, error.path)
    return None


def in_list(body: bytes) -> bytes:
    """A union whose variant is a list of one union: two levels."""
    item = length_prefix(len(body)) + body
    return b"\x0e" + length_prefix(len(item)) + item


@pytest.mark.parametrize("levels", [0, 1, 10, 29, 30, 31, 32, 100, 5000])
@pytest.mark.parametrize("innermost", [b"\x10\x07", b"\x0e\x00", b"\x1e\x02\x16\x00"])
def test_recursion_is_bounded_alike(load: Callable[[str], Any], levels: int, innermost: bytes) -> None:
    deep = load(RECURSIVE)
    nest = nested(in_list, innermost, levels)
    body = b"\x0e" + length_prefix(len(nest)) + nest + b"\x16\x00"
    found = refusal(deep.Box.decode, body)
    assert found == refusal(decode_carefully, deep.Box, body)
    if levels >= 32:
        assert found is not None and found[0] == ErrorCode.DEPTH_EXCEEDED
    if levels <= 29:
        value = deep.Box.__read__(body, 0, len(body), 1)
        assert deep.Box.__write__(value, 1) == encode_carefully(value) == body


def test_a_value_nested_too_deep_is_not_written(load: Callable[[str], Any]) -> None:
    deep = load(RECURSIVE)
    nest = deep.NestEnd(1)
    for _ in range(32):
        nest = deep.NestNests((nest,))
    with pytest.raises(EncodeError) as caught:
        deep.Box(nest=nest, lists=()).encode()
    assert caught.value.code is ErrorCode.DEPTH_EXCEEDED


def test_a_chain_longer_than_the_limit(load: Callable[[str], Any]) -> None:
    deep = load(chain())
    for links, fits in ((0, True), (10, True), (63, True), (64, False), (LONGEST, False)):
        body = nested(lambda inner: b"\x0e" + length_prefix(len(inner)) + inner, b"", links)
        found = refusal(deep.Link0.decode, body)
        assert (found is None) is fits
        assert found == refusal(decode_carefully, deep.Link0, body)
        if fits:
            assert deep.Link0.decode(body).encode() == body
    short = getattr(deep, f"Link{LONGEST - 5}")
    body = bytes.fromhex("0e020e00")
    assert repr(short.__read__(body, 0, len(body), 1)) == repr(decode_carefully(short, body))
