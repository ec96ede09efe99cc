"""Schemas made up at random and changed at random: what is said of each message is what happens to its bytes.

Each seed stands for a schema and one to four changes of it; a failure names the seed and the changes.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from types import ModuleType

import pytest
from observing import Observer
from random_changes import random_changes
from random_schemas import random_schema
from random_values import RandomValues

from mycelium.codegen.witness import Direction, Passage, Version, Witnesses, broken_directions
from mycelium.idl.compatibility import (
    Finding,
    Surface,
    Verdict,
    blocks,
    enums,
    messages,
    presence,
    types,
    unions,
)
from mycelium.idl.compatibility.recorder import BOTH_READ, NEITHER_READS, ONLY_NEW_READS, ONLY_OLD_READS
from mycelium.idl.digest import message_digests

SHARES = 12
SEEDS_PER_SHARE = 200
VALUES_PER_MESSAGE = 6


@dataclass
class Counted:
    """How much was really tried."""

    safe: int = 0
    broken: int = 0
    witnesses: int = 0


class Case:
    """Two versions from one seed."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        old = random_schema(self.chance)
        words, new = random_changes(self.chance, old)
        self.name = f"seed {seed}: {words}"
        self.observer = Observer(Version(old), Version(new))
        self.comparison = self.observer.comparison
        self.witnesses = Witnesses(Version(old), Version(new), self.comparison)
        self.breaks = [
            finding
            for finding in self.comparison.findings
            if finding.surface is Surface.WIRE and finding.is_break
        ]
        self.digests = message_digests(old), message_digests(new)

    def check(self, counted: Counted) -> None:
        """Hold every verdict and every finding against what the codecs do."""
        for name, verdict in self.comparison.verdicts.items():
            partner = self.comparison.partners[name]
            if self.digests[0][name] == self.digests[1][partner]:
                assert verdict == Verdict(), f"{self.name}: {name} is the same and said to differ"
                continue
            self._check_message(counted, Direction.NEW_READS_OLD, name, verdict.new_reads_old)
            self._check_message(counted, Direction.OLD_READS_NEW, partner, verdict.old_reads_new)
        for finding in self.breaks:
            for direction in broken_directions(finding):
                self._check_finding(finding, direction)
                counted.witnesses += 1

    def _check_message(self, counted: Counted, direction: Direction, name: str, is_safe: bool) -> None:
        if is_safe:
            passage = self._passage(direction)
            found = self.observer.offence(passage, name) or self._random_offence(passage, name)
            assert found is None, f"{self.name}: {name}, {direction.value} is called safe: {found}"
            counted.safe += 1
        else:
            found_any = any(
                self.witnesses.in_message(finding, direction, name)
                for finding in self.breaks
                if direction in broken_directions(finding)
            )
            assert found_any, f"{self.name}: {name}, {direction.value} is called broken, and all is read"
            counted.broken += 1

    def _random_offence(self, passage: Passage, name: str) -> object:
        values = RandomValues(passage.writer.schema, self.chance)
        message = passage.writer.message(name)
        made_up = [values.message(message) for _ in range(VALUES_PER_MESSAGE)]
        return self.observer.offence(passage, name, made_up)

    def _check_finding(self, finding: Finding, direction: Direction) -> None:
        found = self.witnesses.of(finding, direction)
        place = f"{self.name}: {finding.code.value} {finding.element}, {direction.value}"
        assert found, f"{place} has no witness"
        for witness in found:
            # The bytes speak for themselves: sent again as they are, they are refused or misread in the same way.
            if not witness.is_frame:
                again = self._passage(direction).deliver(witness.message, witness.body)
                assert again.value == witness.value and witness.offence in again.offences, place

    def _passage(self, direction: Direction) -> Passage:
        backward, forward = self.observer.backward, self.observer.forward
        return backward if direction is Direction.NEW_READS_OLD else forward


@pytest.mark.parametrize("share", range(SHARES))
def test_verdicts_are_what_the_codecs_do(share: int) -> None:
    counted = Counted()
    for seed in range(share * SEEDS_PER_SHARE, (share + 1) * SEEDS_PER_SHARE):
        Case(seed).check(counted)
    assert min(counted.safe, counted.broken, counted.witnesses) > SEEDS_PER_SHARE // 2, counted


@pytest.mark.parametrize(
    ("part", "fact", "instead"),
    [
        (messages, "ONLY_OLD_READS", BOTH_READ),
        (messages, "BOTH_READ", ONLY_OLD_READS),
        (blocks, "NEITHER_READS", BOTH_READ),
        (enums, "NEITHER_READS", ONLY_NEW_READS),
        (presence, "ONLY_NEW_READS", NEITHER_READS),
        (types, "ONLY_NEW_READS", BOTH_READ),
        (unions, "NEITHER_READS", BOTH_READ),
    ],
)
def test_a_wrong_verdict_is_noticed(
    part: ModuleType, fact: str, instead: Verdict, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proof that could not fail would be none."""
    monkeypatch.setattr(part, fact, instead)
    with pytest.raises(AssertionError, match="is called|has no witness|said to differ"):
        for seed in range(SHARES * SEEDS_PER_SHARE):
            Case(seed).check(Counted())


def test_a_seed_stands_for_one_pair_of_schemas() -> None:
    for seed in range(20):
        pairs = []
        for _ in range(2):
            chance = random.Random(seed)
            old = random_schema(chance)
            pairs.append((old, *random_changes(chance, old)))
        assert pairs[0] == pairs[1]
