"""The Python side of the interop tests: generated code behind a line protocol on standard input and output."""

from __future__ import annotations

import sys
from pathlib import Path

from mycelium.codegen.python import generate
from mycelium.codegen.python.lowering import is_runtime_package
from mycelium.codegen.python.naming import module_parts
from mycelium.codegen.python.scope import PublicNames
from mycelium.codegen.target import GenerationOptions
from mycelium.idl.schema import Schema

SCRIPT = '''\
"""Answers ``MESSAGE HEX`` with ``ok HEX`` (decoded and encoded again) or ``error CODE OFFSET PATH``.

``*`` instead of a message stands for a whole frame of any message.
"""

import importlib
import sys

sys.path.insert(0, sys.argv[1])

from mycelium.errors import DecodeError, EncodeError, FrameError
from mycelium.frames import decode_frame, encode_frame

PLACES = {places}
SHORT_NAMES = {short_names}


def message_class(name):
    place = PLACES.get(SHORT_NAMES.get(name, name))
    return None if place is None else getattr(importlib.import_module(place[0]), place[1])


def frame_again(frame):
    registry = importlib.import_module("mycelium_registry")
    return encode_frame(decode_frame(frame, registry.MESSAGES).message)


def answer(line):
    name, _, text = line.partition(b" ")
    message = message_class(name.decode("utf-8", "replace"))
    if message is None and name != b"*":
        return "error UNKNOWN_TYPE 0 " + name.decode("utf-8", "replace")
    try:
        body = bytes.fromhex(text.decode("ascii"))
    except ValueError:
        return "error BAD_REQUEST 0 -"
    try:
        return "ok " + (frame_again(body) if message is None else message.decode(body).encode()).hex()
    except (DecodeError, FrameError) as error:
        return f"error {{error.code}} {{error.offset}} {{error.path}}"
    except EncodeError as error:
        return f"error {{error.code}} 0 {{error.path}}"


for request in sys.stdin.buffer:
    reply = answer(request.strip()).encode("utf-8") + b"\\n"
    sys.stdout.buffer.write(reply)
    sys.stdout.buffer.flush()
'''


def build(schema: Schema, work: Path) -> list[str]:
    """Generate the schema's Python into ``work`` and give the command that answers for it."""
    tree = work / "python"
    for file in generate(schema, GenerationOptions()):
        path = tree / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.text, encoding="utf-8")
    public = PublicNames(schema)
    places: dict[str, tuple[str, str]] = {}
    full_names: dict[str, list[str]] = {}
    for message in schema.messages():
        name = message.qualified_name
        places[name] = (".".join(module_parts(message.package)), public.declarations[name])
        if not is_runtime_package(message.package):
            full_names.setdefault(message.name, []).append(name)
    short_names = {short: full[0] for short, full in full_names.items() if len(full) == 1}
    script = work / "answer.py"
    script.write_text(SCRIPT.format(places=places, short_names=short_names), encoding="utf-8")
    return [sys.executable, str(script), str(tree)]
