"""nanomsg-next-generation over a Unix socket, a pair of sockets of the kind Pair0."""

from __future__ import annotations

from pathlib import Path

import pynng

from benches.bus.channel import PATIENCE_SECONDS, Channel, payload_of

TITLE = "pynng, ipc"


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    milliseconds = int(PATIENCE_SECONDS * 1000)
    end = pynng.Pair0(send_timeout=milliseconds, recv_timeout=milliseconds, send_buffer_size=128)
    address = f"ipc://{folder}/nng"
    if is_near:
        end.reconnect_time_min = end.reconnect_time_max = 10
        end.dial(address, block=False)
    else:
        end.listen(address)
    return Channel(payload_of(subject), end.send, end.recv, end.close)
