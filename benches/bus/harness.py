"""The harness in Rust: built on demand, JSON in its output."""

from __future__ import annotations

from pathlib import Path

import msgspec

from benches.bus.results import Measured
from benches.codec.harnesses import generate_messages, output_of

FOLDER = Path(__file__).resolve().parents[1] / "rust-bus"


def measure(rounds: int, divisor: int) -> Measured:
    """The tables of Rust.

    Raises HarnessFailed where it does not build or a contestant fails.
    """
    generate_messages()
    output_of(
        ["cargo", "build", "--quiet", "--release", "--locked", "--manifest-path", str(FOLDER / "Cargo.toml")]
    )
    program = FOLDER / "target" / "release" / "mycelium-bus-bench"
    return msgspec.json.decode(output_of([str(program), str(rounds), str(divisor)]), type=Measured)
