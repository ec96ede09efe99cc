"""msgspec over a bare unix socket."""

from __future__ import annotations

from pathlib import Path

from benches.bus.channel import Channel
from benches.bus.peers import msgspec_objects, unix_sockets

TITLE = "msgspec, bare unix socket"


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    return msgspec_objects.over(unix_sockets.over(unix_sockets.connected(folder, is_near), b"", wait))
