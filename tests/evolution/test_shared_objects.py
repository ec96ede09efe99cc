"""Versions that share objects, as those of a lock do, are compared and digested faster, and not otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest
from table_of_changes import CASES, compiled

from mycelium.idl.compatibility import compare
from mycelium.idl.digest import DigestMemory, declaration_digests, message_digests
from mycelium.idl.lock.recorded_schema import recorded_schema
from mycelium.idl.schema import Declaration, Schema


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_passing_over_what_is_the_same_changes_nothing(case: Path) -> None:
    old = recorded_schema(compiled(case / "old.myc"), Schema(()))
    new = compiled(case / "new.myc")
    shared = recorded_schema(new, old)
    twins = {id(before): after for before, after in paired(new, shared)}
    assert compare(old, new, twins) == compare(old, new)
    assert compare(old, shared) == compare(old, recorded_schema(new, Schema(())))


def test_there_is_something_to_pass_over() -> None:
    """In enough cases a declaration stayed the very same."""
    shares = 0
    for case in CASES:
        old = recorded_schema(compiled(case / "old.myc"), Schema(()))
        shared = recorded_schema(compiled(case / "new.myc"), old)
        shares += any(old.find(each.qualified_name) is each for each in shared.declarations())
    assert shares > 10


def paired(schema: Schema, recorded: Schema) -> list[tuple[Declaration, Declaration]]:
    named = [(each, recorded.find(each.qualified_name)) for each in schema.declarations()]
    return [(before, after) for before, after in named if after is not None]


def test_a_memory_changes_no_digest() -> None:
    memory = DigestMemory()
    before = Schema(())
    for case in CASES:
        for file in (case / "old.myc", case / "new.myc"):
            before = recorded_schema(compiled(file), before)
            assert message_digests(before, memory) == message_digests(before)
            assert declaration_digests(before, memory) == declaration_digests(before)
