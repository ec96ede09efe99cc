"""What in one version is a version of what in the other: declarations, fields, variants, and types."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeVar

from mycelium.idl.schema import (
    BlockField,
    Declaration,
    EnumType,
    MessageDeclaration,
    MessageType,
    ReferenceType,
    Schema,
    StructDeclaration,
    StructField,
    StructType,
    TaggedField,
    Type,
    UnionDeclaration,
    UnionType,
    UnionVariant,
)

Field = BlockField | TaggedField
Named = TypeVar("Named", BlockField | TaggedField, UnionVariant, StructField)

_LAYOUT_FACTS = ("bits", "signed", "scale", "length")


class Partners:
    """Two versions, seen from the one that writes. ``names`` are the declarations of the reader by the writer's."""

    def __init__(self, writer: Schema, reader: Schema, names: Mapping[str, str]) -> None:
        self.writer = writer
        self.reader = reader
        self._names = names
        self._writer_names = {other: mine for mine, other in names.items()}
        self._fields: dict[str, list[tuple[Field, Field]]] = {}

    def name(self, written: str) -> str | None:
        """What the reader calls a declaration of the writer; None where it has no version of it."""
        return self._names.get(written)

    def writer_name(self, read: str) -> str | None:
        """What the writer calls a declaration of the reader; None where it has no version of it."""
        return self._writer_names.get(read)

    def declaration(self, written: str) -> Declaration | None:
        """The reader's version of a declaration of the writer."""
        name = self.name(written)
        return None if name is None else self.reader.find(name)

    def message(self, written: MessageDeclaration) -> MessageDeclaration | None:
        """The reader's version of a message."""
        found = self.declaration(written.qualified_name)
        return found if isinstance(found, MessageDeclaration) else None

    def fields(self, written: MessageDeclaration) -> list[tuple[Field, Field]]:
        """The fields both versions have: by name; then, where a name is gone, by tag or place in the block."""
        name = written.qualified_name
        if name not in self._fields:
            after = self.message(written)
            self._fields[name] = [] if after is None else list(_paired(_places(written), _places(after)))
        return self._fields[name]

    def variants(self, written: UnionDeclaration) -> list[tuple[UnionVariant, UnionVariant]]:
        """The variants both versions have: by name; then, where a name is gone, by tag."""
        after = self.declaration(written.qualified_name)
        if not isinstance(after, UnionDeclaration):
            return []
        sides = [[(variant, variant.tag) for variant in each.variants] for each in (written, after)]
        return list(_paired(*sides))

    def struct_fields(self, written: StructDeclaration) -> list[tuple[StructField, StructField]]:
        """The fields at the same places."""
        after = self.declaration(written.qualified_name)
        if not isinstance(after, StructDeclaration):
            return []
        return list(zip(written.fields, after.fields, strict=False))

    def parts(self, written: Declaration) -> list[tuple[str, str]]:
        """The names of fields or variants, beside the reader's."""
        match written:
            case MessageDeclaration():
                return [(mine.name, other.name) for mine, other in self.fields(written)]
            case UnionDeclaration():
                return [(mine.name, other.name) for mine, other in self.variants(written)]
            case StructDeclaration():
                return [(mine.name, other.name) for mine, other in self.struct_fields(written)]
        return []

    def are_one_type(self, before: Type, after: Type) -> bool:
        """Whether two types are the same but for limits, bounds, and the types inside them."""
        if type(before) is not type(after):
            return False
        if isinstance(before, EnumType | StructType | MessageType | UnionType):
            assert isinstance(after, ReferenceType)
            return self.name(before.name) == after.name
        return all(getattr(before, fact, None) == getattr(after, fact, None) for fact in _LAYOUT_FACTS)


def _paired(
    before: Sequence[tuple[Named, object]], after: Sequence[tuple[Named, object]]
) -> Iterator[tuple[Named, Named]]:
    by_name = {each.name: each for each, _ in after}
    by_place = {place: each for each, place in after}
    names = {each.name for each, _ in before}
    for mine, place in before:
        other = by_name.get(mine.name)
        if other is None:
            other = by_place.get(place)
            other = None if other is None or other.name in names else other
        if other is not None:
            yield mine, other


def _places(message: MessageDeclaration) -> list[tuple[Field, object]]:
    in_block: list[tuple[Field, object]] = [(each, ("block", at)) for at, each in enumerate(message.block)]
    return [*in_block, *((field, ("tag", field.tag)) for field in message.tagged)]
