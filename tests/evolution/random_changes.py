"""Changes of a schema made at random: every row of the table of changes, one after another, also ones that undo or
collide with an earlier one: names, tags and numbers are few, so that what was removed comes back as something else.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from changes import valid
from random_schemas import (
    FIELD_NAMES,
    MEMBER_NAMES,
    MEMBER_NUMBERS,
    PACKAGE,
    TAGS,
    TYPE_IDS,
    RandomTypes,
    can_be_written,
    random_default,
    random_tagged,
)
from renaming import referring

from mycelium.idl import schema as ir
from mycelium.idl.descriptor.consistency import types_of
from mycelium.idl.descriptor.types import references

MAXIMUM_CHANGES = 4
ATTEMPTS = 30

Change = Callable[["Changer", Any], Any]


def random_changes(chance: random.Random, schema: ir.Schema) -> tuple[str, ir.Schema]:
    """One to four changes, in words, and the schema after them."""
    wanted = chance.randint(1, MAXIMUM_CHANGES)
    words: list[str] = []
    for _ in range(ATTEMPTS):
        if len(words) == wanted:
            break
        description, changed = Changer(chance, schema).change()
        made = None if changed is None else valid(changed)
        if made is not None and made != schema and can_be_written(made):
            schema = made
            words.append(description)
    return "; ".join(words), schema


class Changer:
    """One change of one schema."""

    def __init__(self, chance: random.Random, schema: ir.Schema) -> None:
        self.chance = chance
        self.schema = schema
        self.declarations = {each.qualified_name: each for each in schema.declarations()}
        self.types = RandomTypes(chance, self.declarations)

    def change(self) -> tuple[str, ir.Schema | None]:
        """The change in words, and the schema; None where it makes no sense."""
        if self.chance.random() < 0.12:
            change = self.chance.choice(
                (renamed_declaration, removed_declaration, added_message, swapped_ids)
            )
            return change.__name__, change(self)
        name = self.chance.choice(list(self.declarations))
        declaration = self.declarations[name]
        change = self.chance.choice(CHANGES[type(declaration)])
        changed = change(self, declaration)
        made = None if changed is None else self.with_declarations(self.declarations | {name: changed})
        return f"{declaration.name}: {change.__name__}", made

    def with_declarations(self, declarations: dict[str, ir.Declaration]) -> ir.Schema:
        package = replace(self.schema.packages[0], declarations=tuple(declarations.values()))
        return ir.Schema((package,))

    def unused(self, choices: tuple[Any, ...], used: Any) -> Any:
        """One of the choices that is not used yet."""
        free = [each for each in choices if each not in used]
        return self.chance.choice(free) if free else None

    def like(self, type_: ir.Type) -> ir.Type:
        """Another type in the place of one: other limits or bounds, something near, or anything."""
        if self.chance.random() < 0.6:
            return self.limited(type_)
        if ir.fixed_size(type_) is not None and self.chance.random() < 0.5:
            return self.types.fixed()
        return self.types.any()

    def like_in_struct(self, type_: ir.Type) -> ir.Type:
        """The same of a fixed size, and no struct: those must not hold one another in a circle."""
        return self.limited(type_) if self.chance.random() < 0.6 else self.types.fixed(2, structs=False)

    def limited(self, type_: ir.Type) -> ir.Type:
        """The same type with other limits or bounds, here or inside."""
        match type_:
            case ir.IntegerType(signed=signed):
                least, most = self.types.limits(-9 if signed else 0, 20)
                return replace(type_, minimum=least, maximum=most)
            case ir.FloatType():
                least, most = self.types.limits(-4, 4)
                return replace(
                    type_,
                    minimum=None if least is None else least / 2,
                    maximum=None if most is None else most / 2,
                )
            case ir.TimestampType() | ir.DurationType():
                least, most = self.types.limits(-9, 9)
                return replace(type_, minimum=least, maximum=most)
            case ir.DecimalType():
                least, most = self.types.limits(-500, 500)
                return replace(type_, minimum=least, maximum=most)
            case ir.StringType() | ir.BytesType():
                least, most = self.types.bounds()
                return replace(type_, minimum=least, maximum=most)
            case ir.ArrayType(element=element):
                return replace(type_, element=self.limited(element))
            case ir.ListType(element=element):
                if self.chance.random() < 0.5:
                    return replace(type_, element=self.like(element))
                return ir.ListType(element, *self.types.bounds())
            case ir.MapType(key=key, value=value):
                match self.chance.randrange(3):
                    case 0:
                        return replace(type_, key=self.limited(key))
                    case 1:
                        return replace(type_, value=self.like(value))
                return ir.MapType(key, value, *self.types.bounds())
        return type_


def _without(parts: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    return (*parts[:index], *parts[index + 1 :])


def _with(parts: tuple[Any, ...], index: int, part: Any) -> tuple[Any, ...]:
    return (*parts[:index], part, *parts[index + 1 :])


def _reserving(changer: Changer, declaration: Any, number: int | None, name: str | None) -> Any:
    """Two times out of three, what is gone is reserved."""
    if changer.chance.random() < 0.33:
        return declaration
    old = declaration.reserved
    numbers = {number} - {None} | {n for low, high in old.ranges for n in range(low, high + 1)}
    ranges: list[tuple[int, int]] = []
    for each in sorted(numbers):
        if ranges and ranges[-1][1] == each - 1:
            ranges[-1] = (ranges[-1][0], each)
        else:
            ranges.append((each, each))
    names = tuple(sorted({*old.names, *([] if name is None else [name])}))
    return replace(declaration, reserved=ir.Reserved(tuple(ranges), names))


def _not_reserving(declaration: Any) -> Any:
    return replace(declaration, reserved=ir.Reserved())


# --- Enums -----------------------------------------------------------------------------------------------


def member_added(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    name = changer.unused(MEMBER_NAMES, [member.name for member in enum.members])
    number = changer.unused(MEMBER_NUMBERS, [member.number for member in enum.members])
    if None in (name, number):
        return None
    return _not_reserving(replace(enum, members=(*enum.members, ir.EnumMember(name, number))))


def member_removed(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    index = changer.chance.randrange(len(enum.members))
    number = enum.members[index].number
    return _reserving(changer, replace(enum, members=_without(enum.members, index)), number, None)


def member_renumbered(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    index = changer.chance.randrange(len(enum.members))
    number = changer.unused(MEMBER_NUMBERS, [member.number for member in enum.members])
    moved = replace(enum.members[index], number=number)
    return _not_reserving(replace(enum, members=_with(enum.members, index, moved)))


def member_renamed(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    index = changer.chance.randrange(len(enum.members))
    name = changer.unused(MEMBER_NAMES, [member.name for member in enum.members])
    return replace(enum, members=_with(enum.members, index, replace(enum.members[index], name=name)))


def members_swapped(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    if len(enum.members) < 2:
        return None
    first, second = changer.chance.sample(range(len(enum.members)), 2)
    numbers = enum.members[first].number, enum.members[second].number
    members = _with(enum.members, first, replace(enum.members[first], number=numbers[1]))
    return replace(enum, members=_with(members, second, replace(enum.members[second], number=numbers[0])))


def openness_changed(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    return replace(enum, closed=not enum.closed)


def base_changed(changer: Changer, enum: ir.EnumDeclaration) -> Any:
    return replace(enum, bits=24 - enum.bits)


# --- Structs and unions ----------------------------------------------------------------------------------


def struct_field_added(changer: Changer, struct: ir.StructDeclaration) -> Any:
    name = changer.unused(FIELD_NAMES, [field.name for field in struct.fields])
    place = changer.chance.randint(0, len(struct.fields))
    added = ir.StructField(name, changer.types.fixed(2, structs=False), 0)
    return replace(struct, fields=(*struct.fields[:place], added, *struct.fields[place:]))


def struct_field_removed(changer: Changer, struct: ir.StructDeclaration) -> Any:
    return replace(struct, fields=_without(struct.fields, changer.chance.randrange(len(struct.fields))))


def struct_fields_swapped(changer: Changer, struct: ir.StructDeclaration) -> Any:
    return replace(struct, fields=tuple(changer.chance.sample(struct.fields, len(struct.fields))))


def struct_field_renamed(changer: Changer, struct: ir.StructDeclaration) -> Any:
    index = changer.chance.randrange(len(struct.fields))
    name = changer.unused(FIELD_NAMES, [field.name for field in struct.fields])
    return replace(struct, fields=_with(struct.fields, index, replace(struct.fields[index], name=name)))


def struct_field_retyped(changer: Changer, struct: ir.StructDeclaration) -> Any:
    index = changer.chance.randrange(len(struct.fields))
    field = struct.fields[index]
    return replace(
        struct, fields=_with(struct.fields, index, replace(field, type=changer.like_in_struct(field.type)))
    )


def variant_added(changer: Changer, union: ir.UnionDeclaration) -> Any:
    name = changer.unused(FIELD_NAMES, [variant.name for variant in union.variants])
    tag = changer.unused(TAGS, [variant.tag for variant in union.variants])
    added = ir.UnionVariant(tag, name, changer.types.any(1))
    return _not_reserving(replace(union, variants=(*union.variants, added)))


def variant_removed(changer: Changer, union: ir.UnionDeclaration) -> Any:
    index = changer.chance.randrange(len(union.variants))
    tag = union.variants[index].tag
    return _reserving(changer, replace(union, variants=_without(union.variants, index)), tag, None)


def variant_retagged(changer: Changer, union: ir.UnionDeclaration) -> Any:
    index = changer.chance.randrange(len(union.variants))
    tag = changer.unused(TAGS, [variant.tag for variant in union.variants])
    moved = replace(union.variants[index], tag=tag)
    return _not_reserving(replace(union, variants=_with(union.variants, index, moved)))


def variant_renamed(changer: Changer, union: ir.UnionDeclaration) -> Any:
    index = changer.chance.randrange(len(union.variants))
    name = changer.unused(FIELD_NAMES, [variant.name for variant in union.variants])
    return replace(union, variants=_with(union.variants, index, replace(union.variants[index], name=name)))


def variant_retyped(changer: Changer, union: ir.UnionDeclaration) -> Any:
    index = changer.chance.randrange(len(union.variants))
    variant = union.variants[index]
    retyped = replace(variant, type=changer.like(variant.type))
    return replace(union, variants=_with(union.variants, index, retyped))


# --- Messages --------------------------------------------------------------------------------------------


def field_added(changer: Changer, message: ir.MessageDeclaration) -> Any:
    name = changer.unused(FIELD_NAMES, [field.name for field in message.fields])
    tag = changer.unused(TAGS, [field.tag for field in message.tagged])
    if None in (name, tag):
        return None
    added = random_tagged(changer.chance, changer.schema, name, tag, changer.types.any())
    return _not_reserving(replace(message, tagged=(*message.tagged, added)))


def field_removed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    if not message.tagged:
        return None
    index = changer.chance.randrange(len(message.tagged))
    gone = message.tagged[index]
    changed = replace(message, tagged=_without(message.tagged, index))
    return _reserving(changer, changed, gone.tag, gone.name)


def _field_changed(changer: Changer, message: ir.MessageDeclaration, change: Any) -> Any:
    if not message.tagged:
        return None
    index = changer.chance.randrange(len(message.tagged))
    changed = change(message.tagged[index])
    return None if changed is None else replace(message, tagged=_with(message.tagged, index, changed))


def field_renamed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    name = changer.unused(FIELD_NAMES, [field.name for field in message.fields])
    changed = _field_changed(changer, message, lambda field: replace(field, name=name))
    return None if changed is None else _not_reserving(changed)


def field_retagged(changer: Changer, message: ir.MessageDeclaration) -> Any:
    tag = changer.unused(TAGS, [field.tag for field in message.tagged])
    changed = _field_changed(changer, message, lambda field: replace(field, tag=tag))
    return None if changed is None else _not_reserving(changed)


def field_retyped(changer: Changer, message: ir.MessageDeclaration) -> Any:
    def retyped(field: ir.TaggedField) -> Any:
        type_ = changer.like(field.type)
        default = None if field.default is None else random_default(changer.chance, type_, changer.schema)
        return replace(field, type=type_, default=default)

    return _field_changed(changer, message, retyped)


def presence_changed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    return _field_changed(
        changer,
        message,
        lambda field: random_tagged(changer.chance, changer.schema, field.name, field.tag, field.type),
    )


def block_field_added(changer: Changer, message: ir.MessageDeclaration) -> Any:
    name = changer.unused(FIELD_NAMES, [field.name for field in message.fields])
    type_ = changer.types.fixed()
    has_default = changer.chance.random() < 0.5
    default = random_default(changer.chance, type_, changer.schema) if has_default else None
    place = len(message.block)
    if changer.chance.random() < 0.3:
        place = changer.chance.randint(0, place)
    added = ir.BlockField(name, type_, 0, default)
    return _not_reserving(replace(message, block=(*message.block[:place], added, *message.block[place:])))


def block_field_removed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    if not message.block:
        return None
    last = len(message.block) - 1
    index = last if changer.chance.random() < 0.6 else changer.chance.randint(0, last)
    return replace(message, block=_without(message.block, index))


def block_fields_swapped(changer: Changer, message: ir.MessageDeclaration) -> Any:
    return replace(message, block=tuple(changer.chance.sample(message.block, len(message.block))))


def block_field_changed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    if not message.block:
        return None
    index = changer.chance.randrange(len(message.block))
    field = message.block[index]
    match changer.chance.randrange(3):
        case 0:
            name = changer.unused(FIELD_NAMES, [each.name for each in message.fields])
            field = replace(field, name=name)
        case 1:
            type_ = changer.like(field.type)
            default = None if field.default is None else random_default(changer.chance, type_, changer.schema)
            field = replace(field, type=type_, default=default)
        case _:
            default = (
                None
                if field.default is not None
                else random_default(changer.chance, field.type, changer.schema)
            )
            field = replace(field, default=default)
    return _not_reserving(replace(message, block=_with(message.block, index, field)))


def moved_into_the_block(changer: Changer, message: ir.MessageDeclaration) -> Any:
    fits = [index for index, field in enumerate(message.tagged) if ir.fixed_size(field.type) is not None]
    if not fits:
        return None
    index = changer.chance.choice(fits)
    field = message.tagged[index]
    block = (*message.block, ir.BlockField(field.name, field.type, 0, field.default))
    return replace(message, block=block, tagged=_without(message.tagged, index))


def moved_out_of_the_block(changer: Changer, message: ir.MessageDeclaration) -> Any:
    if not message.block:
        return None
    index = changer.chance.randrange(len(message.block))
    field = message.block[index]
    tag = changer.unused(TAGS, [each.tag for each in message.tagged])
    moved = random_tagged(changer.chance, changer.schema, field.name, tag, field.type)
    block = _without(message.block, index)
    return _not_reserving(replace(message, block=block, tagged=(*message.tagged, moved)))


def type_id_changed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    return replace(message, type_id=changer.chance.choice((None, *TYPE_IDS)))


def topic_changed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    return replace(message, topic=None if message.topic else "topic")


# --- Schemas ---------------------------------------------------------------------------------------------


def renamed_declaration(changer: Changer) -> ir.Schema | None:
    name = changer.chance.choice(list(changer.declarations))
    changed = changer.declarations[name]
    new = replace(changed, name=f"{changed.name}Renamed")
    if new.qualified_name in changer.declarations:
        return None
    names = {name: new.qualified_name}
    declarations = [new if each is changed else each for each in changer.declarations.values()]
    return changer.with_declarations({each.qualified_name: referring(each, names) for each in declarations})


def removed_declaration(changer: Changer) -> ir.Schema | None:
    used = {
        reference.name
        for declaration in changer.declarations.values()
        for type_ in types_of(declaration)
        for reference in references(type_)
    }
    name = changer.unused(tuple(changer.declarations), used)
    return changer.with_declarations({key: each for key, each in changer.declarations.items() if key != name})


def added_message(changer: Changer) -> ir.Schema | None:
    name = f"Added{changer.chance.randint(0, 2)}"
    used = [message.type_id for message in changer.schema.messages()]
    type_id = changer.unused(TYPE_IDS, used)
    made = ir.MessageDeclaration(PACKAGE, name, type_id, None, (), ())
    return changer.with_declarations(changer.declarations | {made.qualified_name: field_added(changer, made)})


def swapped_ids(changer: Changer) -> ir.Schema | None:
    messages = list(changer.schema.messages())
    if len(messages) < 2:
        return None
    first, second = changer.chance.sample(messages, 2)
    swapped = (replace(first, type_id=second.type_id), replace(second, type_id=first.type_id))
    return changer.with_declarations(changer.declarations | {each.qualified_name: each for each in swapped})


CHANGES: dict[type[Any], tuple[Change, ...]] = {
    ir.EnumDeclaration: (
        member_added,
        member_removed,
        member_renumbered,
        member_renamed,
        members_swapped,
        openness_changed,
        base_changed,
    ),
    ir.StructDeclaration: (
        struct_field_added,
        struct_field_removed,
        struct_fields_swapped,
        struct_field_renamed,
        struct_field_retyped,
    ),
    ir.UnionDeclaration: (variant_added, variant_removed, variant_retagged, variant_renamed, variant_retyped),
    ir.MessageDeclaration: (
        field_added,
        field_removed,
        field_renamed,
        field_retagged,
        field_retyped,
        field_retyped,
        presence_changed,
        block_field_added,
        block_field_removed,
        block_fields_swapped,
        block_field_changed,
        moved_into_the_block,
        moved_out_of_the_block,
        type_id_changed,
        topic_changed,
    ),
}
