"""One process of a topology, with the services that run in it."""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from mycelium.bus.errors import BusClosed, NodeError
from mycelium.bus.exchange import Exchange
from mycelium.bus.extension import need_of_extension, required_extension
from mycelium.bus.links import LinkState, LinkStatus
from mycelium.bus.message_bus import MessageBus
from mycelium.bus.remote_bus import RemoteBus
from mycelium.bus.reports import odd_node
from mycelium.bus.routes import TopologyRoutes
from mycelium.topology import RouteKind, Topology, load_topology, read_topology
from mycelium.topology.problems import did_you_mean

if TYPE_CHECKING:
    from mycelium import _native
    from mycelium.bus.metrics import Metrics


class Node:
    """A node of a topology, run by this process: the buses of its services share its connections.

    ``Node.from_topology(file, name)`` claims the node, listens and begins to dial, in any order with its peers;
    ``node.bus(service)`` gives the buses. ``close``, or leaving a ``with`` block, says goodbye to the peers. A node
    that is dropped with all its buses, publishers and subscribers is closed, and so is one that is there when the
    interpreter ends. After a fork the child raises :class:`~mycelium.bus.BusError`: it opens a node of its own.

    A node whose routes all lie within it opens nothing and needs no native extension.

    ``guests`` are services of the node that others run in this very process: a program or library with a core of its own,
    say in Rust. They take part once they have joined with what :meth:`offer` gives; :meth:`join` is the other side of it.
    """

    __slots__ = (
        "name",
        "services",
        "warnings",
        "_elsewhere",
        "_exchange",
        "_native",
        "_buses",
        "_lock",
        "_end",
        "_is_closed",
        "__weakref__",
    )

    def __init__(self, path: Path | str, name: str, *, guests: Sequence[str] = ()) -> None:
        self._begin(path, load_topology(path), name, guests)

    @classmethod
    def from_topology(cls, path: Path | str, name: str, *, guests: Sequence[str] = ()) -> Self:
        """The node of this name; its services ``guests`` are run by others in this process, see :meth:`offer`.

        Raises :class:`~mycelium.topology.TopologyError`, ValueError for a node that the topology has not, and
        :class:`~mycelium.bus.NodeError` where it cannot run: it is claimed, an address cannot be used, or the native
        extension is missing.
        """
        return cls(path, name, guests=guests)

    @classmethod
    def join(cls, capsule: object, *, services: Sequence[str] = ()) -> Self:
        """A node that another core of this process runs, with those of its guests' services that are run here.

        ``capsule`` is what the host's :meth:`offer` gave, or a capsule of the name ``mycelium.node_table.v1`` around a
        ``mycelium_node_table`` of C. Without ``services``, all that are meant for guests and not taken yet. Messages
        between these and the host's travel as bytes, through memory.

        Raises :class:`~mycelium.bus.NodeError` for any other object, for a table of a version that is not understood, and for
        services that are not meant for guests or are taken; :class:`~mycelium.bus.ExtensionMissing`.
        """
        _refuse_text(services, "services")
        extension = required_extension(
            "Node.join needs", "a guest meets its host in the native extension of Mycelium"
        )
        joined = extension.join_node(capsule, list(services))
        name, own, text, file = joined.about()
        node = cls.__new__(cls)
        node._prepare(name, tuple(own), read_topology(text, file))
        node._run(joined)
        return node

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

    def _begin(self, path: Path | str, topology: Topology, name: str, guests: Sequence[str] = ()) -> None:
        found = next((node for node in topology.nodes if node.name == name), None)
        if found is None:
            hint = did_you_mean(name, [node.name for node in topology.nodes])
            raise ValueError(f"{topology.name}: there is no node `{name}`; {hint}")
        _refuse_text(guests, "guests")
        for guest in guests:
            if guest not in found.services:
                hint = did_you_mean(guest, found.services)
                raise ValueError(f"guests: node `{name}` has no service `{guest}`; {hint}")
        self._prepare(name, tuple(each for each in found.services if each not in guests), topology)
        need = need_of_extension(topology, found.services, guests)
        if need is not None:
            extension = required_extension(f"node `{name}` cannot run:", need)
            self._run(extension.open_node(str(path), name, list(guests)))

    def _prepare(self, name: str, services: tuple[str, ...], topology: Topology) -> None:
        self.name = name
        self.services = services
        of_the_node = next(node.services for node in topology.nodes if node.name == name)
        self._elsewhere = frozenset(of_the_node).difference(services)
        self._exchange = Exchange(TopologyRoutes(topology))
        self._buses: dict[str, MessageBus] = {}
        self._lock = Lock()
        self._is_closed = False
        self._native: _native.Node | None = None
        self.warnings: tuple[str, ...] = ()
        """What is odd about it, a sentence for each; they went to the log ``mycelium.bus`` when it began."""

    def _run(self, opened: _native.Node) -> None:
        self._native = opened
        self._end = weakref.finalize(self, opened.close)
        self.warnings = tuple(opened.warnings())
        for sentence in self.warnings:
            odd_node(sentence)

    def offer(self) -> object:
        """A capsule named ``mycelium.node_table.v1``, with which guests of this process join the node.

        It can be given to any number of guests, to each for services of its own, and let go once they have joined. It
        does not keep the node. Closing that closes its guests, and then nobody joins any more.

        Raises :class:`~mycelium.bus.NodeError` for a node that declares no guests, and
        :class:`~mycelium.bus.BusClosed`.
        """
        if self._native is None:
            raise NodeError(
                f"node `{self.name}` has no services that guests run; name them: "
                f"Node.from_topology(..., {self.name!r}, guests=[...])"
            )
        return self._native.offer()

    def bus(self, service: str) -> MessageBus:
        """The bus of a service of this node, the same one each time.

        Raises ValueError for a service of another node, and :class:`~mycelium.bus.BusClosed`.
        """
        if service not in self.services:
            if service in self._elsewhere:
                raise ValueError(
                    f"service `{service}` of node `{self.name}` is run by another core of this process: its bus is there"
                )
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


def _refuse_text(services: Sequence[str], name: str) -> None:
    if isinstance(services, str):
        raise TypeError(f"{name} is a list of services: {name}=[{services!r}]")


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
