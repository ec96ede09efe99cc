"""How the messages of one service reach another, and why so."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from mycelium.topology.model import Node

if TYPE_CHECKING:
    from mycelium.topology.model import Topology

DEFAULT_ROUTE_CAPACITY = 1024
"""Messages a route holds unless chosen otherwise."""


class RouteKind(StrEnum):
    """What carries a message, the nearest first."""

    LOCAL = "local"
    FFI = "ffi"
    """As bytes in memory, between a host and its guests in one process: no topology says so, programs do."""
    SHM = "shm"
    UNIX = "unix"
    TCP = "tcp"
    NONE = "none"
    """Nothing: they are on different hosts, and neither has a port the other could dial."""


@dataclass(frozen=True, slots=True)
class Route:
    """A way from one service to another. ``address`` is where the side that is dialled is found, "" for local."""

    source: str
    target: str
    kind: RouteKind
    reason: str
    address: str
    overflow: str
    capacity: int
    wait: str
    allow: tuple[str, ...] | None


def route_between(topology: Topology, source: str, target: str) -> Route:
    """The route from one service to another. Raises KeyError for a service that no node runs."""
    sender, receiver = topology.node_of(source), topology.node_of(target)
    settings = topology.settings.get((source, target))
    kind, reason = default_kind(sender, receiver)
    if kind is RouteKind.TCP and sender.port is None and receiver.port is None:
        kind, reason = RouteKind.NONE, f"{reason}, and neither has a port"
    if settings is not None and settings.kind is not None:
        kind, reason = RouteKind(settings.kind), f"line {settings.line} says so"
    return Route(
        source,
        target,
        kind,
        reason,
        _address(topology, kind, sender, receiver),
        (settings and settings.overflow) or "block",
        (settings and settings.capacity) or DEFAULT_ROUTE_CAPACITY,
        (settings and settings.wait) or "adaptive",
        settings.allow if settings is not None else None,
    )


def default_kind(sender: Node, receiver: Node) -> tuple[RouteKind, str]:
    """What two nodes meet by unless a route says otherwise, and why."""
    if sender is receiver:
        return RouteKind.LOCAL, f"both run on node `{sender.name}`"
    if (sender.host or None) != (receiver.host or None):
        return RouteKind.TCP, f"`{sender.name}` and `{receiver.name}` are on different hosts"
    for node in (receiver, sender):
        if node.endpoint is not None and node.endpoint.kind == "shm":
            return RouteKind.SHM, f"same host, and `{node.name}` has an endpoint of kind `shm`"
    for node in (receiver, sender):
        if node.endpoint is not None and node.endpoint.kind == "tcp":
            return RouteKind.TCP, f"same host, and `{node.name}` has an endpoint of kind `tcp`"
    return RouteKind.UNIX, "same host, and neither declares anything nearer"


def listener(topology: Topology, one: Node, other: Node, kind: RouteKind) -> Node | None:
    """Which of two nodes the other dials to meet it by this kind, if any: the one that declares what it takes, else the earlier."""
    earlier, later = sorted((one, other), key=topology.nodes.index)
    match kind:
        case RouteKind.SHM | RouteKind.UNIX:
            declared = (
                node for node in (earlier, later) if node.endpoint and node.endpoint.kind == kind.value
            )
            return next(declared, earlier if kind is RouteKind.UNIX else None)
        case RouteKind.TCP:
            return next((node for node in (earlier, later) if node.port is not None), None)
        case _:
            return None


def _address(topology: Topology, kind: RouteKind, sender: Node, receiver: Node) -> str:
    listening = listener(topology, sender, receiver, kind)
    if listening is None:
        return ""
    if kind is RouteKind.TCP:
        return f"{listening.host or 'localhost'}:{listening.port}"
    if listening.endpoint is not None and listening.endpoint.kind == kind.value and listening.endpoint.path:
        return str(listening.endpoint.path)
    return str(topology.socket_folder / f"{listening.name}.sock")
