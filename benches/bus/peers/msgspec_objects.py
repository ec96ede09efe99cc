"""Objects over a channel of bytes: msgspec's MessagePack, by position, encoder and decoder made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from benches.bus.channel import Channel
from benches.codec.contestants import msgspec_msgpack


def over(channel: Channel) -> Channel:
    """The same channel, for quotes."""
    quotes = msgspec_msgpack.quote()
    return replace(
        channel,
        message=quotes.build(),
        send=_encoding(quotes.encode, channel.send),
        receive=_decoding(channel.receive, quotes.decode),
    )


def _encoding(encode: Callable[[Any], bytes], send: Callable[[bytes], object]) -> Callable[[Any], None]:
    def send_object(message: Any) -> None:
        send(encode(message))

    return send_object


def _decoding(receive: Callable[[], bytes], decode: Callable[[bytes], Any]) -> Callable[[], Any]:
    def receive_object() -> Any:
        return decode(receive())

    return receive_object
