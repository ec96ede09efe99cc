"""Which values Rust keeps in a box: those that could hold themselves, and those too large to be moved about.

A decoder must not take more memory than its input is worth. An absent value takes as much as a present one where it
lies in place, and what lies in place lies on the stack while it is read: so large values go to the heap.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeAlias

from mycelium.codegen.rust.components import ComponentSearch
from mycelium.codegen.rust.structure import member_types
from mycelium.idl.schema import (
    BlockField,
    Declaration,
    MessageDeclaration,
    MessageType,
    Presence,
    Schema,
    TaggedField,
    Type,
    UnionDeclaration,
    UnionType,
    UnionVariant,
    fixed_size,
)

LARGEST_IN_PLACE = 4096
"""A message or union of more bytes in memory is boxed where another holds it, so that a long chain of messages does
not make the last one as large as all of them. High enough that adding a field hardly ever moves a type across.
Required values of a fixed-size type are boxed above the same size."""

LARGEST_ABSENT = 256
"""A value of a fixed-size type of more bytes is boxed where it may be absent: in an optional field, or as one variant
of several."""

_HEAP_SIZE = 24
_BOX_SIZE = 8
_OPTION_SIZE = 8


def boxed_fields(schema: Schema) -> frozenset[tuple[str, str]]:
    """The fields and variants (owner's qualified name, own name) whose value is boxed."""
    owners = {
        declaration.qualified_name: declaration
        for declaration in schema.declarations()
        if isinstance(declaration, MessageDeclaration | UnionDeclaration)
    }
    edges = {name: _held_names(declaration) for name, declaration in owners.items()}
    search = ComponentSearch(edges)
    groups = search.run()
    sizes: dict[str, int] = {}
    boxed: set[tuple[str, str]] = set()
    for name in search.closed:
        declaration = owners[name]
        members = declaration.fields if isinstance(declaration, MessageDeclaration) else declaration.variants
        for member in members:
            recursive = _may_be_absent(member) and groups.get(_held_name(member.type)) == groups[name]
            if recursive or _is_large(schema, member, sizes):
                boxed.add((name, member.name))
        sizes[name] = _size_of(schema, declaration, sizes, boxed)
    return frozenset(boxed)


_Member: TypeAlias = BlockField | TaggedField | UnionVariant


def _may_be_absent(member: _Member) -> bool:
    """Whether there is room for the value even where there is no value. Only here may a type hold itself."""
    return isinstance(member, UnionVariant) or member.presence is Presence.OPTIONAL


def _is_large(schema: Schema, member: _Member, sizes: Mapping[str, int]) -> bool:
    size = _type_size(schema, member.type, sizes)
    if fixed_size(member.type) is None:
        return size > LARGEST_IN_PLACE
    if isinstance(member, BlockField | TaggedField) and member.default is not None:
        return False
    return size > (LARGEST_ABSENT if _may_be_absent(member) else LARGEST_IN_PLACE)


def _held_name(type_: Type) -> str:
    return type_.name if isinstance(type_, MessageType | UnionType) else ""


def _held_names(declaration: Declaration) -> tuple[str, ...]:
    return tuple(name for name in map(_held_name, member_types(declaration)) if name)


def _size_of(
    schema: Schema,
    declaration: MessageDeclaration | UnionDeclaration,
    sizes: Mapping[str, int],
    boxed: set[tuple[str, str]],
) -> int:
    """About how many bytes a value takes in memory, without what it keeps on the heap."""
    name = declaration.qualified_name
    if isinstance(declaration, UnionDeclaration):
        held = [
            _BOX_SIZE if (name, variant.name) in boxed else _type_size(schema, variant.type, sizes)
            for variant in declaration.variants
        ]
        return _OPTION_SIZE + max(held)
    return sum(
        _OPTION_SIZE * (field.presence is Presence.OPTIONAL)
        + (_BOX_SIZE if (name, field.name) in boxed else _type_size(schema, field.type, sizes))
        for field in declaration.fields
    )


def _type_size(schema: Schema, type_: Type, sizes: Mapping[str, int]) -> int:
    match type_:
        case MessageType(name=name) | UnionType(name=name):
            return sizes.get(name, _BOX_SIZE)
    return fixed_size(type_) or _HEAP_SIZE
