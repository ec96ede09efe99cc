"""The shared vectors, read from their files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parents[1] / "interop" / "vectors"


def vectors(name: str) -> list[dict[str, Any]]:
    """Every line of one file."""
    return [json.loads(line) for line in (_FOLDER / name).read_text(encoding="utf-8").splitlines()]


def body_of(vector: Mapping[str, Any]) -> bytes:
    """The bytes of a vector: written out, or as a unit repeated between a prefix and a suffix."""
    if "repeat" in vector:
        prefix, unit, count, suffix = vector["repeat"]
        return bytes.fromhex(prefix) + bytes.fromhex(unit) * int(count) + bytes.fromhex(suffix)
    return bytes.fromhex(vector["bytes"])


def longest_body(name: str) -> bytes:
    """The longest body of a message among the vectors that comes back as it was."""
    fitting = [
        body_of(vector)
        for vector in vectors("conformance.jsonl")
        if vector["message"] == name and "value" in vector and "reencoded" not in vector
    ]
    return max(fitting, key=len)
