"""Witnesses of findings, for people as notes and for programs as properties."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace

from mycelium.codegen.witness import Direction, Refusal, Version, Witness, Witnesses, broken_directions
from mycelium.idl.compatibility import Finding, Surface, compare
from mycelium.idl.diagnostics import Diagnostic, Note
from mycelium.idl.lock import JudgedFinding
from mycelium.idl.schema import Schema

MAXIMUM_MESSAGES = 20
"""In how many messages the break of one element is shown."""

MAXIMUM_LENGTH = 160
"""How much of a body or value a note shows, in characters; properties hold all of it."""

WORKING = "this version"
"""What the side is called that was not released yet."""


class WitnessReport:
    """Finds and words the witnesses of one run; each past version is compared and loaded once."""

    def __init__(self, schema: Schema) -> None:
        self._new = Version(schema)
        self._known: dict[int, Witnesses] = {}

    def proven(self, judged: JudgedFinding, diagnostic: Diagnostic) -> Diagnostic:
        """The diagnostic of a finding with a note and the property ``witnesses`` for each direction that breaks."""
        notes = list(diagnostic.notes)
        facts: list[dict[str, object]] = []
        for direction in _directions(judged.finding):
            found, sides = self._of(judged, direction), _sides(judged, direction)
            notes.append(Note("witness", "\n".join(_lines(found, sides))))
            facts += [_facts(witness, sides) for witness in found]
        properties = (*diagnostic.properties, ("witnesses", tuple(facts))) if facts else diagnostic.properties
        return replace(diagnostic, notes=tuple(notes), properties=properties)

    def _of(self, judged: JudgedFinding, direction: Direction) -> list[Witness]:
        past = judged.snapshot.schema
        if id(past) not in self._known:
            self._known[id(past)] = Witnesses(Version(past), self._new, compare(past, self._new.schema))
        return self._known[id(past)].of(judged.finding, direction, MAXIMUM_MESSAGES)


def _directions(finding: Finding) -> tuple[Direction, ...]:
    """Rules protect later versions: no bytes of these two can witness them."""
    return broken_directions(finding) if finding.surface is Surface.WIRE else ()


def _sides(judged: JudgedFinding, direction: Direction) -> tuple[str, str]:
    """Who writes and who reads."""
    sides = (judged.snapshot.label, WORKING)
    return sides if direction is Direction.NEW_READS_OLD else (sides[1], sides[0])


def _lines(found: list[Witness], sides: tuple[str, str]) -> Iterable[str]:
    if not found:
        yield f"from {sides[0]} to {sides[1]}: what shows it is larger than frames and bodies are by default"
        return
    first, *others = found
    frame = "a frame of " if first.is_frame else ""
    yield f"{sides[0]} writes {frame}{first.message} {_cut(_json(first.value))}"
    length = f", {len(first.body)} bytes" if len(first.body) * 2 > MAXIMUM_LENGTH else ""
    yield f"as {_cut(first.body.hex()) or 'no bytes'}{length}"
    if isinstance(first.offence, Refusal):
        refusal = first.offence
        yield f"and {sides[1]} refuses it: {refusal.code} at {refusal.path} (offset {refusal.offset})"
    else:
        misread = first.offence
        yield f"and {sides[1]} reads {_cut(_json(misread.value))}: at {misread.path}, {misread.what}"
    if first.together_with:
        yield f"it shows only together with the change of {', '.join(first.together_with)}"
    if others:
        yield f"also in {', '.join(witness.message for witness in others)}"


def _facts(witness: Witness, sides: tuple[str, str]) -> dict[str, object]:
    offence = witness.offence
    outcome: dict[str, object]
    if isinstance(offence, Refusal):
        outcome = {"refused": {"code": offence.code, "offset": offence.offset, "path": offence.path}}
    else:
        outcome = {"misread": {"path": offence.path, "as": offence.what, "value": offence.value}}
    return {
        "direction": witness.direction.value,
        "writer": sides[0],
        "reader": sides[1],
        "message": witness.message,
        "readerMessage": witness.reader_message,
        "value": witness.value,
        "frame" if witness.is_frame else "body": witness.body.hex(),
        **outcome,
        "togetherWith": list(witness.together_with),
    }


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _cut(text: str) -> str:
    return text if len(text) <= MAXIMUM_LENGTH else f"{text[:MAXIMUM_LENGTH]}..."
