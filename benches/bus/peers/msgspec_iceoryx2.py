"""msgspec over iceoryx2."""

from __future__ import annotations

from pathlib import Path

from benches.bus.channel import Channel
from benches.bus.peers import iceoryx2_slices, msgspec_objects

TITLE = "msgspec, iceoryx2"


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    return msgspec_objects.over(iceoryx2_slices.over(folder, is_near, b""))
