"""A Unix socket that keeps messages apart (SOCK_SEQPACKET), and nothing on top."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from benches.bus.channel import SPIN, Channel, payload_of
from benches.bus.meeting import until_there

TITLE = "bare unix socket"
MESSAGE_BYTES_MAX = 65_536


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    return over(connected(folder, is_near), payload_of(subject), wait)


def connected(folder: Path, is_near: bool) -> socket.socket:
    """The near end dials."""
    path = str(folder / "socket")
    end = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    if is_near:
        until_there(lambda: end.connect(path))
        return end
    end.bind(path)
    end.listen(1)
    return end.accept()[0]


def over(end: socket.socket, message: bytes, wait: str) -> Channel:
    """Spinning: without waiting in the kernel, as often as it takes. A full socket is waited for in the kernel."""
    send = end.send
    receive: Callable[[], bytes]
    if wait == SPIN:
        receive = _spinning(end)
    else:
        take = end.recv

        def receive() -> bytes:
            return take(MESSAGE_BYTES_MAX)

    return Channel(message, send, receive, end.close)


def _spinning(end: socket.socket) -> Callable[[], bytes]:
    take, no_waiting = end.recv, socket.MSG_DONTWAIT

    def receive() -> bytes:
        while True:
            try:
                return take(MESSAGE_BYTES_MAX, no_waiting)
            except BlockingIOError:
                continue

    return receive
