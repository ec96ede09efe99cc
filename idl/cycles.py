"""Circles in a graph, and orders without them, found without recursion: no input is too deep."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

_Node = TypeVar("_Node", bound=Hashable)

_MAXIMUM_SHOWN_NAMES = 8


def find_cycles(edges: Mapping[_Node, Iterable[_Node]]) -> list[tuple[_Node, ...]]:
    """One circle for each knot of nodes that reach one another, starting at the node that comes first."""
    return [
        _cycle_within(component, edges) for component in components(edges) if _is_cyclic(component, edges)
    ]


def shown_cycle(names: Sequence[str]) -> str:
    """The circle as it is shown to people: back to its start, long ones cut in the middle."""
    shown = [*names, names[0]]
    if len(shown) > _MAXIMUM_SHOWN_NAMES:
        left_out = len(shown) - _MAXIMUM_SHOWN_NAMES
        middle = _MAXIMUM_SHOWN_NAMES // 2
        shown[middle : middle + left_out] = [f"({left_out} more)"]
    return " -> ".join(shown)


def dependency_order(edges: Mapping[_Node, Iterable[_Node]]) -> list[_Node]:
    """All nodes, each after those it points to; nodes of a circle in any order."""
    return [node for component in components(edges) for node in component]


def _is_cyclic(component: list[_Node], edges: Mapping[_Node, Iterable[_Node]]) -> bool:
    return len(component) > 1 or component[0] in edges[component[0]]


def components(edges: Mapping[_Node, Iterable[_Node]]) -> list[list[_Node]]:
    """Strongly connected components, each after those it points to (Tarjan)."""
    index: dict[_Node, int] = {}
    low: dict[_Node, int] = {}
    open_nodes: list[_Node] = []
    is_open: set[_Node] = set()
    found: list[list[_Node]] = []
    for root in edges:
        if root in index:
            continue
        path = [(root, iter(edges[root]))]
        while path:
            node, successors = path[-1]
            if node not in index:
                index[node] = low[node] = len(index)
                open_nodes.append(node)
                is_open.add(node)
            for successor in successors:
                if successor not in index:
                    path.append((successor, iter(edges[successor])))
                    break
                if successor in is_open:
                    low[node] = min(low[node], index[successor])
            else:
                path.pop()
                if path:
                    low[path[-1][0]] = min(low[path[-1][0]], low[node])
                if low[node] == index[node]:
                    found.append(_close(node, open_nodes, is_open))
    return found


def _close(node: _Node, open_nodes: list[_Node], is_open: set[_Node]) -> list[_Node]:
    """Take the component of ``node``, its first node, off the list of open nodes."""
    component: list[_Node] = []
    while not component or component[-1] != node:
        component.append(open_nodes.pop())
    is_open.difference_update(component)
    return component


def _cycle_within(component: list[_Node], edges: Mapping[_Node, Iterable[_Node]]) -> tuple[_Node, ...]:
    """A shortest circle through the first node of a component."""
    members = set(component)
    start = next(node for node in edges if node in members)
    came_from: dict[_Node, _Node] = {}
    frontier = [start]
    for node in frontier:
        for successor in edges[node]:
            if successor == start:
                return _path_back(node, start, came_from)
            if successor in members and successor not in came_from:
                came_from[successor] = node
                frontier.append(successor)
    return (start,)


def _path_back(node: _Node, start: _Node, came_from: Mapping[_Node, _Node]) -> tuple[_Node, ...]:
    path = [node]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return tuple(reversed(path))
