"""Look for bytes that OCaml treats unlike Python, or that break its program: ``fuzz_ocaml.py --seconds 60 [--seed N]``.

Bodies of the conformance vectors are damaged at random. The OCaml codecs have to give the same code, path and offset as
Python's, or a value that encodes to the same bytes. Prints the offending input and exits with 1 when they do not.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from fuzz import VECTORS, corpus, damaged, generated_messages
from testee import driver

from mycelium.errors import DecodeError, EncodeError
from mycelium.idl.compiler import compile_schemas
from mycelium.message import Message

LONGEST_BODY = 20_000
"""Longer ones, of which there are few, would take most of the time."""


def expected(message: type[Message], body: bytes) -> str:
    """What the driver program answers to a body that it treats as Python does."""
    try:
        return f"ok {message.decode(body).encode().hex()}"
    except DecodeError as error:
        return f"error {error.code} {error.offset} {error.path}"
    except EncodeError as error:
        return f"error {error.code} 0 {error.path}"


def answer(program: subprocess.Popen[str], name: str, body: bytes) -> str:
    """What the program answers; "" where it has ended."""
    assert program.stdin is not None and program.stdout is not None
    program.stdin.write(f"{name} {body.hex()}\n")
    program.stdin.flush()
    return program.stdout.readline().rstrip("\n")


def look(
    command: Sequence[str], messages: dict[str, type[Message]], seconds: float, chance: random.Random
) -> int:
    """How many inputs were treated alike until the time was up; -1 once one was not."""
    bodies = [(name, body) for name, body in corpus() if len(body) <= LONGEST_BODY]
    deadline = time.monotonic() + seconds
    tried = 0
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        while time.monotonic() < deadline:
            name, body = chance.choice(bodies)
            body = damaged(body, chance)
            given, wanted = answer(program, name, body), expected(messages[name], body)
            if given != wanted:
                print(f"{name} {body.hex()}\nOCaml gives {given!r}, Python {wanted!r}")
                program.kill()
                return -1
            tried += 1
    return tried


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="fuzz_ocaml", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    schema = compile_schemas(VECTORS, [VECTORS / "conformance.myc"]).schema
    assert schema is not None
    with tempfile.TemporaryDirectory(prefix="mycelium-fuzz-") as folder:
        command = driver("ocaml")(schema, Path(folder) / "ocaml")
        messages = generated_messages(Path(folder) / "python")
        tried = look(command, messages, options.seconds, random.Random(options.seed))
    if tried < 0:
        return 1
    print(f"ocaml: {tried} inputs, no disagreement with Python (seed {options.seed})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
