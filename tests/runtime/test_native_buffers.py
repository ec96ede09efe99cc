"""What is decoded from, and encoded into: any contiguous memory, natively and in pure Python alike."""

from __future__ import annotations

import array
import gc
import mmap
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import find
from plan_values import message_values

from mycelium import DecodeError, EncodeError, native
from mycelium.message import Message

Messages = Mapping[str, type[Message]]


@pytest.fixture(autouse=True, scope="module", params=[True, False], ids=["native", "pure"])
def codec(request: pytest.FixtureRequest) -> Iterator[None]:
    with native.forced(request.param):
        yield


@pytest.fixture(scope="module")
def quote(generated: Messages) -> Any:
    return find(message_values(generated["Quote"]), lambda value: True)


def mapped(body: bytes, folder: Path) -> mmap.mmap:
    file = folder / "body"
    file.write_bytes(body)
    with file.open("rb") as opened:
        return mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ)


def test_any_contiguous_memory_is_read(generated: Messages, tmp_path: Path) -> None:
    for name in ("Quote", "Scalars", "Lists"):
        message = generated[name]
        value = find(message_values(message), lambda value: True)
        body = value.encode()
        padded = body + bytes(-len(body) % 4)
        buffers: list[Any] = [bytearray(body), memoryview(body), memoryview(b"ab" + body + b"c")[2:-1]]
        buffers.append(mapped(body, tmp_path))
        buffers.append(memoryview(padded).cast("I")[: len(body) // 4] if len(body) % 4 == 0 else body)
        buffers.append(array.array("B", body))
        for buffer in buffers:
            assert message.decode(buffer) == value


def test_what_is_no_contiguous_memory_is_a_type_error(generated: Messages) -> None:
    for wrong in ("text", 5, None, [1, 2], memoryview(bytes(20))[::2]):
        with pytest.raises(TypeError):
            generated["Quote"].decode(wrong)  # type: ignore[arg-type]


def test_the_memory_is_let_go_of(generated: Messages, quote: Any) -> None:
    """After a value, and after a refusal, the buffer can be resized again."""
    buffer = bytearray(quote.encode())
    type(quote).decode(buffer)
    buffer += b"\xff"
    with pytest.raises(DecodeError):
        type(quote).decode(buffer)
    buffer += b"more"


def test_a_message_is_written_where_it_is_told_to(quote: Any) -> None:
    body = quote.encode()
    buffer = bytearray(b"." * (len(body) + 9))
    assert quote.encode_into(buffer) == len(body)
    assert buffer == body + b"." * 9
    assert quote.encode_into(buffer, 9) == len(body)
    assert quote.encode_into(buffer, offset=9) == len(body)
    assert quote.encode_into(offset=9, buffer=memoryview(buffer)) == len(body)
    assert buffer == body[:9] + body
    numbers = array.array("I", bytes(4 * len(body)))
    assert quote.encode_into(memoryview(numbers)) == len(body)  # type: ignore[arg-type]
    assert numbers.tobytes().startswith(body)


def test_messages_with_variable_fields_are_written_in_place_too(generated: Messages) -> None:
    for name in ("Lists", "Maps", "Tree", "Empty"):
        value = find(message_values(generated[name]), lambda value: True)
        buffer = bytearray(len(value.encode()) + 1)
        assert value.encode_into(buffer, 1) == len(buffer) - 1
        assert buffer[1:] == value.encode()


@pytest.mark.parametrize(
    ("buffer", "offset", "error", "words"),
    [
        (lambda size: bytearray(size - 1), 0, ValueError, "the message takes .* bytes, and the buffer has"),
        (lambda size: bytearray(size), 1, ValueError, "after offset 1"),
        (lambda size: bytearray(size), 10**6, ValueError, "the buffer has 0 after offset 1000000"),
        (lambda size: bytearray(size), -1, ValueError, "the offset is -1"),
        (lambda size: bytearray(size), 10**30, ValueError, "after offset"),
        (lambda size: bytes(size), 0, TypeError, "writable"),
        (lambda size: memoryview(bytearray(2 * size))[::2], 0, TypeError, "contiguous"),
        (lambda size: "text", 0, TypeError, "bytes-like"),
    ],
)
def test_a_buffer_that_will_not_do_is_refused_and_left_alone(
    quote: Any, buffer: Callable[[int], Any], offset: int, error: type[Exception], words: str
) -> None:
    given = buffer(len(quote.encode()))
    before = bytes(given) if not isinstance(given, str) else b""
    with pytest.raises(error, match=words):
        quote.encode_into(given, offset)
    assert isinstance(given, str) or bytes(given) == before


def test_a_value_that_does_not_fit_is_refused_before_the_buffer_is_touched(generated: Messages) -> None:
    message: Any = generated["Leaf"]
    buffer = bytearray(100)
    with pytest.raises(EncodeError) as caught:
        message(name="x" * 41).encode_into(buffer)
    assert (caught.value.code, buffer) == ("BOUND_EXCEEDED", bytearray(100))
    buffer += b"resized"  # so nothing holds it
    gc.collect()


def test_too_many_and_too_few_arguments_are_type_errors(quote: Any) -> None:
    for arguments in ((), (bytearray(99), 0, 0)):
        with pytest.raises(TypeError):
            quote.encode_into(*arguments)
    with pytest.raises(TypeError):
        quote.encode(1)
    with pytest.raises(TypeError):
        type(quote).decode()
