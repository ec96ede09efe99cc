"""Every single semantic change to a resolved schema, one at a time, for tests of what must notice it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from mycelium.idl.schema import (
    ArrayType,
    AsciiType,
    BlockField,
    BytesType,
    DecimalType,
    Declaration,
    DurationType,
    EnumDeclaration,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    ListType,
    MapType,
    MessageDeclaration,
    Presence,
    Schema,
    StringType,
    StructDeclaration,
    StructField,
    TaggedField,
    TimestampType,
    Type,
    UnionDeclaration,
    UnionVariant,
)


@dataclass(frozen=True)
class Mutation:
    """One change, in words; ``only_names`` when bytes and validity stay what they were."""

    description: str
    declaration: str
    schema: Schema
    only_names: bool = False


def mutations(schema: Schema) -> Iterator[Mutation]:
    """All single changes of all declarations."""
    for declaration in schema.declarations():
        for description, changed, only_names in _declaration_changes(declaration):
            yield Mutation(
                f"{declaration.qualified_name}: {description}",
                declaration.qualified_name,
                _with(schema, declaration, changed),
                only_names,
            )


Change = tuple[str, Declaration, bool]


def _with(schema: Schema, old: Declaration, new: Declaration) -> Schema:
    packages = tuple(
        replace(
            package,
            declarations=tuple(
                new if declaration is old else declaration for declaration in package.declarations
            ),
        )
        for package in schema.packages
    )
    return Schema(packages)


def _declaration_changes(declaration: Declaration) -> Iterator[Change]:
    match declaration:
        case EnumDeclaration():
            yield from _enum_changes(declaration)
        case StructDeclaration():
            yield from _struct_changes(declaration)
        case UnionDeclaration():
            yield from _union_changes(declaration)
        case MessageDeclaration():
            yield from _message_changes(declaration)


def _enum_changes(enum: EnumDeclaration) -> Iterator[Change]:
    yield "openness", replace(enum, closed=not enum.closed), False
    yield "base", replace(enum, bits=16 if enum.bits == 8 else 8), False
    for index, member in enumerate(enum.members):
        others = (*enum.members[:index], *enum.members[index + 1 :])
        if others:
            yield f"member {member.name} removed", replace(enum, members=others), False
        renumbered = replace(member, number=199)
        yield f"member {member.name} renumbered", replace(enum, members=(*others, renumbered)), False
        renamed = replace(member, name="RENAMED")
        yield f"member {member.name} renamed", replace(enum, members=(*others, renamed)), True


def _struct_changes(struct: StructDeclaration) -> Iterator[Change]:
    fields = struct.fields
    if len(fields) > 1:
        yield "first field removed", replace(struct, fields=fields[1:]), False
        if fields[0].type != fields[1].type:
            swapped = (fields[1], fields[0], *fields[2:])
            yield "first fields swapped", replace(struct, fields=swapped), False
    for index, field in enumerate(fields):
        for description, changed, only_names in _untagged_changes(field):
            assert isinstance(changed, StructField)
            new = (*fields[:index], changed, *fields[index + 1 :])
            yield description, replace(struct, fields=new), only_names


def _union_changes(union: UnionDeclaration) -> Iterator[Change]:
    for index, variant in enumerate(union.variants):
        others = (*union.variants[:index], *union.variants[index + 1 :])

        def with_variant(changed: UnionVariant, rest: tuple[UnionVariant, ...] = others) -> UnionDeclaration:
            return replace(union, variants=(*rest, changed))

        if others:
            yield f"variant {variant.name} removed", replace(union, variants=others), False
        yield f"variant {variant.name} retagged", with_variant(replace(variant, tag=60_000)), False
        yield f"variant {variant.name} renamed", with_variant(replace(variant, name="renamed")), True
        for description, type_ in type_changes(variant.type):
            changed = with_variant(replace(variant, type=type_))
            yield f"variant {variant.name}: {description}", changed, False


def _message_changes(message: MessageDeclaration) -> Iterator[Change]:
    yield "type id", replace(message, type_id=(message.type_id or 40_000) + 1), False
    yield "topic", replace(message, topic=f"{message.topic}.renamed"), True
    deprecated = replace(message.annotations, deprecated="old")
    yield "deprecation", replace(message, annotations=deprecated), True
    for index, block_field in enumerate(message.block):
        for description, changed, only_names in _untagged_changes(block_field):
            assert isinstance(changed, BlockField)
            block = (*message.block[:index], changed, *message.block[index + 1 :])
            yield description, replace(message, block=block), only_names
    if message.block:
        yield "last block field removed", replace(message, block=message.block[:-1]), False
    for index, tagged in enumerate(message.tagged):
        others = (*message.tagged[:index], *message.tagged[index + 1 :])
        yield f"field {tagged.name} removed", replace(message, tagged=others), False
        for description, changed_field, only_names in _tagged_changes(tagged):
            yield description, replace(message, tagged=(*others, changed_field)), only_names


def _untagged_changes(
    field: StructField | BlockField,
) -> Iterator[tuple[str, StructField | BlockField, bool]]:
    yield f"field {field.name} renamed", replace(field, name="renamed"), True
    for description, type_ in type_changes(field.type):
        yield f"field {field.name}: {description}", replace(field, type=type_), False
    if isinstance(field, BlockField) and isinstance(field.type, IntegerType):
        yield f"field {field.name}: default", replace(field, default=(field.default or 0) + 1), False


def _tagged_changes(field: TaggedField) -> Iterator[tuple[str, TaggedField, bool]]:
    yield f"field {field.name} renamed", replace(field, name="renamed"), True
    yield f"field {field.name} retagged", replace(field, tag=60_000), False
    yield f"field {field.name} deprecated", _deprecated(field), True
    if field.presence is Presence.OPTIONAL:
        yield f"field {field.name} required", replace(field, presence=Presence.REQUIRED), False
    else:
        optional = replace(field, presence=Presence.OPTIONAL, default=None)
        yield f"field {field.name} optional", optional, False
    if isinstance(field.default, (int, float)) and not isinstance(field.default, bool):
        yield f"field {field.name} default", replace(field, default=field.default + 1), False
    for description, type_ in type_changes(field.type):
        yield f"field {field.name}: {description}", replace(field, type=type_), False


def _deprecated(field: TaggedField) -> TaggedField:
    return replace(field, annotations=replace(field.annotations, deprecated="old"))


def type_changes(type_: Type) -> Iterator[tuple[str, Type]]:
    """Other types in place of this one, from obvious to subtle."""
    yield "other type", (DurationType() if isinstance(type_, TimestampType) else TimestampType())
    match type_:
        case IntegerType(bits=bits, signed=signed):
            yield "signedness", IntegerType(bits, not signed)
            yield "minimum", replace(type_, minimum=1 if type_.minimum != 1 else 2)
            yield "maximum", replace(type_, maximum=99 if type_.maximum != 99 else 98)
        case FloatType(bits=bits):
            yield "width", FloatType(96 - bits)
            yield "limit", replace(type_, minimum=0.25)
        case DecimalType(scale=scale):
            yield "scale", replace(type_, scale=(scale + 1) % 19)
            yield "limit", replace(type_, maximum=12_345)
        case AsciiType(length=length):
            yield "length", AsciiType(length + 1)
            yield "bytes instead", FixedBytesType(length)
        case FixedBytesType(length=length):
            yield "length", FixedBytesType(length + 1)
        case ArrayType(element=element, length=length):
            yield "length", ArrayType(element, length + 1)
        case StringType() | BytesType():
            yield "maximum", replace(type_, maximum=(type_.maximum or 6) + 1)
            yield "minimum", replace(type_, minimum=(type_.minimum or 0) + 1)
        case ListType(element=element):
            yield "maximum", replace(type_, maximum=(type_.maximum or 6) + 1)
            yield "element", replace(type_, element=ListType(element))
        case MapType(value=value):
            yield "maximum", replace(type_, maximum=(type_.maximum or 6) + 1)
            yield "value", replace(type_, value=ListType(value))
        case EnumType(bits=bits):
            yield "number instead", IntegerType(bits, False)
