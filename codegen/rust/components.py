"""Which declarations contain one another, and how deep they nest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mycelium.codegen.rust.structure import member_types, named_types
from mycelium.idl.schema import Schema


def nesting_depth(schema: Schema) -> int:
    """How many declarations the longest chain of types within types has, lists and maps included."""
    edges = {
        declaration.qualified_name: tuple(
            name for type_ in member_types(declaration) for name in named_types(type_)
        )
        for declaration in schema.declarations()
    }
    search = ComponentSearch(edges)
    search.run()
    depths: dict[str, int] = {}
    for name in search.closed:
        depths[name] = 1 + max((depths.get(used, 0) for used in edges[name]), default=0)
    return max(depths.values(), default=0)


@dataclass
class _Visit:
    name: str
    edges: Iterator[str]


class ComponentSearch:
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
