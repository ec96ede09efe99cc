"""Many pairs of versions as one pair of schemas: one build per language and side holds them all.

The declarations of each case get a prefix of their own, ``Case017Order``, and its type ids a range of their own, the
same in both versions. What is compared and written is the case under these names, so that nothing has to be
translated back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from renaming import referring

from mycelium.idl import schema as ir

PACKAGE = "cases"
FIRST_TYPE_ID = 1000
TYPE_IDS_PER_CASE = 20


@dataclass(frozen=True)
class Pair:
    """Two versions of one schema, and what to call them when they disagree."""

    description: str
    old: ir.Schema
    new: ir.Schema


def in_one_world(pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs under names and type ids that no other pair has."""
    return [_relabelled(pair, number) for number, pair in enumerate(pairs)]


def _relabelled(pair: Pair, number: int) -> Pair:
    used = {
        message.type_id
        for schema in (pair.old, pair.new)
        for message in schema.messages()
        if message.type_id is not None
    }
    assert len(used) <= TYPE_IDS_PER_CASE
    first = FIRST_TYPE_ID + number * TYPE_IDS_PER_CASE
    type_ids = {type_id: first + index for index, type_id in enumerate(sorted(used))}
    old, new = (_relabelled_schema(schema, f"Case{number:03}", type_ids) for schema in (pair.old, pair.new))
    return Pair(pair.description, old, new)


def _relabelled_schema(schema: ir.Schema, prefix: str, type_ids: dict[int, int]) -> ir.Schema:
    names = {
        declaration.qualified_name: f"{PACKAGE}.{prefix}{declaration.name}"
        for declaration in schema.declarations()
    }
    assert len(set(names.values())) == len(names), "one package, or names that differ"
    declarations: list[Any] = []
    for declaration in schema.declarations():
        changed: Any = replace(declaration, package=PACKAGE, name=f"{prefix}{declaration.name}")
        if isinstance(changed, ir.MessageDeclaration):
            type_id = None if changed.type_id is None else type_ids[changed.type_id]
            changed = replace(changed, type_id=type_id)
        declarations.append(referring(changed, names))
    return joined(tuple(declarations))


def joined(declarations: tuple[ir.Declaration, ...]) -> ir.Schema:
    """Declarations of relabelled schemas as one schema."""
    return ir.Schema((ir.Package(PACKAGE, "", (), (), declarations),))
