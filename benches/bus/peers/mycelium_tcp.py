"""The bus over TCP, within this machine."""

from __future__ import annotations

import zlib
from pathlib import Path

from benches.bus.channel import Channel
from benches.bus.peers import mycelium_routes

TITLE = "Mycelium, tcp, loopback"


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    far = f'host = "127.0.0.1"\nport = {port_in(folder)}'
    return mycelium_routes.open_channel(folder, is_near, subject, wait, near='host = "localhost"', far=far)


def port_in(folder: Path) -> int:
    """A port derived from the folder, below those the kernel gives away: both ends know it, and no two turns share it."""
    return 20_000 + zlib.crc32(str(folder).encode()) % 10_000
