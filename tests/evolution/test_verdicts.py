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
from observing import Observer
from values import JsonValues

from mycelium.codegen.witness import Version
from mycelium.idl.compatibility import Verdict, compare
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.digest import message_digests
from mycelium.idl.schema import Schema

WORLD = Path(__file__).with_name("world.myc")


def compiled() -> Schema:
    compilation = compile_schemas(WORLD.parent, [WORLD])
    assert compilation.schema is not None
    return compilation.schema


SCHEMA = compiled()
CHANGES = list(changed_schemas(SCHEMA))
SHARES = 4


def assert_verdicts_are_true(old: Version, new: Version, description: str) -> int:
    """Every message that differs is tried; the comparison is made both ways, so that each addition is a removal as
    well. The number of messages that break."""
    observer = Observer(old, new)
    there, back = observer.comparison.verdicts, compare(new.schema, old.schema).verdicts
    before, after = message_digests(old.schema), message_digests(new.schema)
    assert there.keys() == back.keys()
    breaks = 0
    for name, verdict in there.items():
        if before[name] == after[name]:
            assert verdict == Verdict(), f"{description}: {name} is the same and said to differ"
            continue
        observed = observer.verdict(name)
        assert verdict == observed, f"{description}: {name}"
        assert back[name] == Verdict(observed.old_reads_new, observed.new_reads_old), f"back: {description}"
        breaks += observed != Verdict()
    return breaks


def test_there_are_many_changes() -> None:
    assert len(CHANGES) > 400


@pytest.mark.parametrize("share", range(SHARES))
def test_every_single_change(share: int) -> None:
    base = Version(SCHEMA)
    changes = CHANGES[share::SHARES]
    breaks = sum(
        assert_verdicts_are_true(base, Version(changed), description) for description, changed in changes
    )
    assert breaks > len(changes) // 4


def test_pairs_of_changes() -> None:
    """Two changed versions against one another: several differences at once."""
    chance = random.Random(11)
    for _ in range(60):
        (first, old), (second, new) = chance.sample(CHANGES, 2)
        assert_verdicts_are_true(Version(old), Version(new), f"{first}; {second}")


@settings(max_examples=12, deadline=None, derandomize=True, database=None)
@given(st.data())
def test_no_false_alarm_and_no_false_promise(data: st.DataObject) -> None:
    """What is called safe reads back, whatever values there are: not only those at the edges."""
    description, changed = data.draw(st.sampled_from(CHANGES))
    observer = Observer(Version(SCHEMA), Version(changed))
    for name, verdict in observer.comparison.verdicts.items():
        for passage, written, is_safe in (
            (observer.backward, name, verdict.new_reads_old),
            (observer.forward, observer.comparison.partners[name], verdict.old_reads_new),
        ):
            if is_safe:
                values = JsonValues(passage.writer.schema)
                value = data.draw(values.message(passage.writer.message(written)))
                assert observer.offence(passage, written, [value]) is None, description
