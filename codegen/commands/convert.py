"""``mycelium-gen encode`` and ``decode``: one value a line, in and out; an offence is an answer, not an end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console, UsageError
from mycelium.codegen.commands.schemas import SchemaSelection, compile_selection, find_message
from mycelium.codegen.dynamic import load_messages
from mycelium.errors import DecodeError, EncodeError
from mycelium.json_form import from_json, to_json
from mycelium.message import Message

_MOST_DIGITS = 200
"""More than the widest integer type has, fewer than make a conversion slow."""


def run_decode(selection: SchemaSelection, name: str, source: Path | None, console: Console) -> int:
    """Each line is a body in hex; each answer its JSON form, or ``error CODE OFFSET PATH``."""

    def convert(message: type[Message], line: str) -> str:
        try:
            body = bytes.fromhex(line)
        except ValueError:
            return "error BAD_HEX 0 -"
        try:
            return json.dumps(to_json(message.decode(body)), ensure_ascii=False, allow_nan=False)
        except DecodeError as error:
            return f"error {error.code} {error.offset} {error.path}"

    return _run(selection, name, source, convert, console)


def run_encode(selection: SchemaSelection, name: str, source: Path | None, console: Console) -> int:
    """Each line is a value in JSON form; each answer its body in hex, or ``error CODE 0 PATH``."""

    def convert(message: type[Message], line: str) -> str:
        if any("\udc80" <= character <= "\udcff" for character in line):
            return "error BAD_JSON 0 -"
        try:
            value = json.loads(
                line, object_pairs_hook=_object, parse_constant=_no_constant, parse_int=_integer
            )
        except (ValueError, RecursionError) as error:
            return f"error BAD_JSON {getattr(error, 'pos', 0)} -"
        try:
            return from_json(message, value).encode().hex()
        except EncodeError as error:
            return f"error {error.code} 0 {error.path}"

    return _run(selection, name, source, convert, console)


def _no_constant(name: str) -> object:
    """JSON has no bare NaN or Infinity; the JSON form writes them as strings."""
    raise ValueError(f"{name} is no JSON")


def _integer(digits: str) -> int:
    """An integer of any size; of an absurd one only the sign matters, no type holds it."""
    if len(digits) <= _MOST_DIGITS:
        return int(digits)
    beyond: int = 10**_MOST_DIGITS
    return -beyond if digits.startswith("-") else beyond


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object; ValueError for a name that comes twice, which json would pass over."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name comes twice in one object")
    return found


def _run(
    selection: SchemaSelection,
    name: str,
    source: Path | None,
    convert: Callable[[type[Message], str], str],
    console: Console,
) -> int:
    schema = compile_selection(selection, console)
    if schema is None:
        return PROBLEMS_FOUND
    message = load_messages(schema)[find_message(schema, name).qualified_name]
    code = FINE
    for line in _lines(source):
        answer = convert(message, line)
        if answer.startswith("error "):
            code = PROBLEMS_FOUND
        print(answer, flush=True)
    return code


def _lines(source: Path | None) -> Iterator[str]:
    """The lines, without the space around them; bytes that are no UTF-8 stay recognisable as such."""
    if source is None:
        if sys.stdin is None:
            raise UsageError("standard input is closed")
        for line in sys.stdin.buffer:
            yield line.decode(errors="surrogateescape").strip()
        return
    try:
        with source.open("rb") as stream:
            for line in stream:
                yield line.decode(errors="surrogateescape").strip()
    except OSError as error:
        raise UsageError(f"cannot read {source}: {error.strerror}") from error
