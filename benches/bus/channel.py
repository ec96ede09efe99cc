"""What a contestant between processes is: a channel with two ends."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

SIZES = {"64": 64, "1024": 1024}
"""Payloads in bytes, by the name of the subject."""

QUOTE = "quote"
"""The subject of typed contestants: an object of eight fields, given and received as an object."""

SPIN = "spin"
"""Looks for a message again and again, on a core of its own."""

SLEEP = "sleep"
"""Waits in the kernel."""

PATIENCE_SECONDS = 20.0
"""How long an end waits for the other one to be there."""


@dataclass(frozen=True)
class Channel:
    """One end. ``send`` and ``receive`` are the contestant's own calls wherever they have this shape.

    ``send`` waits where there is no room, ``receive`` until there is a message. What ``receive`` gave can be sent back.
    """

    message: Any
    """What the end that measures sends."""
    send: Callable[[Any], object]
    receive: Callable[[], Any]
    close: Callable[[], object]


class Peer(Protocol):
    """A module of ``benches.bus.peers``."""

    TITLE: str

    def open_channel(self, folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
        """An end of a channel whose ends meet in ``folder``; the near one measures."""


def load(name: str) -> Any:
    """The module of a contestant.

    Raises ImportError where the peer is not installed.
    """
    return importlib.import_module(f"benches.bus.peers.{name}")


def payload_of(subject: str) -> bytes:
    """The bytes that travel."""
    return bytes(number % 251 for number in range(SIZES[subject]))
