"""How far the native codec goes by itself: it takes every legal input, and hands over what is not one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from conformance_vectors import body_of, longest_body, vectors
from hypothesis import given, settings
from hypothesis import strategies as st
from plan_values import message_values, tampered

from mycelium import native
from mycelium.careful_decoder import decode_carefully
from mycelium.careful_encoder import encode_carefully
from mycelium.errors import DecodeError
from mycelium.message import Message

Messages = Mapping[str, type[Message]]
NAMES = (
    "Scalars Optionals Texts Lists Maps Events Tree Sparse Empty Limits Quote Mixed Wide1 Older Newer".split()
)
ACCEPTED = [vector for vector in vectors("conformance.jsonl") if "error" not in vector]


class HandedOver(Exception):
    """The native codec met what it takes for a surprise."""


def hand_over(*arguments: Any) -> Any:
    raise HandedOver


@pytest.fixture(autouse=True, scope="module")
def native_codec() -> Iterator[None]:
    with native.forced(True):
        yield


def alone(message: type[Message]) -> Any:
    """A codec of the class with nothing behind it."""
    codec = native.make_codec(message, hand_over, hand_over, hand_over, hand_over, hand_over)
    assert codec is not None
    return codec


def test_every_accepted_vector_is_read_and_written_by_it_alone(generated: Messages) -> None:
    """Those of older and newer writers, too: short blocks, long blocks, unknown fields, absent defaults."""
    for vector in ACCEPTED:
        message, body = generated[vector["message"]], body_of(vector)
        value = alone(message).decode(body)
        assert repr(value) == repr(decode_carefully(message, body))
        try:
            written = encode_carefully(value)
        except Exception:
            continue  # one that an encoder refuses: a tree as deep as can be, whose default lies one deeper
        assert alone(message).encode(value) == written


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_every_value_is_written_and_read_by_it_alone(
    generated: Messages, name: str, data: st.DataObject
) -> None:
    message = generated[name]
    value = data.draw(message_values(message))
    body = alone(message).encode(value)
    assert body == encode_carefully(value)
    assert repr(alone(message).decode(body)) == repr(decode_carefully(message, body))


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=20, deadline=None)
@given(data=st.data())
def test_it_hands_over_exactly_what_the_careful_codec_refuses(
    generated: Messages, name: str, data: st.DataObject
) -> None:
    message = generated[name]
    body = data.draw(tampered(message_values(message).map(encode_carefully)))
    try:
        wanted = repr(decode_carefully(message, body))
    except DecodeError:
        with pytest.raises(HandedOver):
            alone(message).decode(body)
    else:
        assert repr(alone(message).decode(body)) == wanted


def test_lists_may_stand_for_tuples_and_integers_for_floats_and_decimals(generated: Messages) -> None:
    lists = generated["Lists"]
    body = longest_body("Lists")
    value: Any = lists.decode(body)
    fields = {name: getattr(value, name) for name in value.__struct_fields__}
    loose = lists(**{name: list(each) if isinstance(each, tuple) else each for name, each in fields.items()})
    assert alone(lists).encode(loose) == body


def test_a_panic_is_no_way_out(generated: Messages) -> None:
    """Whatever bytes come, each message answers with a value or hands over."""
    for message in generated.values():
        codec = alone(message)
        for size in range(40):
            for filling in (0x00, 0x06, 0x0E, 0x16, 0xFE, 0xFF):
                try:
                    codec.decode(bytes([filling]) * size)
                except HandedOver:
                    continue
