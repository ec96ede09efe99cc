"""Which values Rust keeps in a box: those that could hold themselves, and those too large to be moved about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

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
    search = _ComponentSearch(edges)
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


@dataclass
class _Visit:
    name: str
    edges: Iterator[str]


class _ComponentSearch:
    """Tarjan's algorithm, without recursion, so that long chains are fine.

    Two names share a group exactly when each can be reached from the other. ``closed`` has every name after all
    those it reaches, but for circles.
    """

    def __init__(self, edges: Mapping[str, tuple[str, ...]]) -> None:
        self._edges = edges
        self._order: dict[str, int] = {}
        self._lowest: dict[str, int] = {}
        self._open: list[str] = []
        self._group: dict[str, int] = {}
        self.closed: list[str] = []

    def run(self) -> Mapping[str, int]:
        for name in self._edges:
            if name not in self._order:
                self._search(name)
        return self._group

    def _enter(self, name: str) -> _Visit:
        self._order[name] = self._lowest[name] = len(self._order)
        self._open.append(name)
        return _Visit(name, iter(self._edges[name]))

    def _search(self, root: str) -> None:
        path = [self._enter(root)]
        while path:
            visit = path[-1]
            following = next(visit.edges, None)
            if following is None:
                path.pop()
                self.closed.append(visit.name)
                self._close(visit.name)
                if path:
                    self._lower(path[-1].name, self._lowest[visit.name])
            elif following not in self._order:
                path.append(self._enter(following))
            elif following not in self._group:
                self._lower(visit.name, self._order[following])

    def _lower(self, name: str, value: int) -> None:
        self._lowest[name] = min(self._lowest[name], value)

    def _close(self, name: str) -> None:
        if self._lowest[name] != self._order[name]:
            return
        number = self._order[name]
        while True:
            member = self._open.pop()
            self._group[member] = number
            if member == name:
                return
