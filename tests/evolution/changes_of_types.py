"""Random changes of enums, structs and unions. Each gives the declaration after it, or None where it makes no sense."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from changer import Changer, not_reserving, reserving, with_part, without
from random_schemas import FIELD_NAMES, MEMBER_NAMES, MEMBER_NUMBERS, TAGS

from mycelium.idl import schema as ir


def member_added(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    name = changer.unused(MEMBER_NAMES, [member.name for member in enum.members])
    number = changer.unused(MEMBER_NUMBERS, [member.number for member in enum.members])
    if None in (name, number):
        return None
    return not_reserving(replace(enum, members=(*enum.members, ir.EnumMember(name, number))))


def member_removed(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    index = changer.chance.randrange(len(enum.members))
    number = enum.members[index].number
    return reserving(changer, replace(enum, members=without(enum.members, index)), number, None)


def member_renumbered(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    index = changer.chance.randrange(len(enum.members))
    number = changer.unused(MEMBER_NUMBERS, [member.number for member in enum.members])
    moved = replace(enum.members[index], number=number)
    return not_reserving(replace(enum, members=with_part(enum.members, index, moved)))


def member_renamed(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    index = changer.chance.randrange(len(enum.members))
    name = changer.unused(MEMBER_NAMES, [member.name for member in enum.members])
    return replace(enum, members=with_part(enum.members, index, replace(enum.members[index], name=name)))


def members_swapped(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    if len(enum.members) < 2:
        return None
    first, second = changer.chance.sample(range(len(enum.members)), 2)
    numbers = enum.members[first].number, enum.members[second].number
    members = with_part(enum.members, first, replace(enum.members[first], number=numbers[1]))
    return replace(enum, members=with_part(members, second, replace(enum.members[second], number=numbers[0])))


def openness_changed(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    return replace(enum, closed=not enum.closed)


def base_changed(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    return replace(enum, bits=24 - enum.bits)


def struct_field_added(changer: Changer, struct: ir.StructDeclaration) -> Any:
    name = changer.unused(FIELD_NAMES, [field.name for field in struct.fields])
    place = changer.chance.randint(0, len(struct.fields))
    added = ir.StructField(name, changer.types.fixed(2, structs=False), 0)
    return replace(struct, fields=(*struct.fields[:place], added, *struct.fields[place:]))


def struct_field_removed(changer: Changer, struct: ir.StructDeclaration) -> Any:
    return replace(struct, fields=without(struct.fields, changer.chance.randrange(len(struct.fields))))


def struct_fields_swapped(changer: Changer, struct: ir.StructDeclaration) -> Any:
    return replace(struct, fields=tuple(changer.chance.sample(struct.fields, len(struct.fields))))


def struct_field_renamed(changer: Changer, struct: ir.StructDeclaration) -> Any:
    index = changer.chance.randrange(len(struct.fields))
    name = changer.unused(FIELD_NAMES, [field.name for field in struct.fields])
    return replace(struct, fields=with_part(struct.fields, index, replace(struct.fields[index], name=name)))


def struct_field_retyped(changer: Changer, struct: ir.StructDeclaration) -> Any:
    index = changer.chance.randrange(len(struct.fields))
    field = struct.fields[index]
    return replace(
        struct,
        fields=with_part(struct.fields, index, replace(field, type=changer.like_in_struct(field.type))),
    )


def variant_added(changer: Changer, union: ir.UnionDeclaration) -> Any:
    name = changer.unused(FIELD_NAMES, [variant.name for variant in union.variants])
    tag = changer.unused(TAGS, [variant.tag for variant in union.variants])
    added = ir.UnionVariant(tag, name, changer.types.any(1))
    return not_reserving(replace(union, variants=(*union.variants, added)))


def variant_removed(changer: Changer, union: ir.UnionDeclaration) -> Any:
    index = changer.chance.randrange(len(union.variants))
    tag = union.variants[index].tag
    return reserving(changer, replace(union, variants=without(union.variants, index)), tag, None)


def variant_retagged(changer: Changer, union: ir.UnionDeclaration) -> Any:
    index = changer.chance.randrange(len(union.variants))
    tag = changer.unused(TAGS, [variant.tag for variant in union.variants])
    moved = replace(union.variants[index], tag=tag)
    return not_reserving(replace(union, variants=with_part(union.variants, index, moved)))


def variant_renamed(changer: Changer, union: ir.UnionDeclaration) -> Any:
    index = changer.chance.randrange(len(union.variants))
    name = changer.unused(FIELD_NAMES, [variant.name for variant in union.variants])
    return replace(
        union, variants=with_part(union.variants, index, replace(union.variants[index], name=name))
    )


def variant_retyped(changer: Changer, union: ir.UnionDeclaration) -> Any:
    index = changer.chance.randrange(len(union.variants))
    variant = union.variants[index]
    retyped = replace(variant, type=changer.like(variant.type))
    return replace(union, variants=with_part(union.variants, index, retyped))
