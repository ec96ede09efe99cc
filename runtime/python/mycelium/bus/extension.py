"""What of a node needs the native extension, and what is said where that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType

from mycelium import native
from mycelium.bus.errors import ExtensionMissing
from mycelium.topology import RouteKind, Topology, route_between

_OUT_OF_THE_PROCESS = (RouteKind.SHM, RouteKind.UNIX, RouteKind.TCP)


def need_of_extension(topology: Topology, services: tuple[str, ...], guests: Sequence[str]) -> str | None:
    """Why a node with these services needs the native extension, None where it does not."""
    if guests:
        return (
            f"service `{guests[0]}` is a guest's, which meets this node in the native extension of Mycelium"
        )
    others = [service for service in topology.services if service not in services]
    pairs = [pair for own in services for other in others for pair in ((own, other), (other, own))]
    routes = (route_between(topology, *pair) for pair in pairs)
    route = next((route for route in routes if route.kind in _OUT_OF_THE_PROCESS), None)
    if route is None:
        return None
    return (
        f"the route from `{route.source}` to `{route.target}` is of kind {route.kind}, "
        "which needs the native extension of Mycelium"
    )


def required_extension(what: str, need: str) -> ModuleType:
    """The extension. Raises :class:`ExtensionMissing`, which says that ``what`` (a clause) ``need`` it, and what to install."""
    extension = native.extension()
    if extension is None:
        raise ExtensionMissing(
            f"{what} {need}, and {native.reason}. Install the distribution `mycelium-bus` with it: a wheel for this "
            "interpreter, or from source where cargo is on PATH and MYCELIUM_PURE_PYTHON is not set."
        )
    return extension
