"""``mycelium topology``: check a file, and explain how its services meet."""

from __future__ import annotations

import argparse
import os
import sys

from mycelium.topology.model import Topology
from mycelium.topology.problems import TopologyError, did_you_mean
from mycelium.topology.reading import load_topology
from mycelium.topology.routes import Route, route_between

FINE, PROBLEMS_FOUND, WRONG_USAGE = 0, 1, 2


def add_commands(parser: argparse.ArgumentParser) -> None:
    """Let the parser know ``check`` and ``explain``."""
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="find every mistake in a topology, with its line")
    check.add_argument("file", metavar="FILE")
    check.set_defaults(run=run_check)
    explain = commands.add_parser("explain", help="print every route, or one, and why it is what it is")
    explain.add_argument("file", metavar="FILE")
    explain.add_argument(
        "services", nargs="*", metavar="FROM TO", help="only the route between these services"
    )
    explain.set_defaults(run=run_explain)


def run_check(arguments: argparse.Namespace) -> int:
    """0 and a line for a topology that can be used, 1 and a line for each mistake."""
    topology = _load(arguments.file)
    if topology is None:
        return PROBLEMS_FOUND
    spinners = spinning_services(topology)
    cores = os.cpu_count() or 1
    if spinners > cores:
        message = f"{spinners} services spin and there are {cores} cores: they will wait adaptively instead"
        print(f"{topology.name}: warning: {message}", file=sys.stderr)
    nodes, services = len(topology.nodes), len(topology.services)
    print(f"{topology.name}: fine, {nodes} nodes and {services} services")
    return FINE


def run_explain(arguments: argparse.Namespace) -> int:
    """Print routes; 2 for services that the file does not know."""
    if len(arguments.services) not in (0, 2):
        print("mycelium: name two services, FROM and TO, or none", file=sys.stderr)
        return WRONG_USAGE
    topology = _load(arguments.file)
    if topology is None:
        return PROBLEMS_FOUND
    for service in arguments.services:
        if service not in topology.services:
            hint = did_you_mean(service, topology.services)
            print(f"{topology.name}: no node runs a service `{service}`; {hint}", file=sys.stderr)
            return WRONG_USAGE
    pairs = (
        [(arguments.services[0], arguments.services[1])]
        if arguments.services
        else [(source, target) for source in topology.services for target in topology.services]
    )
    for source, target in pairs:
        print(described(route_between(topology, source, target)))
    return FINE


def described(route: Route) -> str:
    """One line: ends, kind, address, reason, and what is set."""
    address = f" at {route.address}" if route.address else ""
    settings = [f"overflow {route.overflow}", f"capacity {route.capacity}", f"wait {route.wait}"]
    if route.allow is not None:
        settings.append(f"only {', '.join(route.allow)}")
    return f"{route.source} -> {route.target}: {route.kind}{address} ({route.reason}); {', '.join(settings)}"


def spinning_services(topology: Topology) -> int:
    """How many services on this machine spin while they wait."""
    return len({target for (_, target), settings in topology.settings.items() if settings.wait == "spin"})


def _load(file: str) -> Topology | None:
    try:
        return load_topology(file)
    except TopologyError as error:
        print(error, file=sys.stderr)
        return None
