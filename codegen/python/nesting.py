"""How deep messages and unions nest, and what they can hold: what fast paths must check, and what they need not."""

from __future__ import annotations

from collections.abc import Iterator

from mycelium.idl.cycles import components
from mycelium.idl.schema import (
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    Schema,
    Type,
    UnionDeclaration,
    UnionType,
    fixed_size,
)

_MAXIMUM_DEPTH = 64


class Nesting:
    """Facts about every message and union of a schema, computed once, without recursion."""

    def __init__(self, schema: Schema) -> None:
        self._edges: dict[str, list[tuple[str, int]]] = {}
        self._own_reach: dict[str, int] = {}
        self._counted: dict[str, bool] = {}
        for declaration in schema.declarations():
            if isinstance(declaration, MessageDeclaration):
                self._add(declaration.qualified_name, [field.type for field in declaration.tagged])
            elif isinstance(declaration, UnionDeclaration):
                self._add(declaration.qualified_name, [variant.type for variant in declaration.variants])
        self._recursive: set[str] = set()
        self._reach: dict[str, int] = {}
        for component in components({name: [to for to, _ in edges] for name, edges in self._edges.items()}):
            self._settle(component)

    def _add(self, name: str, types: list[Type]) -> None:
        edges: list[tuple[str, int]] = []
        reach, counted = 0, False
        for type_ in types:
            for depth, inner in _containers(type_):
                reach = max(reach, depth)
                match inner:
                    case MessageType(name=target) | UnionType(name=target):
                        edges.append((target, depth))
                    case MapType():
                        counted = True
                    case ListType(element=element):
                        counted = counted or fixed_size(element) is None
        self._edges[name], self._own_reach[name], self._counted[name] = edges, reach, counted

    def _settle(self, component: list[str]) -> None:
        """Work out one group of declarations that contain one another; all they refer to is settled."""
        first = component[0]
        if len(component) > 1 or any(target == first for target, _ in self._edges[first]):
            self._recursive.update(component)
        counted = any(
            self._counted[name] or any(self._counted[target] for target, _ in self._edges[name])
            for name in component
        )
        for name in component:
            self._counted[name] = counted
            self._reach[name] = max(
                [self._own_reach[name]]
                + [
                    depth + self._reach[target]
                    for target, depth in self._edges[name]
                    if target not in self._recursive
                ]
            )

    def deepest_start(self, declaration: MessageDeclaration | UnionDeclaration) -> int | None:
        """The greatest depth at which all it may hold is sure to be within the limit; None: it always is.

        A recursive declaration looks after itself wherever it appears, so only what lies between counts.
        """
        name = declaration.qualified_name
        deepest = _MAXIMUM_DEPTH - self._reach[name]
        return deepest if name in self._recursive or deepest < 1 else None

    def is_counted(self, declaration: MessageDeclaration) -> bool:
        """Whether a body may hold elements that count towards the budget."""
        return self._counted[declaration.qualified_name]


def _containers(type_: Type) -> Iterator[tuple[int, Type]]:
    """Lists, maps, messages and unions within a type, with how many levels below the holder each is."""
    pending = [(1, type_)]
    while pending:
        depth, inner = pending.pop()
        if isinstance(inner, MessageType | UnionType | ListType | MapType):
            yield depth, inner
        if isinstance(inner, ListType):
            pending.append((depth + 1, inner.element))
        elif isinstance(inner, MapType):
            pending += [(depth + 1, inner.key), (depth + 1, inner.value)]
