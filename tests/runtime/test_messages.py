"""What instances of generated classes can do besides being encoded."""

from __future__ import annotations

import copy
import pickle
from types import ModuleType
from typing import Any

import msgspec
import pytest

from mycelium import EncodeError, ErrorCode
from mycelium.message import REDACTED


def quote(conformance: ModuleType, **changes: Any) -> Any:
    values: dict[str, Any] = {
        "symbol": "ACME",
        "ts": 1,
        "bid": 1.5,
        "ask": 2.5,
        "bid_size": 3,
        "ask_size": 4,
        "sequence": 5,
        "side": conformance.Open.ONE,
    }
    return conformance.Quote(**{**values, **changes})


def test_messages_are_equal_and_hash_by_value(conformance: ModuleType) -> None:
    assert quote(conformance) == quote(conformance)
    assert quote(conformance) != quote(conformance, ts=2)
    assert len({quote(conformance), quote(conformance), quote(conformance, ts=2)}) == 2
    assert conformance.EventNumber(1) != conformance.EventFar(True)
    assert conformance.Point(1.0, 2.0) == conformance.Point(1.0, 2.0)


def test_a_message_with_a_map_does_not_hash(conformance: ModuleType) -> None:
    with pytest.raises(TypeError, match="dict"):
        hash(conformance.Optionals(h={1: True}))


def test_messages_are_immutable_and_keyword_only(conformance: ModuleType) -> None:
    with pytest.raises(AttributeError):
        quote(conformance).ts = 2
    with pytest.raises(TypeError):
        conformance.Leaf("name")
    with pytest.raises(TypeError, match="name"):
        conformance.Leaf()


def test_messages_are_copied_pickled_and_changed(conformance: ModuleType) -> None:
    event = conformance.EventUnknown(99, 0, b"\1")
    for value in (quote(conformance), conformance.Optionals(c=conformance.Point(1.0, 2.0)), event):
        assert copy.copy(value) == copy.deepcopy(value) == pickle.loads(pickle.dumps(value)) == value
    assert msgspec.structs.replace(quote(conformance), ts=9).ts == 9


def test_what_is_left_out_takes_its_default(conformance: ModuleType) -> None:
    message = conformance.Optionals()
    assert (message.a, message.j, message.k, message.m) == (None, "none", conformance.Open.TWO, ())


def test_an_encode_error_names_the_field(conformance: ModuleType) -> None:
    with pytest.raises(EncodeError) as caught:
        quote(conformance, bid_size=True).encode()
    assert (caught.value.code, caught.value.path) == (ErrorCode.ENCODE_TYPE, "Quote.bid_size")
    assert str(caught.value) == "ENCODE_TYPE at Quote.bid_size: an int is needed, not bool"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("bid", 1, None),
        ("bid", True, "ENCODE_TYPE"),
        ("bid", "1", "ENCODE_TYPE"),
        ("bid", 10**400, "ENCODE_RANGE"),
        ("side", 2, None),
        ("side", 255, None),
        ("side", 256, "ENCODE_RANGE"),
        ("side", "ONE", "ENCODE_TYPE"),
        ("side", True, "ENCODE_TYPE"),
        ("symbol", b"ACME", "ENCODE_TYPE"),
        ("symbol", "ACME\0", "BAD_ASCII"),
        ("symbol", None, "ENCODE_TYPE"),
    ],
)
def test_what_fields_accept(conformance: ModuleType, field: str, value: object, code: str | None) -> None:
    message = quote(conformance, **{field: value})
    if code is None:
        assert getattr(conformance.Quote.decode(message.encode()), field) == value
    else:
        with pytest.raises(EncodeError) as caught:
            message.encode()
        assert (caught.value.code, caught.value.path) == (code, f"Quote.{field}")


def test_nothing_but_bytes_is_decoded(conformance: ModuleType) -> None:
    for wrong in ("", None, 1, [1]):
        with pytest.raises(TypeError):
            conformance.Quote.decode(wrong)
        with pytest.raises(TypeError):
            conformance.Leaf.decode(wrong)


def test_items_of_a_wider_buffer_are_taken_as_bytes(conformance: ModuleType) -> None:
    body = conformance.Leaf(name="abcde").encode()
    assert len(body) % 4 == 0
    assert conformance.Leaf.decode(memoryview(body).cast("I")).name == "abcde"
    with pytest.raises(TypeError, match="contiguous"):
        conformance.Leaf.decode(memoryview(body * 2)[::2])


def test_constants_describe_the_message(conformance: ModuleType) -> None:
    assert conformance.Quote.TYPE_ID == 1012
    assert conformance.Leaf.TYPE_ID is None
    assert conformance.Quote.NAME == "conformance.Quote"
    assert conformance.Quote.TOPIC is None
    assert conformance.SMALL == 4
    assert 0 < conformance.Quote.WIRE_DIGEST < 1 << 64


def test_msgspec_can_still_use_the_classes(conformance: ModuleType) -> None:
    """They are ordinary msgspec structs: everything msgspec does with annotations works."""
    text = msgspec.json.encode(quote(conformance))
    assert msgspec.json.decode(text, type=conformance.Quote) == quote(conformance)


def test_redacted_is_what_the_documentation_says() -> None:
    assert REDACTED == "<redacted>"
