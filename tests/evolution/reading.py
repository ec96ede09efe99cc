"""What really happens when one version reads what the other wrote: refused, misread, or read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from typing import Any

from edge_values import EdgeValues

from mycelium.codegen.dynamic import load_messages
from mycelium.errors import DecodeError
from mycelium.idl import schema as ir
from mycelium.json_form import from_json, to_json
from mycelium.message import Message

Json = Any


@dataclass(frozen=True)
class Version:
    """A schema, its codecs, and what its writers were seen to write: bodies beside their JSON forms."""

    schema: ir.Schema
    messages: Mapping[str, type[Message]]
    written: dict[str, list[tuple[bytes, Json]]] = dataclass_field(default_factory=dict)

    def write(self, name: str) -> list[tuple[bytes, Json]]:
        """Values of a message at the edges of what its writers may send, each written once."""
        if name not in self.written:
            declaration = self.schema.find(name)
            assert isinstance(declaration, ir.MessageDeclaration)
            values = EdgeValues(self.schema).message(declaration)
            self.written[name] = [self.write_value(name, value) for value in values]
        return self.written[name]

    def write_value(self, name: str, value: Json) -> tuple[bytes, Json]:
        """One value in JSON form: the body, and the JSON form as its own version reads it."""
        message = self.messages[name]
        body = from_json(message, value).encode()
        return body, to_json(message.decode(body))


def version(schema: ir.Schema) -> Version:
    """The codecs are made at run time, from the same plans that generated Python carries."""
    return Version(schema, load_messages(schema))


@dataclass(frozen=True)
class Witness:
    """Bytes that one side writes and the other refuses or misreads."""

    body: bytes
    written: Json
    why: str


def find_witness(
    writer: Version, reader: Version, name: str, written: Iterable[tuple[bytes, Json]] | None = None
) -> Witness | None:
    """The first body that does not arrive, of those given or of the writer's edges."""
    writing, reading = writer.messages[name], reader.messages[name]
    if writing.TYPE_ID != reading.TYPE_ID and None not in (writing.TYPE_ID, reading.TYPE_ID):
        return Witness(b"", None, "a frame of it is not known")
    before, after = writer.schema.find(name), reader.schema.find(name)
    assert isinstance(before, ir.MessageDeclaration) and isinstance(after, ir.MessageDeclaration)
    comparison = _Reading(writer.schema, reader.schema)
    for body, value in writer.write(name) if written is None else written:
        try:
            read = to_json(reading.decode(body))
        except DecodeError as error:
            return Witness(body, value, str(error))
        why = comparison.message(before, after, value, read)
        if why:
            return Witness(body, value, why)
    return None


class _Reading:
    """Compares what was written with what was read, typed; every method says what is wrong, or ""."""

    def __init__(self, writer: ir.Schema, reader: ir.Schema) -> None:
        self._writer = writer
        self._reader = reader

    def message(self, before: Any, after: Any, written: Json, read: Json) -> str:
        for mine, other in paired_fields(before, after):
            if mine.name not in written:
                continue
            if other.name not in read:
                return f"{mine.name} is lost"
            why = self._value(mine.type, other.type, written[mine.name], read[other.name])
            if why:
                return f"{mine.name}: {why}"
        return ""

    def _value(self, before: ir.Type, after: ir.Type, written: Json, read: Json) -> str:
        if type(before) is not type(after):
            return f"{before} is read as {after}"
        match before, after:
            case (ir.EnumType(), ir.EnumType()):
                enums = self._writer.enum(before), self._reader.enum(after)
                return _enum(*enums, _number(enums[0], written), _number(enums[1], read))
            case (ir.StructType(), ir.StructType()):
                return self._struct(before, after, written, read)
            case (ir.MessageType(), ir.MessageType()):
                messages = self._writer.message(before), self._reader.message(after)
                return self.message(*messages, written, read)
            case (ir.UnionType(), ir.UnionType()):
                return self._union(self._writer.union(before), self._reader.union(after), written, read)
            case (ir.MapType(), ir.MapType()):
                return self._map(before, after, written, read)
            case (ir.ListType(), ir.ListType()) | (ir.ArrayType(), ir.ArrayType()):
                pairs = [(before.element, after.element, *pair) for pair in zip(written, read, strict=False)]
                return self._first(pairs) if len(written) == len(read) else "another number of elements"
        facts = [name for name in ("bits", "signed", "scale", "length") if hasattr(before, name)]
        if any(getattr(before, fact) != getattr(after, fact) for fact in facts):
            return f"{before} is read as {after}"
        return "" if repr(written) == repr(read) else f"{written} is read as {read}"

    def _first(self, pairs: list[tuple[Any, Any, Json, Json]]) -> str:
        return next((why for pair in pairs if (why := self._value(*pair))), "")

    def _map(self, before: ir.MapType, after: ir.MapType, written: Json, read: Json) -> str:
        """Entries come in wire order on both sides."""
        if len(written) != len(read):
            return "another number of entries"
        values = zip(written.values(), read.values(), strict=True)
        keys = zip(written, read, strict=True)
        return self._first([(before.key, after.key, *pair) for pair in keys]) or self._first(
            [(before.value, after.value, *pair) for pair in values]
        )

    def _struct(self, before: ir.StructType, after: ir.StructType, written: Json, read: Json) -> str:
        mine, other = self._writer.struct(before).fields, self._reader.struct(after).fields
        names = [field.name for field in mine], [field.name for field in other]
        if len(mine) != len(other):
            return "another number of fields"
        if any(a != b and (a in names[1] or b in names[0]) for a, b in zip(*names, strict=True)):
            return "fields in another order"
        pairs = [(a.type, b.type, written[a.name], read[b.name]) for a, b in zip(mine, other, strict=True)]
        return self._first(pairs)

    def _union(
        self, before: ir.UnionDeclaration, after: ir.UnionDeclaration, written: Json, read: Json
    ) -> str:
        ((name, value),), ((seen, seen_value),) = written.items(), read.items()
        mine = {variant.name: variant for variant in before.variants}
        other = {variant.name: variant for variant in after.variants}
        if (name in other and seen != name) or (seen in mine and seen != name):
            return f"{name} is read as {seen}"
        if name in mine and seen in other:
            return self._value(mine[name].type, other[seen].type, value, seen_value)
        return ""


def paired_fields(before: ir.MessageDeclaration, after: ir.MessageDeclaration) -> list[tuple[Any, Any]]:
    """The fields both versions have: by name; then, where a name is gone, by place."""
    by_name = {field.name: field for field in after.fields}
    by_place = {_place(after, field): field for field in after.fields}
    names = {field.name for field in before.fields}
    pairs = []
    for field in before.fields:
        other = by_name.get(field.name)
        if other is None:
            other = by_place.get(_place(before, field))
            other = None if other is None or other.name in names else other
        if other is not None:
            pairs.append((field, other))
    return pairs


def _place(message: ir.MessageDeclaration, field: ir.BlockField | ir.TaggedField) -> tuple[str, int]:
    return ("tag", field.tag) if isinstance(field, ir.TaggedField) else ("block", message.block.index(field))


def _number(enum: ir.EnumDeclaration, value: Json) -> int:
    """The number of an enum value or key in JSON form."""
    numbers = {member.name: member.number for member in enum.members}
    return numbers[value] if value in numbers else int(value)


def _enum(before: ir.EnumDeclaration, after: ir.EnumDeclaration, written: int, read: int) -> str:
    if before.bits != after.bits or written != read:
        return f"{written} is read as {read}"
    mine = {member.number: member.name for member in before.members}
    other = {member.number: member.name for member in after.members}
    name, seen = mine.get(written), other.get(read)
    if name != seen and (name in other.values() or (seen is not None and seen in mine.values())):
        return f"{name} is read as {seen}"
    return ""
