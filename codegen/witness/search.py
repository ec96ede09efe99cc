"""A finding and a direction -> the bytes that prove it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from itertools import chain, islice
from typing import Any

from mycelium.codegen.witness.candidates import Candidates
from mycelium.codegen.witness.elements import elements_on
from mycelium.codegen.witness.passage import Misread, Passage, Refusal, Sent, Version
from mycelium.codegen.witness.routes import Route, Routes
from mycelium.idl.codes import Code
from mycelium.idl.compatibility import Comparison, Finding
from mycelium.idl.schema import (
    Declaration,
    MessageDeclaration,
)

Json = Any

MAXIMUM_INDIRECT = 100
"""How many more values are tried once one was refused because of something else that changed."""

_FRAME_CODES = (Code.TYPE_ID_CHANGED, Code.TYPE_ID_REUSED)


class Direction(Enum):
    """Which version writes and which reads."""

    NEW_READS_OLD = "new reads old"
    OLD_READS_NEW = "old reads new"


def broken_directions(finding: Finding) -> tuple[Direction, ...]:
    """The directions that a finding says are broken."""
    facts = (finding.verdict.new_reads_old, finding.verdict.old_reads_new)
    return tuple(direction for direction, holds in zip(Direction, facts, strict=True) if not holds)


@dataclass(frozen=True, slots=True)
class Witness:
    """Bytes of one version that do not arrive in the other.

    ``message`` is written and ``reader_message`` is what the reader calls it; ``body`` is a whole frame where
    ``is_frame``. ``value`` is what was written, in JSON form. Where the break shows only together with others,
    ``together_with`` names what the reader trips over first.
    """

    direction: Direction
    message: str
    reader_message: str
    body: bytes
    value: Json
    offence: Refusal | Misread
    is_frame: bool = False
    together_with: tuple[str, ...] = ()


class Witnesses:
    """Proof for what the comparison of two versions found."""

    def __init__(self, old: Version, new: Version, comparison: Comparison) -> None:
        names = comparison.partners
        self._sides: Mapping[Direction, _Side] = {
            Direction.NEW_READS_OLD: _Side(Passage(old, new, names), Direction.NEW_READS_OLD),
            Direction.OLD_READS_NEW: _Side(
                Passage(new, old, {after: before for before, after in names.items()}), Direction.OLD_READS_NEW
            ),
        }

    def of(self, finding: Finding, direction: Direction, most: int = 1) -> list[Witness]:
        """Witnesses in up to ``most`` messages: those with a type id that hold what changed, or else any that do.

        None where only more could show it than a frame of the default length and a body of the default budget hold.
        """
        side = self._sides[direction]
        found = side.frames(finding) if finding.code in _FRAME_CODES else side.bodies(finding)
        return list(islice(found, most))

    def in_message(self, finding: Finding, direction: Direction, message: str) -> Witness | None:
        """A witness in one message, by the writer's name, with or without a type id; None where it shows none."""
        side = self._sides[direction]
        if finding.code in _FRAME_CODES:
            return next(side.frames(finding), None) if side.is_about(finding, message) else None
        return side.body(finding, message)


class _Side:
    """One direction."""

    def __init__(self, passage: Passage, direction: Direction) -> None:
        self._passage = passage
        self._partners = passage.partners
        self._direction = direction

    @cached_property
    def _routes(self) -> Routes:
        return Routes(self._partners)

    @cached_property
    def _candidates(self) -> Candidates:
        return Candidates(self._partners)

    # --- Frames ------------------------------------------------------------------------------------------

    def frames(self, finding: Finding) -> Iterator[Witness]:
        """A frame of the message whose type id changed hands."""
        message = self._sender(finding)
        sent = None
        if message is not None:
            sent = self._passage.send_frame(message.qualified_name, self._candidates.least(message))
        if message is not None and sent is not None and sent.offences:
            reader_name = self._partners.name(message.qualified_name) or ""
            yield Witness(
                self._direction,
                message.qualified_name,
                reader_name,
                sent.body,
                sent.value,
                sent.offences[0],
                is_frame=True,
            )

    def is_about(self, finding: Finding, message: str) -> bool:
        """Whether a finding is declared of a message, by the writer's name."""
        return self._writer_name(finding.declaration) == message

    def _sender(self, finding: Finding) -> MessageDeclaration | None:
        """The writer's message that has the type id."""
        if self._direction is Direction.NEW_READS_OLD:
            return self._passage.writer.message(finding.declaration)
        before = self._passage.reader.message(finding.declaration)
        for message in self._passage.writer.schema.messages():
            if finding.code is Code.TYPE_ID_REUSED and message.type_id == before.type_id:
                return message
            if (
                finding.code is Code.TYPE_ID_CHANGED
                and self._partners.name(message.qualified_name) == finding.declaration
            ):
                return message
        return None

    # --- Bodies ------------------------------------------------------------------------------------------

    def bodies(self, finding: Finding) -> Iterator[Witness]:
        """One for each message with a type id that can show it; without any, for one that has none."""
        name = self._writer_name(finding.declaration)
        changed = None if name is None else self._passage.writer.schema.find(name)
        if changed is None:
            return
        without_id = []
        found = False
        for message, route in self._routes.to(changed.qualified_name):
            if message.type_id is None:
                without_id.append((message, route))
            else:
                for witness in self._in_message(finding, changed, message, route):
                    found = True
                    yield witness
        if not found:
            tried = (self._in_message(finding, changed, *each) for each in without_id)
            yield from islice(chain.from_iterable(tried), 1)

    def body(self, finding: Finding, message: str) -> Witness | None:
        """One in that message."""
        name = self._writer_name(finding.declaration)
        changed = None if name is None else self._passage.writer.schema.find(name)
        if changed is None:
            return None
        routes = self._routes.to(changed.qualified_name)
        route = next((route for holder, route in routes if holder.qualified_name == message), None)
        if route is None:
            return None
        declaration = self._passage.writer.message(message)
        return next(self._in_message(finding, changed, declaration, route), None)

    def _writer_name(self, old_name: str) -> str | None:
        """What the writer calls a declaration of the old version."""
        if self._direction is Direction.NEW_READS_OLD:
            return old_name
        return self._partners.writer_name(old_name)

    def _in_message(
        self, finding: Finding, changed: Declaration, message: MessageDeclaration, route: Route
    ) -> Iterator[Witness]:
        """The first body refused or misread at what changed; or, when there is none, because of something else."""
        indirect: Witness | None = None
        left = -1
        for value in self._candidates.of(finding, changed):
            sent = self._passage.send(message.qualified_name, self._candidates.within(route, value))
            if sent is not None and sent.offences:
                witness = self._witness(finding, message, sent)
                if not witness.together_with:
                    yield witness
                    return
                if indirect is None:
                    indirect, left = witness, MAXIMUM_INDIRECT
            left -= 1
            if left == 0:
                break
        if indirect is not None:
            yield indirect

    # --- What an offence is about ------------------------------------------------------------------------

    def _witness(self, finding: Finding, message: MessageDeclaration, sent: Sent) -> Witness:
        reader_name = self._partners.name(message.qualified_name)
        assert reader_name is not None
        others: dict[str, None] = {}
        chosen = sent.offences[0]
        for offence in sent.offences:
            elements = list(self._old_elements(reader_name, offence.path))
            if self._is_about(finding, elements):
                chosen, others = offence, {}
                break
            others[elements[-1]] = None
        return Witness(
            self._direction,
            message.qualified_name,
            reader_name,
            sent.body,
            sent.value,
            chosen,
            together_with=tuple(others),
        )

    def _is_about(self, finding: Finding, elements: list[str]) -> bool:
        if finding.element in elements:
            return True
        changed = self._passage.writer.schema.find(self._writer_name(finding.declaration) or "")
        return not isinstance(changed, MessageDeclaration) and finding.declaration in elements

    def _old_elements(self, reader_name: str, path: str) -> Iterator[str]:
        """Elements on a path of the reader, by their names in the old version where they were there."""
        for name, part in elements_on(self._passage.reader.schema, reader_name, path):
            if self._direction is Direction.NEW_READS_OLD:
                old_name = self._partners.writer_name(name) or name
                changed = self._passage.writer.schema.find(old_name)
                pairs = [] if changed is None else self._partners.parts(changed)
                part = next((mine for mine, other in pairs if other == part), part)
                name = old_name
            yield f"{name}.{part}" if part else name
