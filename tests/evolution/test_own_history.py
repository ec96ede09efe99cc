"""The repository keeps its own rule: its schemas are held against what was released, by the lock beside them."""

from __future__ import annotations

from pathlib import Path

from mycelium.codegen.cli import main
from mycelium.idl.lock import read_lock, write_lock

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
LOCK = SCHEMAS / "mycelium.lock"


def test_the_schemas_break_nobody() -> None:
    assert main(["check", str(SCHEMAS)]) == 0


def test_the_lock_is_as_it_would_be_written() -> None:
    text = LOCK.read_text(encoding="utf-8")
    lock = read_lock(text)
    assert write_lock(lock) == text
    assert lock.releases[0].label == "0.1.0"
    assert {"mycelium.control.Hello", "trading.market.Quote"} <= lock.messages.keys()
