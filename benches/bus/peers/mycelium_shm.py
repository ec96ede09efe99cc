"""The bus over a lane in shared memory."""

from __future__ import annotations

from pathlib import Path

from benches.bus.channel import Channel
from benches.bus.peers import mycelium_routes

TITLE = "Mycelium, shared memory"


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    far = f'endpoint.kind = "shm"\nendpoint.path = "{folder}/lane"'
    return mycelium_routes.open_channel(folder, is_near, subject, wait, near="", far=far)
