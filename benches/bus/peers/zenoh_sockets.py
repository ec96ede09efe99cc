"""zenoh, peer to peer over a Unix socket without looking for others, nothing dropped, subscribers that pull."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import zenoh

from benches.bus.channel import Channel, payload_of
from benches.bus.meeting import until_there

TITLE = "zenoh, unix socket"


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    session = until_there(lambda: _session(folder, is_near))
    out, into = ("there", "back") if is_near else ("back", "there")
    subscriber = session.declare_subscriber(f"bench/{into}", zenoh.handlers.FifoChannel(1024))
    publisher = session.declare_publisher(
        f"bench/{out}",
        congestion_control=zenoh.CongestionControl.BLOCK,
        priority=zenoh.Priority.REAL_TIME,
        express=True,
    )
    until_there(lambda: _look_for_subscriber(publisher))
    return Channel(payload_of(subject), publisher.put, _receive(subscriber), session.close)


def _session(folder: Path, is_near: bool) -> zenoh.Session:
    config = zenoh.Config()
    place = "connect" if is_near else "listen"
    settings = {
        "mode": "peer",
        f"{place}/endpoints": [f"unixsock-stream/{folder}/zenoh"],
        ("listen" if is_near else "connect") + "/endpoints": [],
        "scouting/multicast/enabled": False,
        "scouting/gossip/enabled": False,
    }
    for name, value in settings.items():
        config.insert_json5(name, json.dumps(value))
    try:
        return zenoh.open(config)
    except zenoh.ZError as error:
        raise ConnectionRefusedError(str(error)) from error


def _look_for_subscriber(publisher: zenoh.Publisher) -> None:
    if not publisher.matching_status.matching:
        raise ConnectionRefusedError("the other end has not subscribed")


def _receive(subscriber: Any) -> Callable[[], bytes]:
    take = subscriber.recv

    def receive() -> bytes:
        return take().payload.to_bytes()  # type: ignore[no-any-return]

    return receive
