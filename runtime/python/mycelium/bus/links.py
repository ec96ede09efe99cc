"""What becomes of the connections between the services of a node and those of others."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from mycelium.topology import RouteKind


class LinkState(StrEnum):
    """How far a connection is."""

    CONNECTING = "connecting"
    HANDSHAKING = "handshaking"
    ESTABLISHED = "established"


class LinkStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A connection between a service of this node and one of another, or of a guest, as it is now.

    ``own`` and ``peer`` are the services, ``peer_node`` the node the peer runs on. ``last_error`` says why there is no
    connection yet, None where nothing went wrong. ``mismatches`` has a sentence for each message whose versions do not
    go together: these messages do not travel. ``counters`` are numbers since the node began, by what they count.
    """

    own: str
    peer: str
    kind: RouteKind
    state: LinkState
    peer_node: str
    last_error: str | None = None
    mismatches: tuple[str, ...] = ()
    counters: dict[str, int] = {}
