"""Random changes of messages. Each gives the message after it, or None where it makes no sense."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from changer import Changer, not_reserving, reserving, with_part, without
from random_schemas import FIELD_NAMES, TAGS, TYPE_IDS, random_default, random_tagged

from mycelium.idl import schema as ir


def field_added(changer: Changer, message: ir.MessageDeclaration) -> Any:
    name = changer.unused(FIELD_NAMES, [field.name for field in message.fields])
    tag = changer.unused(TAGS, [field.tag for field in message.tagged])
    if None in (name, tag):
        return None
    added = random_tagged(changer.chance, changer.schema, name, tag, changer.types.any())
    return not_reserving(replace(message, tagged=(*message.tagged, added)))


def field_removed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    if not message.tagged:
        return None
    index = changer.chance.randrange(len(message.tagged))
    gone = message.tagged[index]
    changed = replace(message, tagged=without(message.tagged, index))
    return reserving(changer, changed, gone.tag, gone.name)


def _field_changed(changer: Changer, message: ir.MessageDeclaration, change: Any) -> Any:
    if not message.tagged:
        return None
    index = changer.chance.randrange(len(message.tagged))
    changed = change(message.tagged[index])
    return None if changed is None else replace(message, tagged=with_part(message.tagged, index, changed))


def field_renamed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    name = changer.unused(FIELD_NAMES, [field.name for field in message.fields])
    changed = _field_changed(changer, message, lambda field: replace(field, name=name))
    return None if changed is None else not_reserving(changed)


def field_retagged(changer: Changer, message: ir.MessageDeclaration) -> Any:
    tag = changer.unused(TAGS, [field.tag for field in message.tagged])
    changed = _field_changed(changer, message, lambda field: replace(field, tag=tag))
    return None if changed is None else not_reserving(changed)


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
    return not_reserving(replace(message, block=(*message.block[:place], added, *message.block[place:])))


def block_field_removed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    if not message.block:
        return None
    last = len(message.block) - 1
    index = last if changer.chance.random() < 0.6 else changer.chance.randint(0, last)
    return replace(message, block=without(message.block, index))


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
    return not_reserving(replace(message, block=with_part(message.block, index, field)))


def moved_into_the_block(changer: Changer, message: ir.MessageDeclaration) -> Any:
    fits = [index for index, field in enumerate(message.tagged) if ir.fixed_size(field.type) is not None]
    if not fits:
        return None
    index = changer.chance.choice(fits)
    field = message.tagged[index]
    block = (*message.block, ir.BlockField(field.name, field.type, 0, field.default))
    return replace(message, block=block, tagged=without(message.tagged, index))


def moved_out_of_the_block(changer: Changer, message: ir.MessageDeclaration) -> Any:
    if not message.block:
        return None
    index = changer.chance.randrange(len(message.block))
    field = message.block[index]
    tag = changer.unused(TAGS, [each.tag for each in message.tagged])
    moved = random_tagged(changer.chance, changer.schema, field.name, tag, field.type)
    block = without(message.block, index)
    return not_reserving(replace(message, block=block, tagged=(*message.tagged, moved)))


def type_id_changed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    return replace(message, type_id=changer.chance.choice((None, *TYPE_IDS)))


def topic_changed(changer: Changer, message: ir.MessageDeclaration) -> Any:
    return replace(message, topic=None if message.topic else "topic")
