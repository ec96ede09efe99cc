"""The codecs agree: whatever a fast path accepts, native or generated, the careful one accepts with the same result."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from plan_values import message_values, tampered

from mycelium import native
from mycelium.careful_decoder import decode_carefully
from mycelium.careful_encoder import encode_carefully
from mycelium.errors import CodecError
from mycelium.json_form import from_json, to_json
from mycelium.message import Message


@pytest.fixture(scope="module", params=[True, False], ids=["native", "pure"], autouse=True)
def fast_path(request: pytest.FixtureRequest) -> Iterator[None]:
    """Everything here, once with the native codec and once without it."""
    with native.forced(request.param):
        yield


NAMES = (
    "Scalars Optionals Leaf Texts Lists Maps Events Tree Sparse Empty Limits Quote Mixed Wide1 Older Newer"
).split()

JUNK: tuple[Any, ...] = (
    *(None, True, 0, -1, 1 << 70, 1.5, float("nan"), "", "x" * 300, "\udc80", "é", b"", b"x" * 300),
    *((), (None,), (1, "a"), [], {}, {"a": None}, {1: 1}, Decimal("1.5"), Decimal("nan"), Decimal(10) ** 30),
)
"""Values that fit few fields."""

thorough = settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def outcome(codec: Callable[..., Any], *arguments: Any) -> Any:
    """What a codec gives, in a form that tells every difference; or its refusal."""
    try:
        result = codec(*arguments)
    except CodecError as error:
        return (error.code, error.path, error.offset)
    return result if isinstance(result, bytes) else repr(result)


@pytest.mark.parametrize("name", NAMES)
@thorough
@given(data=st.data())
def test_values_are_written_alike_and_read_back(
    generated: Mapping[str, type[Message]], name: str, data: st.DataObject
) -> None:
    message = generated[name]
    value = data.draw(message_values(message))
    body = encode_carefully(value)
    assert value.encode() == body
    decoded = message.decode(body)
    assert repr(decoded) == repr(decode_carefully(message, body))
    assert decoded.encode() == body
    assert decoded == value or "nan" in repr(value)
    assert from_json(message, to_json(value)).encode() == body


@pytest.mark.parametrize("name", NAMES)
@thorough
@given(data=st.data())
def test_tampered_bytes_are_read_or_refused_alike(
    generated: Mapping[str, type[Message]], name: str, data: st.DataObject
) -> None:
    message = generated[name]
    body = data.draw(tampered(message_values(message).map(encode_carefully)))
    assert outcome(message.decode, body) == outcome(decode_carefully, message, body)


@pytest.mark.parametrize("name", NAMES)
@thorough
@given(data=st.data())
def test_what_only_the_fast_path_reads_is_right_too(
    generated: Mapping[str, type[Message]], name: str, data: st.DataObject
) -> None:
    """Called by itself, without the careful path behind it to hide a mistake."""
    message = generated[name]
    body = data.draw(tampered(message_values(message).map(encode_carefully)))
    try:
        value = message.__read__(body, 0, len(body), 1)
    except Exception:
        return
    assert repr(value) == outcome(decode_carefully, message, body)


@pytest.mark.parametrize("name", [name for name in NAMES if name != "Empty"])
@thorough
@given(data=st.data())
def test_unfit_values_are_written_or_refused_alike(
    generated: Mapping[str, type[Message]], name: str, data: st.DataObject
) -> None:
    message = generated[name]
    value = data.draw(message_values(message))
    field = data.draw(st.sampled_from([field.attribute for field in message.__plan__.fields]))
    unfit = msgspec.structs.replace(value, **{field: data.draw(st.sampled_from(JUNK))})
    assert outcome(unfit.encode) == outcome(encode_carefully, unfit)


@pytest.mark.parametrize("name", NAMES)
def test_what_a_newer_writer_appended_is_passed_over(
    generated: Mapping[str, type[Message]], name: str
) -> None:
    """By the fast path too, and checked there as the careful one does."""
    message = generated[name]
    tags = [field.tag for field in message.__plan__.tagged]
    if tags and tags[-1] > 65_000:
        return
    tag = max([1000, *(tag + 1 for tag in tags)]).to_bytes(2, "little")
    body = find(message_values(message), lambda value: True).encode()
    later = (1 + int.from_bytes(tag, "little")).to_bytes(2, "little")
    appended = b"\xfa" + tag + bytes(4) + b"\xfe" + later + b"\xfe\xfe\x00" + bytes(254)
    value = message.__read__(body + appended, 0, len(body + appended), 1)
    assert repr(value) == outcome(decode_carefully, message, body + appended)
    for end in range(1, len(appended)):
        part = body + appended[:end]
        assert outcome(message.decode, part) == outcome(decode_carefully, message, part)
    for wrong in (
        b"\xff" + tag,
        b"\xfa\x00\x00" + bytes(4),
        appended + appended,
        b"\xfe" + tag + b"\xfe\x01\x00\x00",
    ):
        assert outcome(message.decode, body + wrong) == outcome(decode_carefully, message, body + wrong)
