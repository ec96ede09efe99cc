"""``topology.toml``: which services run where, and so how their messages travel."""

from __future__ import annotations

from mycelium.topology.model import Endpoint, Node, RouteSettings, TlsFiles, Topology
from mycelium.topology.problems import Problem, TopologyError
from mycelium.topology.reading import load_topology, read_topology
from mycelium.topology.routes import Route, RouteKind, route_between

__all__ = [
    "Endpoint",
    "Node",
    "Problem",
    "Route",
    "RouteKind",
    "RouteSettings",
    "TlsFiles",
    "Topology",
    "TopologyError",
    "load_topology",
    "read_topology",
    "route_between",
]
