"""Look for bytes that the Python decoders do not agree on, or that break one: ``fuzz.py --seconds 60 [--seed N]``.

Bodies of the conformance vectors are damaged at random. The fast decoder (the native one, or with MYCELIUM_NATIVE=0 the
generated straight-line code) and the careful, plan-driven one have to give the same value, or the same code, path and offset; what decodes has to encode, and
the result to decode to the same value again. Prints the offending input and exits with 1 when they do not.
"""

from __future__ import annotations

import argparse
import importlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from values import DAMAGES

from mycelium import native
from mycelium.careful_decoder import decode_carefully
from mycelium.codegen.output import write
from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.errors import DecodeError, EncodeError
from mycelium.idl.compiler import compile_schemas
from mycelium.message import Message

VECTORS = Path(__file__).with_name("vectors")
INTERESTING = (0, 1, 7, 31, 32, 63, 127, 128, 253, 254, 255, 65_535, 65_536, 262_144, 2**32 - 1)


def generated_messages(folder: Path) -> dict[str, type[Message]]:
    """The conformance messages, generated and imported."""
    schema = compile_schemas(VECTORS, [VECTORS / "conformance.myc"]).schema
    assert schema is not None
    write(folder, generate(schema, GenerationOptions()))
    sys.path.insert(0, str(folder))
    module = importlib.import_module("conformance")
    return {message.name: getattr(module, message.name) for message in schema.messages()}


def corpus() -> list[tuple[str, bytes]]:
    """Message and body of every vector that is not huge."""
    lines = (VECTORS / "conformance.jsonl").read_text().splitlines()
    vectors = [json.loads(line) for line in lines]
    return [(vector["message"], bytes.fromhex(vector["bytes"])) for vector in vectors if vector.get("bytes")]


def damaged(body: bytes, chance: random.Random) -> bytes:
    """The body with one to four places changed."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        value = chance.choice(INTERESTING) if chance.random() < 0.5 else chance.getrandbits(32)
        body = chance.choice(DAMAGES)(body, chance.randrange(len(body) + 1), value)
    return body


def outcome(message: type[Message], decode: object, body: bytes) -> object:
    """The value, or code, path and offset of the refusal. Anything else a decoder raises is a defect."""
    try:
        return decode(message, body)  # type: ignore[operator]
    except DecodeError as error:
        return (error.code, error.path, error.offset)


def disagreement(message: type[Message], body: bytes) -> str | None:
    """What is wrong with how this input is treated, or None."""
    fast = outcome(message, lambda kind, data: kind.decode(data), body)
    careful = outcome(message, decode_carefully, body)
    # Not compared with ==: a NaN in a value is equal to nothing, but prints the same.
    if repr(fast) != repr(careful):
        return f"the fast decoder gives {fast!r}, the careful one {careful!r}"
    if isinstance(fast, Message):
        try:
            again = message.decode(fast.encode())
        except EncodeError as error:
            # An older writer's body may lack a defaulted list, and the list it gets may lie one level too deep.
            return None if error.code == "DEPTH_EXCEEDED" else f"{fast!r} does not encode: {error}"
        if repr(again) != repr(fast):
            return f"{fast!r} comes back as {again!r}"
    return None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    chance = random.Random(options.seed)
    bodies = corpus()
    with tempfile.TemporaryDirectory(prefix="mycelium-fuzz-") as folder:
        messages = generated_messages(Path(folder))
        deadline = time.monotonic() + options.seconds
        tried = refused = 0
        while time.monotonic() < deadline:
            name, body = chance.choice(bodies)
            body = damaged(body, chance)
            problem = disagreement(messages[name], body)
            if problem is not None:
                print(f"{name} {body.hex()}\n{problem}")
                return 1
            tried += 1
            refused += not isinstance(outcome(messages[name], decode_carefully, body), Message)
    print(
        f"python, {'native' if native.active else 'pure'}: {tried} inputs, {refused} refused, no disagreement (seed {options.seed})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
