"""Changes of a schema for tests of compatibility: the mutations of tests/idl and those that matter between versions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from schema_mutations import mutations

from mycelium.idl.descriptor import DescriptorError, from_descriptor, to_descriptor
from mycelium.idl.schema import (
    ArrayType,
    BlockField,
    EnumDeclaration,
    EnumMember,
    EnumType,
    IntegerType,
    ListType,
    MapType,
    MessageDeclaration,
    Presence,
    Schema,
    StringType,
    StructDeclaration,
    StructType,
    TaggedField,
    Type,
    UnionDeclaration,
    UnionVariant,
    fixed_size,
)

U16 = IntegerType(16, False)


def changed_schemas(schema: Schema) -> Iterator[tuple[str, Schema]]:
    """Every single change that gives a valid schema, in words, and that schema."""
    for mutation in mutations(schema):
        made = valid(mutation.schema)
        if made is not None:
            yield mutation.description, made
    for declaration in schema.declarations():
        for description, changed in _changes(declaration):
            made = valid(_with(schema, declaration, changed))
            if made is not None:
                yield f"{declaration.qualified_name}: {description}", made


def _with(schema: Schema, old: Any, new: Any) -> Schema:
    return Schema(
        tuple(
            replace(
                package, declarations=tuple(new if each is old else each for each in package.declarations)
            )
            for package in schema.packages
        )
    )


def _changes(declaration: Any) -> Iterator[tuple[str, Any]]:
    match declaration:
        case EnumDeclaration(members=members):
            yield "member added", replace(declaration, members=(*members, EnumMember("ADDED", 198)))
            if len(members) > 1:
                names = [(members[1].name, members[0].number), (members[0].name, members[1].number)]
                swapped = tuple(EnumMember(*pair) for pair in names)
                yield "names swapped", replace(declaration, members=(*swapped, *members[2:]))
        case UnionDeclaration(variants=variants):
            added = UnionVariant(198, "added", StringType())
            yield "variant added", replace(declaration, variants=(*variants, added))
        case StructDeclaration(fields=fields):
            extra = replace(fields[0], name="extra", type=U16)
            yield "field appended", replace(declaration, fields=(*fields, extra))
        case MessageDeclaration():
            yield from _message_changes(declaration)


def _message_changes(message: MessageDeclaration) -> Iterator[tuple[str, MessageDeclaration]]:
    block, tagged = message.block, message.tagged
    for presence, default in ((Presence.REQUIRED, None), (Presence.DEFAULTED, 7), (Presence.OPTIONAL, None)):
        field = TaggedField(60_001, "added", U16, presence, default)
        yield f"{presence.value} field added", replace(message, tagged=(*tagged, field))
    for default in (None, 3):
        extra = BlockField("extra", U16, 0, default)
        yield f"appended to the block, default {default}", replace(message, block=(*block, extra))
        yield f"put first in the block, default {default}", replace(message, block=(extra, *block))
    if len(block) > 1:
        yield "block swapped", replace(message, block=(block[1], block[0], *block[2:]))
        yield "first block field removed", replace(message, block=block[1:])
    if block:
        moved = TaggedField(60_001, block[-1].name, block[-1].type, Presence.OPTIONAL)
        yield "moved out of the block", replace(message, block=block[:-1], tagged=(*tagged, moved))
        yield "without the block", replace(message, block=())
    for index, field in enumerate(tagged):
        others = (*tagged[:index], *tagged[index + 1 :])
        if fixed_size(field.type) is not None:
            inside = BlockField(field.name, field.type, 0, field.default)
            yield f"{field.name} moved into the block", replace(
                message, block=(*block, inside), tagged=others
            )
        for default in (None, *_defaults(field.type)):
            for presence in Presence:
                if (presence is Presence.DEFAULTED) is (default is not None):
                    made = replace(field, presence=presence, default=default)
                    yield f"{field.name} {presence.value} {default!r}", replace(
                        message, tagged=(*others, made)
                    )


def _defaults(type_: Type) -> tuple[Any, ...]:
    match type_:
        case IntegerType():
            return (1, 2)
        case StringType():
            return ("", "text")
        case ListType() | MapType():
            return ((),)
    return ()


def valid(schema: Schema) -> Schema | None:
    """The schema with its layout computed anew and everything in order; None when it cannot be."""
    layout = _Layout(schema)
    packages = tuple(
        replace(package, declarations=tuple(layout.declaration(each) for each in package.declarations))
        for package in schema.packages
    )
    try:
        return from_descriptor(to_descriptor(Schema(packages)))
    except DescriptorError:
        return None


class _Layout:
    """Computes sizes, offsets and what types repeat of enums and structs."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    def declaration(self, declaration: Any) -> Any:
        match declaration:
            case StructDeclaration(fields=fields):
                packed, size = self._packed(fields)
                return replace(declaration, fields=packed, size=size)
            case UnionDeclaration(variants=variants):
                typed = [replace(variant, type=self._type(variant.type)) for variant in variants]
                return replace(declaration, variants=tuple(sorted(typed, key=lambda variant: variant.tag)))
            case MessageDeclaration(block=block, tagged=tagged):
                typed_fields = [replace(field, type=self._type(field.type)) for field in tagged]
                ordered = tuple(sorted(typed_fields, key=lambda field: field.tag))
                return replace(declaration, block=self._packed(block)[0], tagged=ordered)
        return declaration

    def _packed(self, fields: tuple[Any, ...]) -> tuple[tuple[Any, ...], int]:
        packed, offset = [], 0
        for field in fields:
            type_ = self._type(field.type)
            packed.append(replace(field, type=type_, offset=offset))
            offset += fixed_size(type_) or 0
        return tuple(packed), offset

    def _type(self, type_: Type) -> Type:
        match type_:
            case EnumType():
                enum = self._schema.enum(type_)
                return EnumType(type_.name, enum.bits, enum.closed)
            case StructType():
                return StructType(type_.name, self._packed(self._schema.struct(type_).fields)[1])
            case ArrayType(element=element) | ListType(element=element):
                return replace(type_, element=self._type(element))
            case MapType(key=key, value=value):
                return replace(type_, key=self._type(key), value=self._type(value))
        return type_
