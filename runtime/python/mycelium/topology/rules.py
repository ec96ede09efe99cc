"""What the parts of a topology must not say together."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from mycelium.topology.model import Node, Topology
from mycelium.topology.problems import Problem, did_you_mean
from mycelium.topology.routes import RouteKind, default_kind

LONGEST_SOCKET_PATH = 107
"""Bytes of a unix socket's path on Linux: sun_path has 108 with the closing NUL."""


def find_contradictions(topology: Topology) -> list[Problem]:
    """All of them."""
    return [
        *_repeated_names(topology),
        *_repeated_services(topology),
        *_same_numbers(topology),
        *_addresses(topology),
        *_paths(topology),
        *_settings(topology),
    ]


def _repeated_names(topology: Topology) -> Iterator[Problem]:
    first: dict[str, Node] = {}
    for node in topology.nodes:
        before = first.setdefault(node.name, node)
        if before is not node:
            yield Problem(node.line, f"a node called `{node.name}` is already in line {before.line}")


def _repeated_services(topology: Topology) -> Iterator[Problem]:
    first: dict[str, Node] = {}
    for node in topology.nodes:
        for service in node.services:
            if service in first:
                place = "twice on this node" if first[service] is node else f"on `{first[service].name}` too"
                yield Problem(
                    node.line, f"service `{service}` is {place}", "a service runs on one node, once"
                )
            first.setdefault(service, node)


def _same_numbers(topology: Topology) -> Iterator[Problem]:
    first: dict[int, Node] = {}
    for node in topology.nodes:
        before = first.setdefault(node.number, node)
        if before is not node and before.name != node.name:
            message = f"`{node.name}` has the number {node.number}, as `{before.name}` has"
            yield Problem(node.line, message, "give one of them another `id`")


def _addresses(topology: Topology) -> Iterator[Problem]:
    taken: dict[tuple[str, int], Node] = {}
    for node in topology.nodes:
        if node.port is None:
            if node.endpoint is not None and node.endpoint.kind == "tcp":
                yield Problem(node.line, f"`{node.name}` has an endpoint of kind `tcp` and no port")
            continue
        address = (node.host or "localhost", node.port)
        before = taken.setdefault(address, node)
        if before is not node:
            yield Problem(
                node.line, f"`{node.name}` has the address of `{before.name}`, {address[0]}:{address[1]}"
            )
        if node.tls is None and not node.insecure and not _is_loopback(node.host):
            message = f"`{node.name}` can be reached at {node.host}:{node.port} without TLS"
            yield Problem(node.line, message, "give it `tls`, or write insecure = true")


def _is_loopback(host: str | None) -> bool:
    if host is None or host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _paths(topology: Topology) -> Iterator[Problem]:
    taken: dict[str, Node] = {}
    for node in topology.nodes:
        if node.endpoint is None or node.endpoint.path is None:
            continue
        path = str(node.endpoint.path)
        before = taken.setdefault(path, node)
        if before is not node:
            yield Problem(node.line, f"`{node.name}` has the path of `{before.name}`, {path}")
        if not node.endpoint.path.is_absolute():
            yield Problem(
                node.line, f"`{path}` is no absolute path", "every process must find the same place"
            )
        if len(f"{path}.sock".encode()) > LONGEST_SOCKET_PATH:
            yield Problem(
                node.line,
                f"`{path}` is too long for a socket beside it",
                f"{LONGEST_SOCKET_PATH - 5} bytes at most",
            )


def _settings(topology: Topology) -> Iterator[Problem]:
    services = topology.services
    for (source, target), settings in topology.settings.items():
        unknown = [service for service in (source, target) if service not in services]
        for service in unknown:
            yield Problem(
                settings.line, f"no node runs a service `{service}`", did_you_mean(service, services)
            )
        if unknown:
            continue
        sender, receiver = topology.node_of(source), topology.node_of(target)
        if settings.kind is not None:
            yield from _kind(topology, sender, receiver, settings.kind, settings.line)
        elif (
            default_kind(sender, receiver)[0] is RouteKind.TCP
            and sender.port is None
            and receiver.port is None
        ):
            message = (
                f"neither `{sender.name}` nor `{receiver.name}` has a port, and they are on different hosts"
            )
            yield Problem(settings.line, message, "give one of them a `port`")


def _kind(topology: Topology, sender: Node, receiver: Node, kind: str, line: int) -> Iterator[Problem]:
    is_same_node = sender is receiver
    is_same_host = (sender.host or None) == (receiver.host or None)
    if (kind == "local") != is_same_node:
        where = "the same node" if is_same_node else "different nodes"
        yield Problem(line, f"a route of kind `{kind}` cannot join services on {where}")
    elif kind in ("shm", "unix") and not is_same_host:
        yield Problem(
            line, f"a route of kind `{kind}` cannot join `{sender.name}` and `{receiver.name}`: other hosts"
        )
    elif kind == "shm" and not any(
        each.endpoint and each.endpoint.kind == "shm" for each in (sender, receiver)
    ):
        yield Problem(
            line,
            "neither node has an endpoint of kind `shm`",
            "give one of them endpoint.kind and endpoint.path",
        )
    elif kind == "tcp" and sender.port is None and receiver.port is None:
        yield Problem(
            line, f"neither `{sender.name}` nor `{receiver.name}` has a port", "give one of them a `port`"
        )
