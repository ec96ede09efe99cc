"""What a topology says, checked: nodes with their services, and what differs on routes between them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

DEFAULT_SOCKET_FOLDER = PurePosixPath("/tmp/mycelium")
"""Where unix sockets lie unless ``socket_dir`` says otherwise."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """How others reach a node: ``kind`` shm, unix or tcp; ``path`` for the first two."""

    kind: str
    path: PurePosixPath | None = None


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """The node's certificate and key, and the authority that signed those of its peers; PEM files."""

    cert: PurePosixPath
    key: PurePosixPath
    ca: PurePosixPath


@dataclass(frozen=True, slots=True)
class Node:
    """One process. ``number`` names it in envelopes; ``host`` None is this machine; ``port`` None dials only."""

    name: str
    services: tuple[str, ...]
    number: int
    line: int
    host: str | None = None
    port: int | None = None
    endpoint: Endpoint | None = None
    tls: TlsFiles | None = None
    insecure: bool = False


@dataclass(frozen=True, slots=True)
class RouteSettings:
    """What a ``[[routes]]`` entry changes; None leaves the default."""

    line: int
    overflow: str | None = None
    capacity: int | None = None
    wait: str | None = None
    kind: str | None = None
    allow: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Topology:
    """A whole file, valid. ``settings`` are by the services a route goes from and to."""

    name: str
    nodes: tuple[Node, ...]
    settings: Mapping[tuple[str, str], RouteSettings] = field(default_factory=dict)
    socket_folder: PurePosixPath = DEFAULT_SOCKET_FOLDER

    def node_of(self, service: str) -> Node:
        """The node a service runs on. Raises KeyError for a service that is on none."""
        for node in self.nodes:
            if service in node.services:
                return node
        raise KeyError(service)

    @property
    def services(self) -> tuple[str, ...]:
        """All services, in the order of the file."""
        return tuple(service for node in self.nodes for service in node.services)


def node_number(name: str) -> int:
    """The number of a node that chooses none: FNV-1a of its name in UTF-8, 32 bits (0 means *unset* on the wire, so 1).

    Offset basis 2166136261 and prime 16777619 are the published ones of FNV-1a.
    """
    number = 2166136261
    for byte in name.encode():
        number = (number ^ byte) * 16777619 & 0xFFFF_FFFF
    return number or 1
