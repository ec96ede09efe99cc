"""What passes from one service to another within a process, and what happens when there is no room."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from mycelium.bus.overflow import Overflow
from mycelium.message import Message

if TYPE_CHECKING:
    from mycelium.topology import Topology


class Routes(Protocol):
    """What an exchange asks about two services."""

    def overflow(self, source: str, target: str) -> Overflow:
        """What holds a publisher of ``source`` when a queue of ``target`` that loses nothing is full."""

    def may_pass(self, message_class: type[Message], source: str, target: str) -> bool:
        """Whether messages of this type may go from one to the other."""


class OpenRoutes:
    """Those of a bus by itself: everything passes, and the bus says what happens when there is no room."""

    __slots__ = ("_overflow",)

    def __init__(self, overflow: Overflow) -> None:
        self._overflow = overflow

    def overflow(self, source: str, target: str) -> Overflow:
        """As the bus says."""
        return self._overflow

    def may_pass(self, message_class: type[Message], source: str, target: str) -> bool:
        """Always."""
        return True


class TopologyRoutes:
    """Those of the services of one node, as the topology says."""

    __slots__ = ("_topology",)

    def __init__(self, topology: Topology) -> None:
        self._topology = topology

    def overflow(self, source: str, target: str) -> Overflow:
        """As the route says."""
        settings = self._topology.settings.get((source, target))
        return Overflow((settings and settings.overflow) or Overflow.BLOCK)

    def may_pass(self, message_class: type[Message], source: str, target: str) -> bool:
        """Unless the route allows some messages, and not this one, by its qualified name or the last part of it."""
        settings = self._topology.settings.get((source, target))
        if settings is None or settings.allow is None:
            return True
        name = message_class.NAME
        return name in settings.allow or name.rpartition(".")[2] in settings.allow
