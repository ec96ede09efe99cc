"""How messages reach a declaration: through which fields and variants that both versions have."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass

from mycelium.codegen.witness.partners import Partners
from mycelium.idl.schema import (
    ArrayType,
    Declaration,
    EnumType,
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    StructDeclaration,
    StructType,
    Type,
    UnionDeclaration,
    UnionType,
)

MAXIMUM_STEPS = 60
"""Longer routes may not be written: bodies nest 64 deep at most (docs/wire.md)."""


@dataclass(frozen=True, slots=True)
class Step:
    """``part`` of the declaration ``holder`` holds the declaration ``held``."""

    holder: str
    part: str
    held: str


Route = tuple[Step, ...]
"""From a message inwards; empty when the message itself is where it leads."""


class Routes:
    """Routes of one writer to whatever its reader has a version of."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners
        self._held_by: dict[str, list[Step]] = defaultdict(list)
        for declaration in partners.writer.declarations():
            for step in dict.fromkeys(self._steps(declaration)):
                self._held_by[step.held].append(step)

    def to(self, declaration: str) -> Iterator[tuple[MessageDeclaration, Route]]:
        """Messages that hold the declaration, itself included, each with its shortest route, nearest first."""
        routes: dict[str, Route] = {declaration: ()}
        waiting = deque([declaration])
        while waiting:
            name = waiting.popleft()
            found = self._partners.writer.find(name)
            if isinstance(found, MessageDeclaration) and self._partners.message(found) is not None:
                yield found, routes[name]
            for step in self._held_by.get(name, ()):
                if step.holder not in routes and len(routes[name]) < MAXIMUM_STEPS:
                    routes[step.holder] = (step, *routes[name])
                    waiting.append(step.holder)

    def _steps(self, holder: Declaration) -> Iterator[Step]:
        match holder:
            case MessageDeclaration():
                pairs = [(mine.name, mine.type, other.type) for mine, other in self._partners.fields(holder)]
            case UnionDeclaration():
                variants = self._partners.variants(holder)
                pairs = [(mine.name, mine.type, other.type) for mine, other in variants]
            case StructDeclaration():
                fields = self._partners.struct_fields(holder)
                pairs = [(mine.name, mine.type, other.type) for mine, other in fields]
            case _:
                pairs = []
        for part, before, behind in pairs:
            for held in self._held(before, behind):
                yield Step(holder.qualified_name, part, held)

    def _held(self, before: Type, after: Type) -> Iterator[str]:
        """What a type names, as far as the reader's type names a version of it at the same place."""
        if not self._partners.are_one_type(before, after):
            return
        match before, after:
            case (ListType(element=mine), ListType(element=other)) | (
                ArrayType(element=mine),
                ArrayType(element=other),
            ):
                if getattr(before, "maximum", None) != 0:
                    yield from self._held(mine, other)
            case MapType(), MapType():
                if before.maximum != 0:
                    yield from self._held(before.key, after.key)
                    yield from self._held(before.value, after.value)
            case (EnumType() | StructType() | MessageType() | UnionType()), _:
                yield before.name
