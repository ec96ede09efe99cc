"""iceoryx2, slices of bytes in shared memory. It polls, and waits where a queue is full."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from pathlib import Path
from typing import Any

import iceoryx2
from iceoryx2 import Slice

from benches.bus.channel import Channel, payload_of
from benches.bus.meeting import until_there

TITLE = "iceoryx2"
CAPACITY = 1024
LENGTH_MAX = 1024


def open_channel(folder: Path, is_near: bool, subject: str, wait: str) -> Channel:
    return over(folder, is_near, payload_of(subject))


def over(folder: Path, is_near: bool, message: Any) -> Channel:
    """One service a direction, named after the folder."""
    iceoryx2.set_log_level(iceoryx2.LogLevel.Error)
    node = iceoryx2.NodeBuilder.new().create(iceoryx2.ServiceType.Ipc)  # lives as long as its ports
    out, into = ("there", "back") if is_near else ("back", "there")
    name = str(folder).replace("/", "-")
    outgoing, incoming = _service(node, f"{name}-{out}"), _service(node, f"{name}-{into}")
    publisher = (
        outgoing.publisher_builder()
        .initial_max_slice_len(LENGTH_MAX)
        .backpressure_strategy(iceoryx2.BackpressureStrategy.RetryUntilDelivered)
        .create()
    )
    subscriber = incoming.subscriber_builder().create()
    until_there(lambda: _look_for_other_end(outgoing, incoming))

    def close() -> None:
        publisher.delete()
        subscriber.delete()

    return Channel(message, _send(publisher), _receive(subscriber), close)


def _look_for_other_end(outgoing: Any, incoming: Any) -> None:
    if not outgoing.dynamic_config.number_of_subscribers or not incoming.dynamic_config.number_of_publishers:
        raise FileNotFoundError("the other end is not there yet")


def _service(node: Any, name: str) -> Any:
    return (
        node.service_builder(iceoryx2.ServiceName.new(name))
        .publish_subscribe(Slice[ctypes.c_uint8])
        .enable_safe_overflow(False)
        .subscriber_max_buffer_size(CAPACITY)
        .history_size(0)
        .open_or_create()
    )


def _send(publisher: Any) -> Callable[[Any], None]:
    loan, move = publisher.loan_slice_uninit, ctypes.memmove

    def send(payload: bytes) -> None:
        length = len(payload)
        sample = loan(length)
        move(sample.payload_ptr, payload, length)
        sample.assume_init().send()

    return send


def _receive(subscriber: Any) -> Callable[[], bytes]:
    take, copy = subscriber.receive, ctypes.string_at

    def receive() -> bytes:
        while True:
            sample = take()
            if sample is not None:
                payload = copy(sample.payload_ptr, sample.header.number_of_elements)
                sample.delete()
                return payload

    return receive
