"""One process of a topology, with the services that run in it."""

from __future__ import annotations

import weakref
from pathlib import Path
from threading import Lock
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, Self

from mycelium import native
from mycelium.bus.errors import BusClosed, ExtensionMissing
from mycelium.bus.exchange import Exchange
from mycelium.bus.links import LinkState, LinkStatus
from mycelium.bus.message_bus import MessageBus
from mycelium.bus.remote_bus import RemoteBus
from mycelium.bus.reports import odd_node
from mycelium.bus.routes import TopologyRoutes
from mycelium.topology import Route, RouteKind, Topology, load_topology, route_between
from mycelium.topology.problems import did_you_mean

if TYPE_CHECKING:
    from mycelium import _native
    from mycelium.bus.metrics import Metrics

_OUT_OF_THE_PROCESS = (RouteKind.SHM, RouteKind.UNIX, RouteKind.TCP)


class Node:
    """A node of a topology, run by this process: the buses of its services share its connections.

    ``Node.from_topology(file, name)`` claims the node, listens and begins to dial, in any order with its peers;
    ``node.bus(service)`` gives the buses. ``close``, or leaving a ``with`` block, says goodbye to the peers. A node
    that is dropped with all its buses, publishers and subscribers is closed, and so is one that is there when the
    interpreter ends. After a fork the child raises :class:`~mycelium.bus.BusError`: it opens a node of its own.

    A node whose routes all lie within it opens nothing and needs no native extension.
    """

    __slots__ = (
        "name",
        "services",
        "warnings",
        "_exchange",
        "_native",
        "_buses",
        "_lock",
        "_end",
        "_is_closed",
        "__weakref__",
    )

    def __init__(self, path: Path | str, name: str) -> None:
        self._begin(path, load_topology(path), name)

    @classmethod
    def from_topology(cls, path: Path | str, name: str) -> Self:
        """The node of this name.

        Raises :class:`~mycelium.topology.TopologyError`, ValueError for a node that the topology has not, and
        :class:`~mycelium.bus.NodeError` where it cannot run: it is claimed, an address cannot be used, or the native
        extension is missing.
        """
        return cls(path, name)

    @classmethod
    def of_service(cls, path: Path | str, service: str) -> Self:
        """The node that runs this service. Raises as :meth:`from_topology` does."""
        topology = load_topology(path)
        if service not in topology.services:
            hint = did_you_mean(service, topology.services)
            raise ValueError(f"{topology.name}: no node runs a service `{service}`; {hint}")
        node = cls.__new__(cls)
        node._begin(path, topology, topology.node_of(service).name)
        return node

    def _begin(self, path: Path | str, topology: Topology, name: str) -> None:
        found = next((node for node in topology.nodes if node.name == name), None)
        if found is None:
            hint = did_you_mean(name, [node.name for node in topology.nodes])
            raise ValueError(f"{topology.name}: there is no node `{name}`; {hint}")
        self.name = name
        self.services = found.services
        self._exchange = Exchange(TopologyRoutes(topology))
        self._buses: dict[str, MessageBus] = {}
        self._lock = Lock()
        self._is_closed = False
        self._native: _native.Node | None = None
        self.warnings: tuple[str, ...] = ()
        """What is odd about it, a sentence for each; they went to the log ``mycelium.bus`` when it began."""
        way_out = _way_out(topology, self.services)
        if way_out is not None:
            self._native = _extension(name, way_out).open_node(str(path), name)
            self._end = weakref.finalize(self, self._native.close)
            self.warnings = tuple(self._native.warnings())
        for sentence in self.warnings:
            odd_node(sentence)

    def bus(self, service: str) -> MessageBus:
        """The bus of a service of this node, the same one each time.

        Raises ValueError for a service of another node, and :class:`~mycelium.bus.BusClosed`.
        """
        if service not in self.services:
            raise ValueError(
                f"node `{self.name}` runs no service `{service}`; {did_you_mean(service, self.services)}"
            )
        with self._lock:
            if self._is_closed:
                raise BusClosed(f"node `{self.name}` was closed")
            bus = self._buses.get(service)
            if bus is None:
                remote = self._remote_bus(service)
                bus = self._buses[service] = MessageBus.of_node(self, service, self._exchange, remote)
            return bus

    def _remote_bus(self, service: str) -> RemoteBus | None:
        if self._native is None:
            return None
        return RemoteBus(self._native.service(service))

    def links(self) -> list[LinkStatus]:
        """The connections to services of other nodes, as they are now."""
        if self._native is None:
            return []
        return [_status(*each) for each in self._native.links()]

    def metrics(self) -> Metrics:
        """All counters of its services and links at this moment."""
        from mycelium.bus.metrics import collect

        with self._lock:
            buses = list(self._buses.values())
        return collect(self.name, buses, self.links())

    def wait_until_connected(self, timeout: float | None = None) -> None:
        """Return when every connection is established; without a timeout (seconds), whenever that is.

        Raises :class:`~mycelium.bus.NotConnected`, which names those that are not, and why.
        """
        if self._native is not None:
            self._native.wait_until_connected(timeout)

    def close(self) -> None:
        """Close the buses, send what was published, say goodbye, and let the node go. Closing twice is harmless."""
        with self._lock:
            self._is_closed = True
            buses = list(self._buses.values())
        for bus in buses:
            bus.close()
        if self._native is not None:
            self._end()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


def _way_out(topology: Topology, services: tuple[str, ...]) -> Route | None:
    """A route between one of these services and one of another node, None where there is none."""
    others = [service for service in topology.services if service not in services]
    pairs = [pair for own in services for other in others for pair in ((own, other), (other, own))]
    routes = (route_between(topology, *pair) for pair in pairs)
    return next((route for route in routes if route.kind in _OUT_OF_THE_PROCESS), None)


def _extension(name: str, route: Route) -> ModuleType:
    extension = native.extension()
    if extension is None:
        raise ExtensionMissing(
            f"node `{name}` cannot run: the route from `{route.source}` to `{route.target}` is of kind {route.kind}, "
            f"which needs the native extension of Mycelium, and {native.reason}. Install the distribution "
            "`mycelium-bus` with it: a wheel for this interpreter, or from source where cargo is on PATH and "
            "MYCELIUM_PURE_PYTHON is not set."
        )
    return extension


def _status(
    own: str,
    peer: str,
    kind: str,
    state: str,
    peer_node: str,
    last_error: str | None,
    mismatches: list[str],
    counters: dict[str, Any],
) -> LinkStatus:
    return LinkStatus(
        own=own,
        peer=peer,
        kind=RouteKind(kind),
        state=LinkState(state),
        peer_node=peer_node,
        last_error=last_error,
        mismatches=tuple(mismatches),
        counters=counters,
    )
