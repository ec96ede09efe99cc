"""Values that are likely to show what a finding says: edges of what changed, inside the least of all that holds it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from mycelium.codegen.witness.partners import Partners
from mycelium.codegen.witness.routes import Route
from mycelium.codegen.witness.values import EdgeValues
from mycelium.frames import MAXIMUM_FRAME_LENGTH
from mycelium.idl.codes import Code
from mycelium.idl.compatibility import Finding
from mycelium.idl.schema import (
    Declaration,
    EnumDeclaration,
    EnumType,
    MessageDeclaration,
    StructDeclaration,
    StructType,
    UnionDeclaration,
)

Json = Any

_BOUND_CODES = (Code.LIMIT_NARROWED, Code.LIMIT_WIDENED)
_PLACE_CODES = (Code.BLOCK_CHANGED, Code.STRUCT_CHANGED)


class Candidates:
    """Values of one writer, in JSON form."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners
        self._values = EdgeValues(partners)

    @cached_property
    def _large_values(self) -> EdgeValues:
        return EdgeValues(self._partners, MAXIMUM_FRAME_LENGTH)

    def least(self, message: MessageDeclaration) -> Json:
        """The least value of a message."""
        return self._values.least_message(message)

    def within(self, route: Route, value: Json) -> Json:
        """The value of what changed, inside all that holds it."""
        for step in reversed(route):
            holder = self._partners.writer.find(step.holder)
            assert holder is not None
            value = self._values.part(holder, step.part, step.held, value)
        return value

    def of(self, finding: Finding, changed: Declaration) -> Iterator[Json]:
        """Values of the declaration, those first that differ from the least one where it changed."""
        part = self._writer_part(finding, changed)
        match changed:
            case MessageDeclaration():
                if part:
                    yield from self._values.field(changed, part)
                if part and finding.code in _BOUND_CODES:
                    yield from self._large_values.field(changed, part)
                yield from _telling(finding, self._values.message(changed))
            case UnionDeclaration():
                if part:
                    yield from self._values.variant(changed, part)
                if part and finding.code in _BOUND_CODES:
                    yield from self._large_values.variant(changed, part)
                yield from self._values.union(changed, 1)
            case StructDeclaration():
                type_: StructType | EnumType = StructType(changed.qualified_name, changed.size)
                yield from _telling(finding, self._values.type(type_, None, 0))
            case EnumDeclaration():
                type_ = EnumType(changed.qualified_name, changed.bits, changed.closed)
                after = self._partners.declaration(changed.qualified_name)
                other = None
                if isinstance(after, EnumDeclaration):
                    other = EnumType(after.qualified_name, after.bits, after.closed)
                yield from self._values.type(type_, other, 0)

    def _writer_part(self, finding: Finding, changed: Declaration) -> str | None:
        """The field or variant a finding is about, as the writer calls it; None where it has none."""
        part = finding.element.removeprefix(finding.declaration).removeprefix(".")
        if not part or isinstance(changed, EnumDeclaration | StructDeclaration):
            return None
        parts = changed.fields if isinstance(changed, MessageDeclaration) else changed.variants
        names = [each.name for each in parts]
        if part not in names:
            # Findings use the old name; the new version may call it something else.
            part = next((mine for mine, other in self._partners.parts(changed) if other == part), part)
        return part if part in names else None


def _telling(finding: Finding, values: list[Json]) -> list[Json]:
    """Where fields changed places, values first whose fields differ: there people see which is taken for which."""
    if finding.code not in _PLACE_CODES:
        return values
    return [*(value for value in values if value != values[0]), *values]
