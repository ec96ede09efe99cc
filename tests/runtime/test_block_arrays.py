"""Structured arrays over frames: without a copy where rows are alike, checked wherever they come from."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy
import pytest
from column_values import WITH_AND_WITHOUT_NATIVE, each_codec, fixed_value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_values import message_values, tampered

from mycelium import CodecError, Envelope, ErrorCode, native, plan
from mycelium.careful_decoder import decode_carefully
from mycelium.careful_encoder import encode_carefully
from mycelium.codegen.dynamic import load_messages
from mycelium.columns import RowError, block_dtype, scale_of, to_numpy
from mycelium.frames import encode_frame, join_frame
from mycelium.idl.compiler import compile_schemas
from mycelium.message import Message
from mycelium.wire import length_prefix

__all__ = ["each_codec"]

SCHEMA = """
package ticks;

enum Venue: u32 { HERE = 1; }
closed enum Side: u8 { BUY = 1; SELL = 2; }
closed enum Far: u64 { NEAR = 1; FAR = 18446744073709551615; }
struct Leg { side: Side; ok: bool; code: ascii[3]; }

/// Every fixed-size type, limits and defaults, and nothing but a block.
message Tick = 2000 {
    symbol: ascii[9]; short: ascii[8]; long: ascii[21]; at: timestamp; took: duration; price: decimal<4>;
    id: uuid; venue: Venue; side: Side; far: Far; flag: bool; raw: bytes[5];
    u: u128; w: u256; i: i128; f: f32; d: f64; legs: Leg[2]; flags: bool[3]; grid: u16[2][3];
    level: u8 in 1..9; low: i16 in -5..; part: f32 in ..0.5; ratio: f64 in 0.0..1.0; paid: decimal<2> in 0.01..99.99;
    after: timestamp in 5..; wide: u128 in 7..; huge: u256 in ..100; deep: i128 in -9..9;
    late: u32 = 7; closing: Side = SELL;
}
message Flat = 2001 { a: u8; b: u16 = 9; }
"""

thorough = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


@pytest.fixture(scope="module")
def ticks(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, type[Message]]:
    folder = tmp_path_factory.mktemp("ticks")
    (folder / "ticks.myc").write_text(SCHEMA)
    compilation = compile_schemas(folder)
    assert compilation.schema is not None, compilation.diagnostics
    return {name.rpartition(".")[2]: message for name, message in load_messages(compilation.schema).items()}


def assert_equal(array: Any, message: type[Message], bodies: list[bytes]) -> None:
    assert len(array) == len(bodies)
    for row, body in zip(array, bodies, strict=True):
        fields = {
            field.attribute: fixed_value(field.type, row[field.attribute]) for field in message.__plan__.block
        }
        assert repr(message(**fields)) == repr(decode_carefully(message, body))


@pytest.mark.parametrize("on", WITH_AND_WITHOUT_NATIVE)
@thorough
@given(data=st.data())
def test_rows_hold_what_decoding_gives(
    ticks: Mapping[str, type[Message]], on: bool, data: st.DataObject
) -> None:
    message = ticks["Tick"]
    values = data.draw(st.lists(message_values(message), max_size=3))
    bodies = [value.encode() for value in values]
    envelopes = data.draw(st.lists(st.sampled_from([None, Envelope()]), min_size=3, max_size=3))
    with native.forced(on):
        assert_equal(to_numpy(message, bodies), message, bodies)
        assert_equal(message.to_numpy(b"".join(map(encode_frame, values))), message, bodies)
        assert_equal(message.to_numpy(b"".join(map(encode_frame, values, envelopes))), message, bodies)


@pytest.mark.parametrize("on", WITH_AND_WITHOUT_NATIVE)
@thorough
@given(data=st.data())
def test_the_first_bad_row_is_told_as_decoding_tells_it(
    ticks: Mapping[str, type[Message]], on: bool, data: st.DataObject
) -> None:
    message = ticks["Tick"]
    good = message_values(message).map(encode_carefully)
    flipped = st.builds(
        lambda body, at, byte: body[: at % len(body)] + bytes((byte,)) + body[at % len(body) + 1 :],
        good,
        st.integers(0, 1 << 20),
        st.integers(0, 255),
    )  # as long as the others, so that only the checks of values find it
    bodies = data.draw(st.lists(good | flipped | tampered(good), min_size=1, max_size=3))
    refusals = []
    for index, body in enumerate(bodies):
        try:
            decode_carefully(message, body)
        except CodecError as error:
            refusals.append((index, error.code, error.path, error.offset))
    frames = b"".join(join_frame(2000, body) for body in bodies)
    with native.forced(on):
        for given_ in (bodies, frames):
            try:
                array = to_numpy(message, given_)
            except RowError as error:
                assert (error.index, error.code, error.path, error.offset) == refusals[0]
            else:
                assert not refusals
                assert_equal(array, message, bodies)


@pytest.mark.usefixtures("each_codec")
@pytest.mark.parametrize(
    ("attribute", "wrong", "code"),
    [
        ("symbol", b"a\0b\0\0\0\0\0\0", "BAD_ASCII"),
        ("symbol", b"12345678\x7f", "BAD_ASCII"),
        ("symbol", b"\0\0\0\0\0\0\0\0x", "BAD_ASCII"),
        ("short", b"1234567\x1f", "BAD_ASCII"),
        ("short", b"\x80       ", "BAD_ASCII"),
        ("long", b"12345678\0" + b"9" + bytes(11), "BAD_ASCII"),
        ("flag", b"\2", "BAD_BOOL"),
        ("flags", b"\0\1\2", "BAD_BOOL"),
        ("side", b"\3", "BAD_ENUM"),
        ("far", (1 << 63).to_bytes(8, "little"), "BAD_ENUM"),
        ("level", b"\0", "OUT_OF_RANGE"),
        ("level", b"\x0a", "OUT_OF_RANGE"),
        ("low", b"\xfa\xff", "OUT_OF_RANGE"),
        ("part", b"\0\0\xc0\x7f", "OUT_OF_RANGE"),
        ("part", b"\1\0\0\x3f", "OUT_OF_RANGE"),
        ("ratio", b"\1\0\0\0\0\0\xf0\x3f", "OUT_OF_RANGE"),
        ("paid", bytes(8), "OUT_OF_RANGE"),
        ("after", (4).to_bytes(8, "little"), "OUT_OF_RANGE"),
        ("after", b"\xff" * 8, "OUT_OF_RANGE"),
        ("wide", (6).to_bytes(16, "little"), "OUT_OF_RANGE"),
        ("huge", (101).to_bytes(32, "little"), "OUT_OF_RANGE"),
        ("deep", (-10).to_bytes(16, "little", signed=True), "OUT_OF_RANGE"),
        ("legs", b"\1\1abc\1\2abc", "BAD_BOOL"),
    ],
)
def test_each_rule_for_values_is_kept(
    ticks: Mapping[str, type[Message]], attribute: str, wrong: bytes, code: str
) -> None:
    message = ticks["Tick"]
    field = next(field for field in message.__plan__.block if field.attribute == attribute)
    body = _legal(message)
    start = 4 + field.offset  # after the header, and a length of three bytes
    bad = body[:start] + wrong + body[start + len(wrong) :]
    assert len(bad) == len(body)
    with pytest.raises(RowError) as caught:
        to_numpy(message, [body, body, bad, body])
    error = caught.value
    assert (error.index, error.start, error.code) == (2, 2 * len(body), code)
    assert error.path.startswith(f"Tick.{attribute}")


def _legal(message: type[Message]) -> bytes:
    """A body whose block takes a length of three bytes, its values the smallest that are legal."""
    template = bytearray(message.__plan__.block_size)
    legal = {
        "side": 1, "far": 1, "level": 1, "paid": 1, "after": 5, "wide": 7, "late": 7, "closing": 2
    }  # fmt: skip
    for field in message.__plan__.block:
        size = plan.fixed_size(field.type) or 0
        if field.attribute in legal:
            template[field.offset : field.offset + size] = legal[field.attribute].to_bytes(size, "little")
        if field.attribute == "legs":
            template[field.offset], template[field.offset + 5] = 1, 2
    body = b"\6" + length_prefix(len(template)) + bytes(template)
    decode_carefully(message, body)
    return body


@pytest.mark.usefixtures("each_codec")
@pytest.mark.parametrize("envelope", [None, Envelope(sequence=3)])
def test_nothing_is_copied_where_rows_are_alike(
    generated: Mapping[str, type[Message]], envelope: Envelope | None
) -> None:
    message = generated["Quote"]
    value = message(symbol="S", ts=1, bid=1.5, ask=2.0, bid_size=3, ask_size=4, sequence=5, side=1)
    frame = encode_frame(value, envelope)
    frames = bytearray(frame * 5)
    array = message.to_numpy(frames)
    assert numpy.shares_memory(array, numpy.frombuffer(frames, "u1"))
    assert array.strides == (len(frame),) and not array.flags.writeable
    assert array["bid"].tolist() == [1.5] * 5 and array["symbol"].tolist() == [b"S"] * 5
    assert array["ts"].dtype == "datetime64[ns]"
    with pytest.raises(BufferError):
        frames.append(0)
    del array
    frames.append(0)


@pytest.mark.usefixtures("each_codec")
def test_older_and_newer_blocks(ticks: Mapping[str, type[Message]]) -> None:
    """A longer one is read where it is, a shorter one filled up, a missing one of required fields refused."""
    message = ticks["Flat"]
    whole, newer, older = b"\6\3\1\2\0", b"\6\5\1\2\0\xff\xff", b"\6\1\1"
    later = whole + b"\x08\xff"
    array = to_numpy(message, b"".join(join_frame(2001, newer) for _ in range(3)))
    assert array.tolist() == [(1, 2)] * 3 and array.strides == (15,)
    assert to_numpy(message, [whole, newer, older, later]).tolist() == [(1, 2), (1, 2), (1, 9), (1, 2)]
    assert to_numpy(message, [later, later]).tolist() == [(1, 2)] * 2
    assert to_numpy(message, [older, older]).dtype == block_dtype(message.__plan__)
    for bad in (b"", b"\6\0", b"\6\2\1\2", b"\7\3\1\2\0", b"\6\3\1\2", b"\6\xfe\3\0\1\2\0"):
        with pytest.raises(RowError):
            to_numpy(message, [bad])


@pytest.mark.usefixtures("each_codec")
def test_rows_of_one_length_that_differ(ticks: Mapping[str, type[Message]]) -> None:
    """Frames of another type, and headers of another shape, hide behind a constant distance."""
    message = ticks["Flat"]
    first = join_frame(2001, b"\6\3\1\2\0")
    with pytest.raises(RowError) as caught:
        message.to_numpy(first + first + join_frame(2000, b"\6\3\1\2\0"))
    assert (caught.value.index, caught.value.code) == (2, ErrorCode.UNKNOWN_TYPE)
    longer, unknown = b"\6\4\1\2\0\0", b"\6\1\1\x08\0"
    array = to_numpy(message, [b"\6\3\1\2\0" + b"\x08"[:0], unknown])
    assert array.tolist() == [(1, 2), (1, 9)]
    assert to_numpy(message, [longer, b"\6\2\1\2"[:2] + b"\1\2\0\0"][:1]).tolist() == [(1, 2)]
    assert message.to_numpy(b"").tolist() == to_numpy(message, []).tolist() == []
    assert to_numpy(message, []).dtype.names == ("a", "b")


def test_decimals_tell_their_scale_and_other_messages_are_refused(
    ticks: Mapping[str, type[Message]], generated: Mapping[str, type[Message]]
) -> None:
    dtype: Any = block_dtype(ticks["Tick"].__plan__)
    assert (scale_of(dtype["price"]), scale_of(dtype["paid"]), scale_of(dtype["late"])) == (4, 2, None)
    with pytest.raises(TypeError, match=r"in Older a is a tagged field: decode_columns takes any"):
        generated["Older"].to_numpy(b"")
    with pytest.raises(TypeError, match=r"in Empty there are no fields"):
        generated["Empty"].to_numpy(b"")


def test_without_numpy_messages_work_and_columns_say_what_is_needed(tmp_path: Path) -> None:
    program = """
import sys
import mycelium
from mycelium.control import Heartbeat
assert not {"numpy", "pyarrow"} & set(sys.modules)
body = Heartbeat(time=1, watermark=2).encode()
assert Heartbeat.view(body).time == 1
sys.modules["pyarrow"] = None
try:
    Heartbeat.to_arrow([body])
except ImportError as error:
    assert str(error) == "to_arrow needs pyarrow: pip install 'mycelium-bus[arrow]'", error
else:
    raise AssertionError
for name in [name for name in sys.modules if name.startswith(("numpy", "mycelium.columns"))]:
    del sys.modules[name]
sys.modules["numpy"] = None
for read in (Heartbeat.to_numpy, Heartbeat.decode_columns, Heartbeat.to_arrow):
    try:
        read([body])
    except ImportError as error:
        assert str(error) == "columns need numpy: pip install 'mycelium-bus[columns]'", error
    else:
        raise AssertionError
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=tmp_path)
