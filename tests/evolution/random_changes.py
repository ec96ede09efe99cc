"""Changes of a schema made at random: every row of the table of changes, one after another, also ones that undo or
collide with an earlier one: names, tags and numbers are few, so that what was removed comes back as something else.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import changes_of_messages as messages
import changes_of_schemas as schemas
import changes_of_types as types
from changer import Changer
from changes import valid
from random_schemas import can_be_written

from mycelium.idl import schema as ir

MAXIMUM_CHANGES = 4
ATTEMPTS = 30

Change = Callable[[Changer, Any], Any]


def random_changes(chance: random.Random, schema: ir.Schema) -> tuple[str, ir.Schema]:
    """One to four changes, in words, and the schema after them."""
    wanted = chance.randint(1, MAXIMUM_CHANGES)
    words: list[str] = []
    for _ in range(ATTEMPTS):
        if len(words) == wanted:
            break
        description, changed = _change(Changer(chance, schema))
        made = None if changed is None else valid(changed)
        if made is not None and made != schema and can_be_written(made):
            schema = made
            words.append(description)
    return "; ".join(words), schema


def _change(changer: Changer) -> tuple[str, ir.Schema | None]:
    """One change in words, and the schema; None where it makes no sense."""
    if changer.chance.random() < 0.12:
        change_schema = changer.chance.choice(CHANGES_OF_SCHEMAS)
        return change_schema.__name__, change_schema(changer)
    name = changer.chance.choice(list(changer.declarations))
    declaration = changer.declarations[name]
    change = changer.chance.choice(CHANGES[type(declaration)])
    changed = change(changer, declaration)
    made = None if changed is None else changer.with_declarations(changer.declarations | {name: changed})
    return f"{declaration.name}: {change.__name__}", made


CHANGES_OF_SCHEMAS: tuple[Callable[[Changer], ir.Schema | None], ...] = (
    schemas.renamed_declaration,
    schemas.removed_declaration,
    schemas.added_message,
    schemas.swapped_ids,
)

CHANGES: dict[type[Any], tuple[Change, ...]] = {
    ir.EnumDeclaration: (
        types.member_added,
        types.member_removed,
        types.member_renumbered,
        types.member_renamed,
        types.members_swapped,
        types.openness_changed,
        types.base_changed,
    ),
    ir.StructDeclaration: (
        types.struct_field_added,
        types.struct_field_removed,
        types.struct_fields_swapped,
        types.struct_field_renamed,
        types.struct_field_retyped,
    ),
    ir.UnionDeclaration: (
        types.variant_added,
        types.variant_removed,
        types.variant_retagged,
        types.variant_renamed,
        types.variant_retyped,
    ),
    ir.MessageDeclaration: (
        messages.field_added,
        messages.field_removed,
        messages.field_renamed,
        messages.field_retagged,
        messages.field_retyped,
        messages.field_retyped,
        messages.presence_changed,
        messages.block_field_added,
        messages.block_field_removed,
        messages.block_fields_swapped,
        messages.block_field_changed,
        messages.moved_into_the_block,
        messages.moved_out_of_the_block,
        messages.type_id_changed,
        messages.topic_changed,
    ),
}
