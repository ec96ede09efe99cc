"""A schema whose names have every length, so that every line of the generated code crosses the right margin once."""

from __future__ import annotations

from collections.abc import Iterator

LONGEST_NAME = 44

BLOCK_TYPES = ("u8", "bool", "decimal<8>", "ascii[8] ", "f64 in 0.0..1.0", "Shade", "Tone", "Pair", "u16[3]")
TAGGED_TYPES = (
    *BLOCK_TYPES,
    "string",
    "string<1..64>",
    "bytes<70000>",
    "list<u32, 20>",
    "list<string<5>, 3>",
    "map<string, list<map<u8, string>>>",
    "map<u8, f32 in 0.0..1.5>",
    "Item",
    "Choice",
    "u256",
)
DEFAULTS = (
    "u64 = 18446744073709551615",
    'string = "a default of some length"',
    "Shade = SOME_MEMBER",
    "decimal<2> = 1.25",
    "list<u16> = []",
    "f64 = 3.14159",
    "u256 = 115792089237316195423570985008687907853269984665640564039457584007913129639935",
)


def _name(letter: str, length: int, index: int) -> str:
    """A lower_snake name of exactly that length."""
    return f"{letter}{index}".ljust(length, letter)[: max(length, len(f"{letter}{index}"))]


def schema_text() -> str:
    """One package with a message, a struct and a union for each length of a name."""
    return "\n".join(_parts())


def _parts() -> Iterator[str]:
    yield "package widths;"
    yield "enum Shade: u8 { SOME_MEMBER = 1; OTHER = 2; }"
    yield "closed enum Tone: u16 { LOW = 1; HIGH = 2; }"
    yield "struct Pair { a: u8; b: bool; }"
    yield "message Item { 1 name: string; 2 next: Item?; 3 choice: Choice?; }"
    yield "union Choice { 1 item: Item; 2 text: string; 3 choice: Choice; }"
    for length in range(3, LONGEST_NAME, 2):
        yield from _declarations(length)


def _declarations(length: int) -> Iterator[str]:
    upper = f"N{length}".ljust(length, "x")
    block = [f"  {_name('b', length, i)}: {type_};" for i, type_ in enumerate(BLOCK_TYPES)]
    tagged = [f"  {i + 1} {_name('f', length, i)}: {type_};" for i, type_ in enumerate(TAGGED_TYPES)]
    optional = [f"  {i + 41} {_name('o', length, i)}: {type_}?;" for i, type_ in enumerate(TAGGED_TYPES)]
    defaulted = [f"  {i + 81} {_name('d', length, i)}: {type_};" for i, type_ in enumerate(DEFAULTS)]
    yield "\n".join([f"message {upper} = {1000 + length} {{", *block, *tagged, *optional, *defaulted, "}"])
    yield "\n".join(
        [f"message {upper}d {{", *(line.replace(";", " = 1;") for line in block[:1]), *defaulted, "}"]
    )
    yield "\n".join([f"struct {upper}s {{", *block, "}"])
    variants = [f"  {i + 1} {_name('v', length, i)}: {type_};" for i, type_ in enumerate(TAGGED_TYPES)]
    yield "\n".join([f"union {upper}u {{", *variants, "}"])
    members = ";".join(f"{_name('M', length, i)} = {i}" for i in range(3))
    yield f"enum {upper}e: u32 {{ {members}; }}"
    yield f"closed enum {upper}c: u64 {{ {members}; }}"
    yield f'const {_name("C", length, 0)}: string = "some text of a constant, neither long nor short";'
