"""Columns hold what decoding gives, field by field; and refuse what it refuses, as it does."""

from __future__ import annotations

import gc
import sys
from array import array
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy
import pytest
from column_values import WITH_AND_WITHOUT_NATIVE, each_codec, row_values
from conformance_vectors import body_of, vectors
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st
from plan_values import message_values, tampered

from mycelium import CodecError, Envelope, ErrorCode, native
from mycelium.careful_decoder import decode_carefully
from mycelium.careful_encoder import encode_carefully
from mycelium.codegen.dynamic import load_messages
from mycelium.columns import RowError, decode_columns, scale_of, texts
from mycelium.frames import encode_frame, join_frame
from mycelium.idl.compiler import compile_schemas
from mycelium.message import Message
from mycelium.wire import ELEMENT_BUDGET

__all__ = ["each_codec"]

NAMES = "Scalars Optionals Leaf Texts Maps Sparse Limits Quote Mixed Wide1 Older Newer Empty".split()

thorough = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def assert_equal(
    message: type[Message], columns: Mapping[str, numpy.ndarray], bodies: Sequence[bytes]
) -> None:
    """Compared as text, so that NaNs are equal and -0.0 and 0.0 are not."""
    for row, body in enumerate(bodies):
        assert repr(message(**row_values(message, columns, row))) == repr(decode_carefully(message, body))


@pytest.mark.parametrize("on", WITH_AND_WITHOUT_NATIVE)
@pytest.mark.parametrize("name", NAMES)
@thorough
@given(data=st.data())
def test_columns_hold_what_decoding_gives(
    generated: Mapping[str, type[Message]], name: str, on: bool, data: st.DataObject
) -> None:
    message = generated[name]
    values = data.draw(st.lists(message_values(message), max_size=4))
    bodies = [value.encode() for value in values]
    with native.forced(on):
        assert_equal(message, decode_columns(message, bodies), bodies)
        if message.TYPE_ID is not None:
            envelopes = [data.draw(st.sampled_from([None, Envelope(sequence=7)])) for _ in values]
            frames = b"".join(map(encode_frame, values, envelopes))
            assert_equal(message, message.decode_columns(frames), bodies)


@pytest.mark.parametrize("on", WITH_AND_WITHOUT_NATIVE)
@pytest.mark.parametrize("name", NAMES)
@thorough
@given(data=st.data())
def test_the_first_bad_row_is_told_as_decoding_tells_it(
    generated: Mapping[str, type[Message]], name: str, on: bool, data: st.DataObject
) -> None:
    message = generated[name]
    good = message_values(message).map(encode_carefully)
    bodies = data.draw(st.lists(good | tampered(good), min_size=1, max_size=4))
    refusals = []
    for index, body in enumerate(bodies):
        try:
            decode_carefully(message, body)
        except CodecError as error:
            refusals.append((index, sum(map(len, bodies[:index])), error.code, error.path, error.offset))
    with native.forced(on):
        try:
            columns = decode_columns(message, bodies)
        except RowError as error:
            assert (error.index, error.start, error.code, error.path, error.offset) == refusals[0]
        else:
            assert not refusals
            assert_equal(message, columns, bodies)


@pytest.mark.usefixtures("each_codec")
def test_columns_hold_the_values_of_the_vectors(generated: Mapping[str, type[Message]]) -> None:
    for vector in vectors("conformance.jsonl"):
        message = generated[vector["message"]]
        body = body_of(vector)
        if message.NAME.rpartition(".")[2] not in NAMES:
            continue
        if "error" not in vector:
            assert_equal(message, decode_columns(message, [body]), [body])
        else:
            with pytest.raises(RowError) as caught:
                decode_columns(message, [body])
            assert (caught.value.index, caught.value.code) == (0, vector["error"])


@pytest.mark.usefixtures("each_codec")
def test_frames_that_are_none_are_told_by_index(generated: Mapping[str, type[Message]]) -> None:
    older, newer = generated["Older"], generated["Newer"]
    value = older(x=1, y=2.0, a=3, b="four")
    frame = encode_frame(value)
    other = encode_frame(newer(x=1, y=2.0, a=3, b="four"))
    cases = {
        other: (ErrorCode.UNKNOWN_TYPE, 0),
        frame[:5]: (ErrorCode.TRUNCATED, 0),
        frame[:-1]: (ErrorCode.TRUNCATED, 4),
        frame[:3] + b"\2" + frame[4:]: (ErrorCode.BAD_VERSION, 3),
        frame[:2] + b"\2" + frame[3:]: (ErrorCode.BAD_FLAGS, 2),
        frame[:2] + b"\1" + frame[3:]: (ErrorCode.TRUNCATED, 4),
        frame[:7] + b"\2" + frame[8:]: (ErrorCode.FRAME_TOO_LARGE, 4),
    }
    for bad, expected in cases.items():
        with pytest.raises(RowError) as caught:
            older.decode_columns(frame * 3 + bad)
        error = caught.value
        assert (error.index, error.start, error.path) == (3, 3 * len(frame), "Frame")
        assert (error.code, error.offset) == expected
        assert f"in row 3 (byte {3 * len(frame)})" in str(error)


@pytest.mark.usefixtures("each_codec")
def test_every_kind_of_buffer_is_read_alike(generated: Mapping[str, type[Message]]) -> None:
    older = generated["Older"]
    value = older(x=1, y=2.0, a=3, b="four")
    frames = encode_frame(value) * 3
    for buffer in (bytearray(frames), memoryview(frames), numpy.frombuffer(frames, "u1")):
        assert texts(older.decode_columns(buffer), "b").tolist() == ["four"] * 3
    assert len(older.decode_columns(b"")["x"]) == len(older.decode_columns([])["x"]) == 0


@pytest.mark.usefixtures("each_codec")
@pytest.mark.parametrize("bad", [0, 1, 127, 128, 129, 399])
def test_a_bad_row_among_many_is_told(tmp_path: Path, bad: int) -> None:
    """Rows are judged many at a time; what is told is the first that offends, whatever else does."""
    message = made_of(
        tmp_path,
        "side: u8 in 1..2; at: i64 in -5..5; big: u128 in 1..2; flag: bool; code: ascii[12]; ratio: f32 in 0.0..1.0;"
        " 1 text: string; 2 maybe: u16 in 1..?; 3 texts: list<string>; 4 numbers: list<u32 in 1..>;",
    )
    row = {"side": 1, "at": -5, "big": 2, "flag": True, "code": "abcdefghijkl", "ratio": 0.5}
    row |= {"text": "text", "texts": ("é", ""), "numbers": (1, 2)}
    good = [message(**row, maybe=None if index % 3 else 7).encode() for index in range(400)]
    columns = message.decode_columns(good)
    assert columns["maybe"].tolist() == [0 if index % 3 else 7 for index in range(400)]
    assert columns["texts:items:offsets"].tolist()[-1] == 800
    plain = good[bad]
    at = {name: plain.index(pattern) for name, pattern in PATTERNS.items()}
    changes = [
        (2, b"\3"),
        (3, b"\6"),
        (11, b"\3"),
        (27, b"\2"),
        (at["code"] + 3, b"\x1f"),
        (at["code"] + 3, b"\0"),
    ]
    changes += [
        (at["code"] + 11, b"\x7f"),
        (at["text"], b"\xff"),
        (at["e"], b"ab\xc3"),
        (at["numbers"], b"\0"),
    ]
    for place, written in changes:
        wrong = plain[:place] + written + plain[place + len(written) :]
        with pytest.raises(CodecError) as expected:
            decode_carefully(message, wrong)
        rows = [*good[:bad], wrong, *good[bad + 1 :], wrong]
        with pytest.raises(RowError) as told:
            message.decode_columns(rows)
        assert (told.value.index, told.value.code) == (bad, expected.value.code)
        assert (told.value.path, told.value.offset) == (expected.value.path, expected.value.offset)


PATTERNS = {"code": b"abcdefghijkl", "text": b"text", "e": "é".encode(), "numbers": b"\1\0\0\0\2\0\0\0"}


def made_of(tmp_path: Path, fields: str) -> Any:
    """A class with these fields."""
    (tmp_path / "rows.myc").write_text(f"package rows; message Row = 1200 {{ {fields} }}")
    found = compile_schemas(tmp_path)
    assert found.schema is not None, found.diagnostics
    return load_messages(found.schema)["rows.Row"]


@pytest.mark.usefixtures("each_codec")
def test_texts_are_judged_one_by_one(generated: Mapping[str, type[Message]]) -> None:
    """Two halves of a character are no texts, though they are one where they are joined."""
    message: Any = generated["Texts"]
    value = message(short="a", bounded="bc", long="é", data=b"", blob=b"")
    halves = [value.encode(), value.encode().replace("é".encode(), b"\xa9x"), value.encode()]
    with pytest.raises(RowError) as told:
        message.decode_columns(halves)
    assert (told.value.index, told.value.code) == (1, ErrorCode.BAD_UTF8)


@pytest.mark.usefixtures("each_codec")
def test_bodies_may_be_any_buffers(generated: Mapping[str, type[Message]]) -> None:
    message: Any = generated["Leaf"]
    bodies = [message(name=f"oak {index}").encode() for index in range(6)]
    given = [bodies[0], bytearray(bodies[1]), memoryview(bodies[2]), array("b", bodies[3]), bodies[4]]
    given.append(memoryview(b"x" + bodies[5])[1:])
    for several in (given, tuple(given)):
        found = texts(message.decode_columns(several), "name").tolist()
        assert found == [f"oak {index}" for index in range(6)]
    assert len(message.decode_columns([])["name:offsets"]) == 1
    given[1].append(0)  # type: ignore[attr-defined]
    for wrong in ("oak", None, memoryview(b"o-a-k-")[::2]):
        with pytest.raises(TypeError):
            message.decode_columns([bodies[0], wrong])


@pytest.mark.usefixtures("each_codec")
def test_memory_that_is_used_again_belongs_to_nobody_else(generated: Mapping[str, type[Message]]) -> None:
    message: Any = generated["Leaf"]
    rows = 20_000
    first = message.decode_columns([message(name="oak").encode()] * rows)
    kept = first["name:bytes"]
    del first
    for name in ("elm", "fir", "ash"):
        again = message.decode_columns([message(name=name).encode()] * rows)
        assert again["name:bytes"].tobytes() == name.encode() * rows
        assert kept.tobytes() == b"oak" * rows
        del again


@pytest.mark.usefixtures("each_codec")
def test_texts_are_strings_and_none(generated: Mapping[str, type[Message]]) -> None:
    message = generated["Wide1"]
    values = [message(big=bytes(300), small=1, note=note) for note in ("é", None, "")]
    columns = message.decode_columns([value.encode() for value in values])
    assert texts(columns, "note").tolist() == ["é", None, ""]
    assert columns["note:present"].tolist() == [True, False, True]
    assert columns["note:offsets"].tolist() == [0, 2, 2, 2]


def test_decimals_tell_their_scale(generated: Mapping[str, type[Message]]) -> None:
    columns = generated["Scalars"].decode_columns([])
    assert scale_of(columns["price"].dtype) == 8
    assert scale_of(columns["a"].dtype) is None


def test_what_has_no_columns_says_so(generated: Mapping[str, type[Message]]) -> None:
    with pytest.raises(TypeError, match=r"Events.event has no columns: Event is a union"):
        generated["Events"].decode_columns(b"")
    with pytest.raises(TypeError, match=r"Tree.left has no columns: Tree contains itself"):
        generated["Tree"].decode_columns(b"")
    with pytest.raises(TypeError, match=r"Leaf has no type id"):
        generated["Leaf"].decode_columns(b"")


@pytest.mark.usefixtures("each_codec")
def test_the_budget_of_elements_is_that_of_each_body(generated: Mapping[str, type[Message]]) -> None:
    """One more than it is refused, though the next body starts anew."""
    message = generated["Maps"]
    rest = b"\x16\0\x1e\0\x26\0\x2e\0\x36\0\x3e\0\x46\0"
    entries = b"".join(number.to_bytes(4, "little") + b"\0" for number in range(ELEMENT_BUDGET + 1))
    fits, exceeds = (
        b"\x0e\xff" + len(part).to_bytes(4, "little") + part + rest for part in (entries[:-5], entries)
    )
    assert len(decode_columns(message, [fits, fits])["ints:keys"]) == 2 * ELEMENT_BUDGET
    with pytest.raises(RowError) as caught:
        decode_columns(message, [fits, exceeds])
    assert (caught.value.index, caught.value.code) == (1, ErrorCode.BUDGET_EXCEEDED)


@pytest.mark.usefixtures("each_codec")
def test_a_frame_may_lie_anywhere(generated: Mapping[str, type[Message]]) -> None:
    """Bodies of every length up to the next, so that what follows stands at every alignment."""
    message = generated["Texts"]
    values = [
        message(short="s" * size, bounded="", long="", data=bytes(size), blob=b"b" * (300 - size))
        for size in range(40)
    ]
    frames = b"".join(join_frame(message.TYPE_ID or 0, value.encode()) for value in values)
    columns = message.decode_columns(frames)
    assert_equal(message, columns, [value.encode() for value in values])


@pytest.mark.usefixtures("each_codec")
def test_columns_let_go_of_the_frames_and_arrays_keep_their_memory(
    generated: Mapping[str, type[Message]],
) -> None:
    message = generated["Older"]
    frame = encode_frame(message(x=1, y=2.0, a=3, b="four"))
    frames = bytearray(frame * 3)
    columns = message.decode_columns(frames)
    frames.append(0)  # columns are copies
    with pytest.raises(RowError):
        message.decode_columns(frames)
    frames[:] = bytes(len(frames))
    frames.append(0)
    a = columns.pop("a")
    del columns
    gc.collect()
    assert a.tolist() == [3, 3, 3]


def test_columns_leave_nothing_behind(generated: Mapping[str, type[Message]]) -> None:
    message = generated["Mixed"]
    body = encode_carefully(find(message_values(message), lambda value: True))

    def use() -> None:
        for _ in range(100):
            decode_columns(message, [body, body])
            with pytest.raises(RowError):
                decode_columns(message, [body, body[:-1]])

    use()
    gc.collect()
    before = (len(gc.get_objects()), sys.getrefcount(message), sys.getrefcount(body))
    use()
    gc.collect()
    after = (len(gc.get_objects()), sys.getrefcount(message), sys.getrefcount(body))
    assert abs(after[0] - before[0]) < 50
    assert after[1:] == before[1:]
