"""The verdicts are what the codecs do: what is called a break has a witness, what is called safe has none.

Each pair of versions is really written and read, in both directions, at the edges of what the writer may send.
"""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from changes import changed_schemas
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import Version, find_witness, version
from values import JsonValues

from mycelium.idl.compatibility import Verdict, compare
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.digest import message_digests
from mycelium.idl.schema import MessageDeclaration, Schema

WORLD = Path(__file__).with_name("world.myc")


def compiled() -> Schema:
    compilation = compile_schemas(WORLD.parent, [WORLD])
    assert compilation.schema is not None
    return compilation.schema


SCHEMA = compiled()
CHANGES = list(changed_schemas(SCHEMA))
SHARES = 4


def observe(old: Version, new: Version, name: str) -> Verdict:
    """What the codecs do with one message in both directions."""
    return Verdict(
        new_reads_old=find_witness(old, new, name) is None, old_reads_new=find_witness(new, old, name) is None
    )


def assert_verdicts_are_true(old: Version, new: Version, description: str) -> int:
    """Every message that differs is tried; the comparison is made both ways, so that each addition is a removal as
    well. The number of messages that break."""
    there, back = compare(old.schema, new.schema).verdicts, compare(new.schema, old.schema).verdicts
    before, after = message_digests(old.schema), message_digests(new.schema)
    assert there.keys() == back.keys()
    breaks = 0
    for name, verdict in there.items():
        if before[name] == after[name]:
            assert verdict == Verdict(), f"{description}: {name} is the same and said to differ"
            continue
        observed = observe(old, new, name)
        assert verdict == observed, f"{description}: {name}"
        assert back[name] == Verdict(observed.old_reads_new, observed.new_reads_old), f"back: {description}"
        breaks += observed != Verdict()
    return breaks


def test_there_are_many_changes() -> None:
    assert len(CHANGES) > 400


@pytest.mark.parametrize("share", range(SHARES))
def test_every_single_change(share: int) -> None:
    base = version(SCHEMA)
    changes = CHANGES[share::SHARES]
    breaks = sum(
        assert_verdicts_are_true(base, version(changed), description) for description, changed in changes
    )
    assert breaks > len(changes) // 4


def test_pairs_of_changes() -> None:
    """Two changed versions against one another: several differences at once."""
    chance = random.Random(11)
    for _ in range(60):
        (first, old), (second, new) = chance.sample(CHANGES, 2)
        assert_verdicts_are_true(version(old), version(new), f"{first}; {second}")


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_no_false_alarm_and_no_false_promise(data: st.DataObject) -> None:
    """What is called safe reads back, whatever values there are: not only those at the edges."""
    description, changed = data.draw(st.sampled_from(CHANGES))
    old, new = version(SCHEMA), version(changed)
    for name, verdict in compare(SCHEMA, changed).verdicts.items():
        for writer, reader, is_safe in (
            (old, new, verdict.new_reads_old),
            (new, old, verdict.old_reads_new),
        ):
            declaration = writer.schema.find(name)
            assert isinstance(declaration, MessageDeclaration)
            if is_safe:
                value = data.draw(JsonValues(writer.schema).message(declaration))
                written = [writer.write_value(name, value)]
                assert find_witness(writer, reader, name, written) is None, description
