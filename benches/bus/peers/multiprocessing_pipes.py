"""``multiprocessing.Connection``, what ``Pipe`` gives, as bytes."""

from __future__ import annotations

from multiprocessing.connection import Client, Listener
from pathlib import Path

from benches.bus.channel import Channel, payload_of
from benches.bus.meeting import until_there

TITLE = "multiprocessing.Pipe"


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    path = str(folder / "pipe")
    end = until_there(lambda: Client(path)) if is_near else Listener(path).accept()
    return Channel(payload_of(subject), end.send_bytes, end.recv_bytes, end.close)
