"""What was written beside what was read, typed: type, scale and unit belong to a value, and so does its field."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from mycelium.codegen.witness.edges import decimal_text
from mycelium.codegen.witness.partners import Partners
from mycelium.idl import schema as ir
from mycelium.idl.descriptor.types import references
from mycelium.idl.type_names import type_name
from mycelium.map_keys import quoted

Json = Any


@dataclass(frozen=True, slots=True)
class Misreading:
    """One value that is not what it was: where, as the reader names it, and how."""

    path: str
    what: str


class Reading:
    """Compares JSON forms of one version with those of the other; every method yields what is wrong."""

    def __init__(self, partners: Partners) -> None:
        self._partners = partners

    def message(
        self,
        before: ir.MessageDeclaration,
        after: ir.MessageDeclaration,
        written: Json,
        read: Json,
        path: str | None = None,
    ) -> Iterator[Misreading]:
        """Fields both have arrive; fields the reader alone has, or that were left out, are absent or the default."""
        path = after.name if path is None else path
        arrived = set()
        for mine, other in self._partners.fields(before):
            if mine.name not in written:
                continue
            arrived.add(other.name)
            place = f"{path}.{other.name}"
            if other.name not in read:
                yield Misreading(place, "it is lost")
                continue
            if _is_moved(before, after, mine, other):
                yield Misreading(place, "it is read from where another field was written")
            yield from self._value(mine.type, other.type, written[mine.name], read[other.name], place)
        for field in after.fields:
            if field.name not in arrived:
                yield from self._absent(field, read, f"{path}.{field.name}")

    def _absent(self, field: ir.BlockField | ir.TaggedField, read: Json, path: str) -> Iterator[Misreading]:
        """Nothing was written: an optional field is none, any other has its default."""
        if field.presence is ir.Presence.OPTIONAL:
            if field.name in read:
                yield Misreading(path, f"nothing was written, and it is read as {_shown(read[field.name])}")
        elif field.default is None:
            yield Misreading(path, f"nothing was written, and it is read as {_shown(read[field.name])}")
        else:
            default = self._default(field.type, field.default)
            if repr(read[field.name]) != repr(default):
                yield Misreading(path, f"its default {_shown(default)} is read as {_shown(read[field.name])}")

    def _default(self, type_: ir.Type, default: ir.Literal) -> Json:
        """The JSON form of a default."""
        match type_, default:
            case ir.EnumType(), int(number):
                names = {member.number: member.name for member in self._partners.reader.enum(type_).members}
                return names.get(number, number)
            case ir.DecimalType(scale=scale), int(mantissa):
                return decimal_text(mantissa, scale)
            case ir.FloatType(), int(number) | float(number):
                return float(number)
            case ir.UuidType(), bytes(octets):
                return str(UUID(bytes=octets))
            case ir.MapType(), _:
                return {}
            case _, bytes(octets):
                return octets.hex()
            case _, tuple():
                return []
        return default

    def _value(
        self, before: ir.Type, after: ir.Type, written: Json, read: Json, path: str
    ) -> Iterator[Misreading]:
        if not self._partners.are_one_type(before, after):
            types = type_name(before), type_name(after)
            yield Misreading(
                path, f"the {types[0]} {_shown(written)} is read as the {types[1]} {_shown(read)}"
            )
            return
        match before, after:
            case (ir.EnumType(), ir.EnumType()):
                enums = self._partners.writer.enum(before), self._partners.reader.enum(after)
                yield from _enum(*enums, written, read, path)
            case (ir.StructType(), ir.StructType()):
                yield from self._struct(before, after, written, read, path)
            case (ir.MessageType(), ir.MessageType()):
                messages = self._partners.writer.message(before), self._partners.reader.message(after)
                yield from self.message(*messages, written, read, path)
            case (ir.UnionType(), ir.UnionType()):
                unions = self._partners.writer.union(before), self._partners.reader.union(after)
                yield from self._union(*unions, written, read, path)
            case (ir.MapType(), ir.MapType()):
                yield from self._map(before, after, written, read, path)
            case (ir.ListType(element=mine), ir.ListType(element=other)) | (
                ir.ArrayType(element=mine),
                ir.ArrayType(element=other),
            ):
                if len(written) != len(read):
                    yield Misreading(path, f"{len(written)} elements are read as {len(read)}")
                yield from self._elements(mine, other, written, read, path)
            case _ if repr(written) != repr(read):
                yield Misreading(path, f"{_shown(written)} is read as {_shown(read)}")

    def _elements(
        self, before: ir.Type, after: ir.Type, written: list[Json], read: list[Json], path: str
    ) -> Iterator[Misreading]:
        """The first element that is misread speaks for all; equal scalars need no look."""
        is_scalar = not isinstance(before, ir.ArrayType | ir.ListType | ir.MapType) and not references(before)
        if is_scalar and self._partners.are_one_type(before, after) and written == read:
            return
        for index, pair in enumerate(zip(written, read, strict=False)):
            found = next(self._value(before, after, *pair, f"{path}[{index}]"), None)
            if found is not None:
                yield found
                return

    def _map(
        self, before: ir.MapType, after: ir.MapType, written: Json, read: Json, path: str
    ) -> Iterator[Misreading]:
        """Entries come in wire order on both sides."""
        if len(written) != len(read):
            yield Misreading(path, f"{len(written)} entries are read as {len(read)}")
            return
        for index, (mine, other) in enumerate(zip(written, read, strict=True)):
            yield from self._value(before.key, after.key, mine, other, f"{path}[#{index}]")
        for (_, mine), (key, other) in zip(written.items(), read.items(), strict=True):
            bare = isinstance(after.key, ir.IntegerType | ir.EnumType)
            place = f"{path}[{key if bare else quoted(key)}]"
            yield from self._value(before.value, after.value, mine, other, place)

    def _struct(
        self, before: ir.StructType, after: ir.StructType, written: Json, read: Json, path: str
    ) -> Iterator[Misreading]:
        mine, other = self._partners.writer.struct(before).fields, self._partners.reader.struct(after).fields
        names = [field.name for field in mine], [field.name for field in other]
        if len(mine) != len(other):
            yield Misreading(path, f"{len(mine)} fields are read as {len(other)}")
            return
        for old, new in zip(mine, other, strict=True):
            place = f"{path}.{new.name}"
            if old.name != new.name and (old.name in names[1] or new.name in names[0]):
                yield Misreading(place, f"it is read from where {old.name} was written")
            else:
                yield from self._value(old.type, new.type, written[old.name], read[new.name], place)

    def _union(
        self, before: ir.UnionDeclaration, after: ir.UnionDeclaration, written: Json, read: Json, path: str
    ) -> Iterator[Misreading]:
        ((name, value),), ((seen, seen_value),) = written.items(), read.items()
        mine = {variant.name: variant for variant in before.variants}
        other = {variant.name: variant for variant in after.variants}
        if (name in other and seen != name) or (seen in mine and seen != name):
            shown = "a variant nobody knows" if seen == "?" else seen
            yield Misreading(path, f"the variant {name} is read as {shown}")
        elif name in mine and seen in other:
            types = mine[name].type, other[seen].type
            yield from self._value(*types, value, seen_value, f"{path}({seen})")


def _is_moved(
    before: ir.MessageDeclaration,
    after: ir.MessageDeclaration,
    mine: ir.BlockField | ir.TaggedField,
    other: ir.BlockField | ir.TaggedField,
) -> bool:
    """Whether the reader takes a field from a place that held another."""
    if isinstance(mine, ir.BlockField) and isinstance(other, ir.BlockField):
        return before.block.index(mine) != after.block.index(other)
    if isinstance(mine, ir.TaggedField) and isinstance(other, ir.TaggedField):
        return mine.tag != other.tag
    return True


def _enum(
    before: ir.EnumDeclaration, after: ir.EnumDeclaration, written: Json, read: Json, path: str
) -> Iterator[Misreading]:
    numbers = _number(before, written), _number(after, read)
    if before.bits != after.bits:
        yield Misreading(path, f"a u{before.bits} is read as a u{after.bits}")
        return
    if numbers[0] != numbers[1]:
        yield Misreading(path, f"{written} is read as {read}")
        return
    mine = {member.number: member.name for member in before.members}
    other = {member.number: member.name for member in after.members}
    name, seen = mine.get(numbers[0]), other.get(numbers[1])
    if name != seen and (name in other.values() or (seen is not None and seen in mine.values())):
        shown = [numbers[0] if each is None else f"{each} ({numbers[0]})" for each in (name, seen)]
        yield Misreading(path, f"{shown[0]} is read as {shown[1]}")


def _number(enum: ir.EnumDeclaration, value: Json) -> int:
    """The number of an enum value or key in JSON form."""
    numbers = {member.name: member.number for member in enum.members}
    return numbers[value] if value in numbers else int(value)


def _shown(value: Json) -> str:
    """A value in few words, in JSON."""
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:60]}..."
