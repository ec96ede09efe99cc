"""Values at the edges of what a version may write, in JSON form: where two versions differ, one of them shows it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from mycelium.codegen.witness.edges import MODEST, count_edges, in_order, scalar_edges
from mycelium.codegen.witness.keys import distinct_keys
from mycelium.codegen.witness.partners import Partners
from mycelium.idl import schema as ir
from mycelium.idl.descriptor.types import references
from mycelium.wire import ELEMENT_BUDGET

Json = Any

MAXIMUM_DEPTH = 4
"""How deep messages nest before only the least value of each is tried."""

MAXIMUM_VALUES = 20
"""How many values of one part are tried inside another."""


class EdgeValues:
    """Lists of values. The first of each is the least one, which the other version reads if any can be read; the
    others differ from it in one part.

    Every method takes a type or declaration of the writer and, as far as there is one, the reader's version of it.
    """

    def __init__(self, partners: Partners, largest: int = MODEST) -> None:
        self._partners = partners
        self._schemas = (partners.writer, partners.reader)
        self._largest = largest
        self._least: dict[str, Json] = {}
        self._edges: dict[tuple[str, int], list[Json]] = {}

    def message(self, message: ir.MessageDeclaration, depth: int = 0) -> list[Json]:
        """The least value, the fullest one, and each edge of each field by itself."""
        place = (message.qualified_name, depth)
        if place not in self._edges:
            self._edges[place] = self._message(message, depth)
        return self._edges[place]

    def field(self, message: ir.MessageDeclaration, name: str, depth: int = 0) -> list[Json]:
        """Messages without the field, where it is optional, and with each edge of it."""
        others = self._partnered(message)
        least = self.least_message(message)
        without = {other: value for other, value in least.items() if other != name}
        found = (
            [without]
            if any(field.presence is ir.Presence.OPTIONAL for field in message.tagged if field.name == name)
            else []
        )
        for field in message.fields:
            if field.name == name:
                found += [least | {name: value} for value in self.type(field.type, others.get(name), depth)]
        return found

    def least_message(self, message: ir.MessageDeclaration) -> Json:
        """What must be there, and what the reader asks for."""
        name = message.qualified_name
        if name not in self._least:
            self._least[name] = None
            pairs = self._partners.fields(message)
            asked = {mine.name for mine, other in pairs if other.presence is ir.Presence.REQUIRED}
            others = self._partnered(message)
            self._least[name] = {
                field.name: self.least(field.type, others.get(field.name))
                for field in message.fields
                if field.presence is not ir.Presence.OPTIONAL or field.name in asked
            }
        # Inside itself a message holds only what it must: that ends, whatever the reader asks for.
        return self._least[name] or self._bare_message(message)

    def _bare_message(self, message: ir.MessageDeclaration) -> Json:
        required = [field for field in message.fields if field.presence is not ir.Presence.OPTIONAL]
        return {field.name: self.least(field.type, None) for field in required}

    def _message(self, message: ir.MessageDeclaration, depth: int) -> list[Json]:
        least = self.least_message(message)
        if depth >= MAXIMUM_DEPTH:
            return [least]
        others = self._partnered(message)
        edges = {field.name: self.type(field.type, others.get(field.name), depth) for field in message.fields}
        optional = {field.name for field in message.fields if field.presence is ir.Presence.OPTIONAL}
        without = {name: value for name, value in least.items() if name not in optional}
        single = [least | {name: value} for name, values in edges.items() for value in values]
        fullest = {name: values[-1] for name, values in edges.items()}
        return [least, without, *single, fullest]

    def _partnered(self, message: ir.MessageDeclaration) -> dict[str, ir.Type]:
        return {mine.name: other.type for mine, other in self._partners.fields(message)}

    def least(self, type_: ir.Type, other: ir.Type | None) -> Json:
        """The first of what :meth:`type` gives, without making the others."""
        match type_:
            case ir.ArrayType(element=element, length=length):
                return [self.least(element, _element(other))] * length
            case ir.ListType(element=element):
                size = count_edges(type_, other, self._largest)[0]
                return [self.least(element, _element(other))] * size if size else []
            case ir.MapType(key=key, value=value):
                size = count_edges(type_, other, self._largest, self._schemas)[0]
                keys = distinct_keys(key, _key(other), size, self._schemas)
                return dict.fromkeys(keys, self.least(value, _value(other))) if keys else {}
            case ir.StructType():
                others = self._partnered_struct(type_)
                fields = self._partners.writer.struct(type_).fields
                return {field.name: self.least(field.type, others.get(field.name)) for field in fields}
            case ir.MessageType():
                message = self._partners.writer.message(type_)
                return self._bare_message(message) if other is None else self.least_message(message)
            case ir.UnionType():
                return self._least_variant(self._partners.writer.union(type_))
        return self.type(type_, other, 0)[0]

    def type(self, type_: ir.Type, other: ir.Type | None, depth: int) -> list[Json]:
        """Edges of any type."""
        match type_:
            case ir.ArrayType(element=element, length=length):
                return [[value] * length for value in self.type(element, _element(other), depth)]
            case ir.ListType():
                return self._list(type_, other, depth)
            case ir.MapType():
                return self._map(type_, other, depth)
            case ir.EnumType():
                return self._enum(type_, other)
            case ir.StructType():
                return self._struct(type_, depth)
            case ir.MessageType():
                return _few(self.message(self._partners.writer.message(type_), depth + 1))
            case ir.UnionType():
                return self.union(self._partners.writer.union(type_), depth + 1)
        return scalar_edges(type_, other, self._largest)

    def _list(self, type_: ir.ListType, other: ir.Type | None, depth: int) -> list[Json]:
        counts = count_edges(type_, other, self._most(type_.element))
        inside = self.type(type_.element, _element(other), depth + 1)
        least = [[inside[0]] * counts[0]]
        usual = max(counts[0], 1)
        by_element = [[value] * usual for value in inside[:MAXIMUM_VALUES]]
        if type_.maximum == 0:
            by_element = []
        return [*least, *by_element, *([inside[0]] * size for size in counts[1:])]

    def _most(self, element: ir.Type) -> int:
        """How many elements of a list can be written: by their size, or by what decoders count."""
        size = ir.fixed_size(element)
        return min(self._largest, ELEMENT_BUDGET) if size is None else self._largest // size

    def _map(self, type_: ir.MapType, other: ir.Type | None, depth: int) -> list[Json]:
        counts = count_edges(type_, other, min(self._largest, ELEMENT_BUDGET), self._schemas)
        keys = distinct_keys(type_.key, _key(other), max(counts), self._schemas)
        values = self.type(type_.value, _value(other), depth + 1)
        edges = [str(key) for key in self.type(type_.key, _key(other), depth)]
        usual = max(counts[0], 1)
        found = [dict.fromkeys(keys[: counts[0]], values[0])]
        if type_.maximum != 0:
            for key in edges:
                others = [each for each in keys if each != key][: usual - 1]
                found.append(dict.fromkeys([key, *others], values[0]))
            found += [dict.fromkeys(keys[:usual], value) for value in values[:MAXIMUM_VALUES]]
        return [*found, *(dict.fromkeys(keys[:size], values[0]) for size in counts[1:])]

    def _enum(self, type_: ir.EnumType, other: ir.Type | None) -> list[Json]:
        """Members, what the reader alone has, and a number that neither has a name for."""
        known = [member.number for member in self._partners.writer.enum(type_).members]
        theirs = known
        if isinstance(other, ir.EnumType):
            theirs = [member.number for member in self._partners.reader.enum(other).members]
        candidates = list(known)
        if not type_.closed:
            candidates += [number for number in theirs if number < 1 << type_.bits]
            named = {*known, *theirs}
            unknown = (number for number in range((1 << type_.bits) - 1, 0, -1) if number not in named)
            candidates += islice(unknown, 1)
        return in_order(candidates, [number in known and number in theirs for number in candidates])

    def _struct(self, type_: ir.StructType, depth: int) -> list[Json]:
        others = self._partnered_struct(type_)
        fields = self._partners.writer.struct(type_).fields
        edges = {field.name: self.type(field.type, others.get(field.name), depth) for field in fields}
        least = {name: values[0] for name, values in edges.items()}
        single = [least | {name: value} for name, values in edges.items() for value in values[1:]]
        return [least, *single, {name: values[-1] for name, values in edges.items()}]

    def _partnered_struct(self, type_: ir.StructType) -> dict[str, ir.Type]:
        pairs = self._partners.struct_fields(self._partners.writer.struct(type_))
        return {mine.name: other.type for mine, other in pairs}

    def union(self, union: ir.UnionDeclaration, depth: int) -> list[Json]:
        """Each edge of each variant by itself, and a variant nobody knows."""
        least = self._least_variant(union)
        if depth > MAXIMUM_DEPTH:
            return [least]
        place = (union.qualified_name, depth)
        if place not in self._edges:
            others = self._partnered_union(union)
            known = [
                {variant.name: value}
                for variant in union.variants
                for value in self.type(variant.type, others.get(variant.name), depth)
            ]
            self._edges[place] = [least, self._unknown_variant(union), *known]
        return self._edges[place]

    def variant(self, union: ir.UnionDeclaration, name: str) -> list[Json]:
        """Each edge of one variant."""
        others = self._partnered_union(union)
        return [
            {name: value}
            for variant in union.variants
            if variant.name == name
            for value in self.type(variant.type, others.get(name), 1)
        ]

    def holding(self, type_: ir.Type, other: ir.Type | None, name: str, value: Json) -> Json | None:
        """A value of a type with ``value`` wherever it holds the declaration ``name``; None where it cannot hold it."""
        match type_:
            case ir.ArrayType(element=element, length=length):
                return [self.holding(element, _element(other), name, value)] * length
            case ir.ListType(element=element, maximum=maximum):
                usual = max(count_edges(type_, other, self._largest)[0], 1)
                inside = self.holding(element, _element(other), name, value)
                return None if maximum == 0 or inside is None else [inside] * usual
            case ir.MapType(key=key, maximum=maximum):
                if maximum == 0:
                    return None
                usual = max(count_edges(type_, other, self._largest, self._schemas)[0], 1)
                keys = distinct_keys(key, _key(other), usual, self._schemas)
                if any(reference.name == name for reference in references(key)):
                    keys = [str(value), *(each for each in keys if each != str(value))][:usual]
                    return dict.fromkeys(keys, self.least(type_.value, _value(other)))
                inside = self.holding(type_.value, _value(other), name, value)
                return None if inside is None else dict.fromkeys(keys, inside)
        return value

    def part(self, holder: ir.Declaration, part: str, name: str, value: Json) -> Json | None:
        """The least value of a declaration whose field or variant ``part`` holds ``value`` of the declaration ``name``."""
        match holder:
            case ir.MessageDeclaration():
                types, others = {each.name: each.type for each in holder.fields}, self._partnered(holder)
                around = self.least_message(holder)
            case ir.StructDeclaration():
                type_ = ir.StructType(holder.qualified_name, holder.size)
                types = {each.name: each.type for each in holder.fields}
                others, around = self._partnered_struct(type_), self.least(type_, None)
            case ir.UnionDeclaration():
                types = {each.name: each.type for each in holder.variants}
                others, around = self._partnered_union(holder), {}
            case _:
                return None
        inside = self.holding(types[part], others.get(part), name, value)
        return None if inside is None else around | {part: inside}

    def _least_variant(self, union: ir.UnionDeclaration) -> Json:
        """The first variant that holds no message and that the reader knows, or one that nobody knows."""
        others = self._partnered_union(union)
        for variant in union.variants:
            inside = references(variant.type)
            is_plain = not any(isinstance(each, ir.MessageType | ir.UnionType) for each in inside)
            other = others.get(variant.name)
            if is_plain and other is not None and self._partners.are_one_type(variant.type, other):
                return {variant.name: self.least(variant.type, other)}
        return self._unknown_variant(union)

    def _unknown_variant(self, union: ir.UnionDeclaration) -> Json:
        after = self._partners.declaration(union.qualified_name)
        known = {variant.tag for variant in union.variants}
        if isinstance(after, ir.UnionDeclaration):
            known |= {variant.tag for variant in after.variants}
        tag = next(tag for tag in range(65_535, 0, -1) if tag not in known)
        return {"?": {"tag": tag, "kind": 0, "bytes": "07"}}

    def _partnered_union(self, union: ir.UnionDeclaration) -> dict[str, ir.Type]:
        pairs = self._partners.variants(union)
        return {mine.name: other.type for mine, other in pairs if mine.tag == other.tag}


def _few(values: list[Json]) -> list[Json]:
    """The least, the fullest, and others spread between them."""
    step = max(1, len(values) // MAXIMUM_VALUES)
    return [*values[:-1:step], values[-1]]


def _element(other: ir.Type | None) -> ir.Type | None:
    return other.element if isinstance(other, ir.ListType | ir.ArrayType) else None


def _key(other: ir.Type | None) -> ir.Type | None:
    return other.key if isinstance(other, ir.MapType) else None


def _value(other: ir.Type | None) -> ir.Type | None:
    return other.value if isinstance(other, ir.MapType) else None
