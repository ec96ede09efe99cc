"""Which values Rust keeps in a box: those that could hold themselves, and those too large to be moved about."""

from __future__ import annotations

from collections.abc import Mapping

from mycelium.codegen.rust.components import ComponentSearch
from mycelium.codegen.rust.structure import member_types
from mycelium.idl.schema import (
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
not make the last one as large as all of them. High enough that adding a field hardly ever moves a type across."""

_HEAP_SIZE = 24
_BOX_SIZE = 8
_OPTION_SIZE = 8


def boxed_fields(schema: Schema) -> frozenset[tuple[str, str]]:
    """The fields and variants (owner's qualified name, own name) whose message or union is boxed."""
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
        members = declaration.tagged if isinstance(declaration, MessageDeclaration) else declaration.variants
        for member in members:
            if not isinstance(member.type, MessageType | UnionType):
                continue
            held = member.type.name
            recursive = groups[held] == groups[name] and _can_end(member)
            if recursive or sizes.get(held, 0) > LARGEST_IN_PLACE:
                boxed.add((name, member.name))
        sizes[name] = _size_of(schema, declaration, sizes, boxed)
    return frozenset(boxed)


def _can_end(member: TaggedField | UnionVariant) -> bool:
    """Whether a type may hold itself here: required fields never close a circle."""
    return isinstance(member, UnionVariant) or member.presence is Presence.OPTIONAL


def _held_names(declaration: Declaration) -> tuple[str, ...]:
    types = member_types(declaration)
    return tuple(type_.name for type_ in types if isinstance(type_, MessageType | UnionType))


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
