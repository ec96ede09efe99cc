"""ZeroMQ over a Unix socket, a pair of sockets of the kind PAIR."""

from __future__ import annotations

from pathlib import Path

import zmq

from benches.bus.channel import Channel, payload_of

TITLE = "pyzmq, ipc"


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    context = zmq.Context()
    end = context.socket(zmq.PAIR)
    end.linger = 0
    address = f"ipc://{folder}/zmq"
    if is_near:
        end.connect(address)
    else:
        end.bind(address)

    def close() -> None:
        end.close()
        context.term()

    return Channel(payload_of(subject), end.send, end.recv, close)
