"""Large and hostile bodies cost memory in proportion to their own size."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import pytest

from mycelium import DecodeError, ErrorCode
from mycelium.message import Message

Messages = Mapping[str, type[Message]]

SIXTEEN_MEBIBYTES = 16 * 1024 * 1024


def peak_of(action: Callable[[], Any]) -> tuple[Any, int]:
    """What an action gives, and the most memory it took, in bytes."""
    tracemalloc.start()
    try:
        result = action()
        return result, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def large_bodies(generated: Messages) -> Iterator[tuple[Message, int]]:
    """Messages of 16 MiB and the factor by which Python's objects for them are larger."""
    texts = {"short": "", "bounded": "", "long": "", "data": b"", "blob": b""}
    yield generated["Texts"](**{**texts, "data": bytes(SIXTEEN_MEBIBYTES)}), 4
    lists: dict[str, Any] = {field.attribute: () for field in generated["Lists"].__plan__.fields}
    yield generated["Lists"](**{**lists, "wide": (0.5,) * (SIXTEEN_MEBIBYTES // 8)}), 8
    yield generated["Lists"](**{**lists, "names": ("x" * 1000,) * (SIXTEEN_MEBIBYTES // 1000)}), 4


def test_sixteen_mebibytes_there_and_back(generated: Messages) -> None:
    for message, factor in large_bodies(generated):
        body, written = peak_of(message.encode)
        decoded, read = peak_of(partial(type(message).decode, body))
        assert decoded == message
        assert len(body) > 0.99 * SIXTEEN_MEBIBYTES
        assert written < 4 * len(body)
        assert read < factor * len(body)


@pytest.mark.parametrize("promise", ["feffff", "ffffffffff", "ff00000001"])
@pytest.mark.parametrize("name", ["Texts", "Lists", "Maps", "Events", "Tree", "Quote"])
def test_a_promise_of_bytes_sets_nothing_aside(messages: Messages, name: str, promise: str) -> None:
    body = bytes.fromhex(("06" if name == "Quote" else "0e") + promise) + bytes(100)

    def attempt() -> None:
        with pytest.raises(DecodeError):
            messages[name].decode(body)

    attempt()
    assert peak_of(attempt)[1] < 100_000


def test_the_budget_bounds_what_a_small_body_may_become(generated: Messages) -> None:
    body = b"\x0e\x00\x16\x00\x1e\x00\x26\x00\x2e\xff" + (300_000).to_bytes(4, "little") + bytes(300_000)
    with pytest.raises(DecodeError) as caught:
        generated["Lists"].decode(body)
    assert caught.value.code is ErrorCode.BUDGET_EXCEEDED
    assert caught.value.path == "Lists.names"
    assert caught.value.offset == 14 + 262_144
