"""Random changes of the set of declarations. Each gives the schema after it, or None where it makes no sense."""

from __future__ import annotations

from dataclasses import replace

from changer import Changer
from changes_of_messages import field_added
from random_schemas import PACKAGE, TYPE_IDS
from renaming import referring

from mycelium.idl import schema as ir
from mycelium.idl.descriptor.consistency import types_of
from mycelium.idl.descriptor.types import references


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
