"""Frames, whole and in streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from conformance_vectors import vectors
from hypothesis import given, settings
from hypothesis import strategies as st

from mycelium import (
    DecodeError,
    EncodeError,
    Envelope,
    ErrorCode,
    Frame,
    FrameError,
    FrameReader,
    decode_frame,
    encode_frame,
    parse_frame,
)
from mycelium.frames import ENVELOPE_SIZE, HEADER_SIZE
from mycelium.message import Message

Messages = Mapping[str, type[Message]]


def registry(messages: Messages) -> dict[int, type[Message]]:
    return {message.TYPE_ID: message for message in messages.values() if message.TYPE_ID is not None}


def envelope_of(form: Mapping[str, Any]) -> Envelope:
    ids = {name: bytes.fromhex(form[name]) for name in ("trace_id", "span_id")}
    return Envelope(**{**form, **ids})


def test_vectors(messages: Messages) -> None:
    known = registry(messages)
    for vector in vectors("frames.jsonl"):
        data = bytes.fromhex(vector["frame"])
        if "error" in vector:
            with pytest.raises((FrameError, DecodeError)) as caught:
                decode_frame(data, known)
            assert caught.value.code == vector["error"], vector
            continue
        envelope = envelope_of(vector["envelope"]) if "envelope" in vector else None
        assert parse_frame(data) == Frame(vector["type"], envelope, bytes.fromhex(vector["body"]))
        decoded = decode_frame(data, known)
        assert decoded.envelope == envelope
        assert encode_frame(decoded.message, envelope) == data


def test_places_of_offences(messages: Messages) -> None:
    for vector in vectors("frame_offences.jsonl"):
        with pytest.raises((FrameError, DecodeError)) as caught:
            decode_frame(bytes.fromhex(vector["frame"]), registry(messages))
        found = (caught.value.code, caught.value.offset, caught.value.path)
        assert found == (vector["error"], vector["offset"], vector["path"]), vector


def test_the_body_starts_on_a_cache_line() -> None:
    assert HEADER_SIZE + ENVELOPE_SIZE == 64


def test_a_frame_beyond_the_limit_is_not_written(generated: Messages) -> None:
    message = generated["Leaf"](name="x")
    with pytest.raises(EncodeError) as caught:
        encode_frame(message)
    assert caught.value.code is ErrorCode.ENCODE_TYPE
    empty = generated["Empty"]()
    assert len(encode_frame(empty, Envelope(), limit=56)) == 64
    with pytest.raises(EncodeError) as caught:
        encode_frame(empty, Envelope(), limit=55)
    assert caught.value.code is ErrorCode.FRAME_TOO_LARGE


@pytest.mark.parametrize(
    ("envelope", "code", "path"),
    [
        (Envelope(trace_id=b""), ErrorCode.BAD_LENGTH, "Envelope.trace_id"),
        (Envelope(span_id="12345678"), ErrorCode.ENCODE_TYPE, "Envelope.span_id"),  # type: ignore[arg-type]
        (Envelope(sequence=-1), ErrorCode.ENCODE_RANGE, "Envelope"),
        (Envelope(source=1 << 32), ErrorCode.ENCODE_RANGE, "Envelope"),
    ],
)
def test_an_envelope_that_does_not_fit(
    generated: Messages, envelope: Envelope, code: ErrorCode, path: str
) -> None:
    with pytest.raises(EncodeError) as caught:
        encode_frame(generated["Empty"](), envelope)
    assert (caught.value.code, caught.value.path) == (code, path)


@settings(max_examples=50, deadline=None)
@given(
    bodies=st.lists(st.tuples(st.binary(max_size=40), st.booleans()), max_size=8),
    cuts=st.lists(st.integers(0, 600)),
)
def test_a_stream_gives_the_frames_however_it_is_cut(
    bodies: list[tuple[bytes, bool]], cuts: list[int]
) -> None:
    from mycelium.frames import join_frame

    expected = [Frame(1000, Envelope(sequence=1) if has else None, body) for body, has in bodies]
    stream = b"".join(join_frame(frame.type_id, frame.body, frame.envelope) for frame in expected)
    reader = FrameReader()
    found: list[Frame] = []
    places = sorted({min(cut, len(stream)) for cut in cuts} | {0, len(stream)})
    for start, stop in zip(places, places[1:], strict=False):
        found += reader.feed(stream[start:stop])
    assert found == expected
    reader.finish()
    assert reader.pending_size == 0


def test_a_reader_refuses_a_large_frame_at_its_header() -> None:
    reader = FrameReader(limit=100)
    with pytest.raises(FrameError) as caught:
        reader.feed(bytes.fromhex("e803000165000000"))
    assert caught.value.code is ErrorCode.FRAME_TOO_LARGE
    with pytest.raises(FrameError):
        reader.feed(b"")


def test_a_reader_passes_over_an_unknown_type() -> None:
    known, unknown = (bytes.fromhex(f"{type_id}000101000000ff") for type_id in ("e803", "e903"))
    reader = FrameReader({1000})
    assert [frame.type_id for frame in reader.feed(known + unknown + known)] == [1000]
    with pytest.raises(FrameError) as caught:
        reader.feed(b"")
    assert caught.value.code is ErrorCode.UNKNOWN_TYPE
    assert [frame.type_id for frame in reader.feed(b"")] == [1000]
    reader.finish()


def test_a_reader_gives_what_came_before_an_offence() -> None:
    reader = FrameReader(known_types={1000})
    assert reader.feed(bytes.fromhex("e803000100000000" "e903000100000000")) == [Frame(1000, None, b"")]
    with pytest.raises(FrameError) as caught:
        reader.feed(b"")
    assert caught.value.code is ErrorCode.UNKNOWN_TYPE


@pytest.mark.parametrize("end", [1, 7, 8, 10])
def test_a_stream_that_ends_within_a_frame_is_truncated(end: int) -> None:
    reader = FrameReader()
    reader.feed(bytes.fromhex("e80300010400000001020304")[:end])
    with pytest.raises(FrameError) as caught:
        reader.finish()
    assert caught.value.code is ErrorCode.TRUNCATED
