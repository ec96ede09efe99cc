"""Bytes that go from one version to the other, beside what has to become of them; for codecs of any language."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from conversation import Request, ask
from random_changes import random_changes
from random_schemas import random_schema
from random_values import RandomValues
from table_of_changes import CASES, compiled
from testee import driver
from worlds import Pair, in_one_world, joined

from mycelium.codegen.witness import (
    Direction,
    Misread,
    Passage,
    Refusal,
    Version,
    Witness,
    Witnesses,
    broken_directions,
)
from mycelium.codegen.witness.values import EdgeValues
from mycelium.errors import DecodeError, FrameError
from mycelium.frames import decode_frame, encode_frame
from mycelium.idl.compatibility import Surface, compare
from mycelium.idl.digest import message_digests
from mycelium.idl.lock.closures import closure
from mycelium.idl.schema import Declaration, Schema

Json = Any

SAFE_VALUES = 8
"""How many values are sent where all are read."""

ANY_FRAME = "*"
"""What drivers call a whole frame, of any message they know."""


@dataclass(frozen=True)
class Crossing:
    """A message as its writer writes it, ``value`` in JSON form where it is a witness, and the answer of its reader."""

    description: str
    direction: Direction
    written: Request
    sent: Request
    answer: str
    value: Json = None

    @property
    def is_witness(self) -> bool:
        """Whether it shows a break."""
        return self.value is not None


def table_pairs() -> list[Pair]:
    """The rows of the table of changes."""
    return [Pair(case.name, compiled(case / "old.myc"), compiled(case / "new.myc")) for case in CASES]


def random_pairs(seeds: Sequence[int]) -> list[Pair]:
    """Random changes of random schemas."""
    pairs = []
    for seed in seeds:
        chance = random.Random(seed)
        old = random_schema(chance)
        words, new = random_changes(chance, old)
        pairs.append(Pair(f"seed {seed}: {words}", old, new))
    return pairs


class Crossings:
    """All that is sent between the versions of many pairs, and the two schemas that hold what is needed for it."""

    def __init__(self, pairs: Sequence[Pair]) -> None:
        self.crossings: list[Crossing] = []
        self._kept: tuple[dict[str, Declaration], dict[str, Declaration]] = ({}, {})
        for pair in in_one_world(pairs):
            self._add(pair)

    @property
    def schemas(self) -> tuple[Schema, Schema]:
        """Old and new."""
        old, new = (joined(tuple(kept.values())) for kept in self._kept)
        return old, new

    def _add(self, pair: Pair) -> None:
        comparison = compare(pair.old, pair.new)
        versions = Version(pair.old), Version(pair.new)
        witnesses = Witnesses(*versions, comparison)
        names = comparison.partners
        passages = {
            Direction.NEW_READS_OLD: Passage(*versions, names),
            Direction.OLD_READS_NEW: Passage(*reversed(versions), {new: old for old, new in names.items()}),
        }
        for finding in comparison.findings:
            for direction in broken_directions(finding) if finding.surface is Surface.WIRE else ():
                for witness in witnesses.of(finding, direction):
                    place = f"{pair.description}: {finding.code.value} {finding.element}"
                    self._add_witness(place, passages[direction], witness)
        digests = [message_digests(schema) for schema in (pair.old, pair.new)]
        for name, verdict in comparison.verdicts.items():
            if digests[0][name] == digests[1][names[name]]:
                continue
            if verdict.new_reads_old:
                self._add_safe(pair.description, Direction.NEW_READS_OLD, passages, name)
            if verdict.old_reads_new:
                self._add_safe(pair.description, Direction.OLD_READS_NEW, passages, names[name])

    def _add_witness(self, description: str, passage: Passage, witness: Witness) -> None:
        if witness.is_frame:
            self._keep_all(passage, witness.direction)
            answer = _frame_answer(passage, witness)
            written = Request(ANY_FRAME, witness.body)
            crossing = Crossing(description, witness.direction, written, written, answer, witness.value)
            self.crossings.append(crossing)
            return
        crossing = self._crossing(
            description, witness.direction, passage, witness.message, witness.body, witness.value
        )
        if isinstance(witness.offence, Refusal):
            refusal = witness.offence
            assert crossing.answer == f"error {refusal.code} {refusal.offset} {refusal.path}"
        self.crossings.append(crossing)

    def _add_safe(
        self, description: str, direction: Direction, passages: dict[Direction, Passage], name: str
    ) -> None:
        """Values at the edges and at random, all of which arrive."""
        passage = passages[direction]
        message = passage.writer.message(name)
        edges = EdgeValues(passage.partners).message(message)
        values = RandomValues(passage.writer.schema, random.Random(len(self.crossings)))
        step = max(1, len(edges) // SAFE_VALUES)
        for value in (*edges[::step], *(values.message(message) for _ in range(SAFE_VALUES))):
            sent = passage.send(name, value)
            assert sent is not None and sent.offences == (), f"{description}: {name} is called safe"
            self.crossings.append(self._crossing(description, direction, passage, name, sent.body))

    def _crossing(
        self,
        description: str,
        direction: Direction,
        passage: Passage,
        name: str,
        body: bytes,
        value: Json = None,
    ) -> Crossing:
        """A body, and what the reader's codecs, made at run time, make of it."""
        reader_name = passage.partners.name(name)
        assert reader_name is not None
        old, new = self._kept
        sides = (old, new) if direction is Direction.NEW_READS_OLD else (new, old)
        _keep(sides[0], passage.writer.schema, name)
        _keep(sides[1], passage.reader.schema, reader_name)
        try:
            answer = f"ok {passage.reader.messages[reader_name].decode(body).encode().hex()}"
        except DecodeError as error:
            answer = f"error {error.code} {error.offset} {error.path}"
        written, sent = Request(name, body), Request(reader_name, body)
        return Crossing(description, direction, written, sent, answer, value)

    def _keep_all(self, passage: Passage, direction: Direction) -> None:
        """Frames are read by whatever has a type id."""
        old, new = self._kept
        sides = (old, new) if direction is Direction.NEW_READS_OLD else (new, old)
        for kept, version in zip(sides, (passage.writer, passage.reader), strict=True):
            for message in version.schema.messages():
                _keep(kept, version.schema, message.qualified_name)


def _keep(kept: dict[str, Declaration], schema: Schema, message: str) -> None:
    if message not in kept:
        kept.update({each.qualified_name: each for each in closure(schema, message).declarations()})


def _frame_answer(passage: Passage, witness: Witness) -> str:
    """What the reader makes of a frame, which must be what the witness says."""
    try:
        read = decode_frame(witness.body, passage.reader.registry).message
    except (DecodeError, FrameError) as error:
        offence = witness.offence
        assert isinstance(offence, Refusal) and (offence.code, offence.offset) == (error.code, error.offset)
        return f"error {error.code} {error.offset} {error.path}"
    assert isinstance(witness.offence, Misread)
    return f"ok {encode_frame(read).hex()}"


def cross(crossings: Crossings, language: str, work: Path) -> list[str]:
    """Build both sides in one language and send everything; what did not go as it has to, in words."""
    # Every program of these is run for a second and built anew after each change: building is what costs.
    build = partial(driver(language), optimisation=0) if language == "rust" else driver(language)
    commands = {}
    for side, schema in zip(("old", "new"), crossings.schemas, strict=True):
        (work / side).mkdir(parents=True)
        commands[side] = build(schema, work / side)
    wrong = []
    for direction, writer, reader in (
        (Direction.NEW_READS_OLD, "old", "new"),
        (Direction.OLD_READS_NEW, "new", "old"),
    ):
        sent = [each for each in crossings.crossings if each.direction is direction]
        written = ask(commands[writer], [each.written for each in sent])
        read = ask(commands[reader], [each.sent for each in sent])
        for each, mine, other in zip(sent, written, read, strict=True):
            if mine != f"ok {each.written.body.hex()}":
                wrong.append(f"{each.description}: {each.written.line()} is written as {mine}")
            if other != each.answer:
                wrong.append(f"{each.description}: {each.sent.line()} is read as {other}, not {each.answer}")
    return wrong
