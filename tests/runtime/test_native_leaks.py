"""A million messages leave nothing behind: no memory, no objects, no references."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
from conformance_vectors import longest_body

from mycelium import DecodeError, EncodeError, native, views
from mycelium.errors import RowError
from mycelium.frames import encode_frame
from mycelium.message import Message

Messages = Mapping[str, type[Message]]

PAGES_ALLOWED = 1024
"""What a process may grow by for reasons of its own, in pages of 4 KiB: a leak of 8 bytes a message shows."""


@pytest.fixture(autouse=True, scope="module")
def native_codec() -> Iterator[None]:
    with native.forced(True):
        yield


def resident_pages() -> int:
    """Pages of memory that this process occupies."""
    return int(Path("/proc/self/statm").read_text().split()[1])


def growth(work: Callable[[int], None], count: int) -> tuple[int, int, int]:
    """Pages, tracked objects and references to None more after ``count`` rounds than after a tenth of them."""
    work(count // 10)
    gc.collect()
    before = resident_pages(), len(gc.get_objects()), sys.getrefcount(None)
    work(count)
    gc.collect()
    after = resident_pages(), len(gc.get_objects()), sys.getrefcount(None)
    pages, objects, references = (late - early for early, late in zip(before, after, strict=True))
    return pages, objects, references


def assert_nothing_is_left(work: Callable[[int], None], count: int) -> None:
    pages, objects, references = growth(work, count)
    assert pages < PAGES_ALLOWED and abs(objects) < 50 and abs(references) < 500


def test_a_million_messages_there_and_back(generated: Messages) -> None:
    quote = generated["Quote"].decode(longest_body("Quote"))
    decode, encode = type(quote).decode, type(quote).encode

    def there_and_back(count: int) -> None:
        for _ in repeat(None, count):
            decode(encode(quote))

    assert_nothing_is_left(there_and_back, 1_000_000)


@pytest.mark.parametrize("name", ["Scalars", "Optionals", "Lists", "Maps", "Events", "Mixed"])
def test_messages_of_every_sort_of_value(generated: Messages, name: str) -> None:
    value = generated[name].decode(longest_body(name))
    buffer = bytearray(len(value.encode()))

    def every_way(count: int) -> None:
        for _ in repeat(None, count):
            value.encode_into(buffer)
            type(value).decode(buffer).encode()

    assert_nothing_is_left(every_way, 30_000)


def test_refusals(generated: Messages) -> None:
    """Objects that were begun and given up, in every field and at every depth."""
    bodies = [(generated[name], longest_body(name)) for name in ("Scalars", "Lists", "Maps")]
    wrong: Any = generated["Texts"](short="a", bounded="far too long", long="", data=b"", blob=b"")

    def refuse(count: int) -> None:
        for index in range(count):
            message, body = bodies[index % len(bodies)]
            with pytest.raises(DecodeError):
                message.decode(body[: index % len(body)] + b"\x00" * 70)  # tag 0, after others
            with pytest.raises(EncodeError):
                wrong.encode()

    assert_nothing_is_left(refuse, 5_000)


def test_texts_that_never_repeat(generated: Messages) -> None:
    """Short texts are remembered; how many is limited."""
    message: Any = generated["Leaf"]

    def ever_new(count: int) -> None:
        for index in range(count):
            assert message.decode(message(name=f"name {index}").encode()).name == f"name {index}"

    assert_nothing_is_left(ever_new, 200_000)


@pytest.mark.parametrize("kind", [bytes, bytearray])
def test_a_million_views(generated: Messages, kind: type[bytes] | type[bytearray]) -> None:
    """More than are kept to be used again live at a time; some are refused, and some closed."""
    message: Any = generated["Quote"]
    body = kind(longest_body("Quote"))
    rest = body[:-1]
    message.view(body)
    view = message.view

    def make_and_read(count: int) -> None:
        for _ in repeat(None, count // 100):
            alive = [view(body) for _ in repeat(None, 99)]
            assert alive[0].symbol == alive[-1].symbol
            assert alive[0].side is alive[-1].side
            views.close(alive[50])
            with pytest.raises(DecodeError):
                view(rest)

    assert_nothing_is_left(make_and_read, 1_000_000)


@pytest.mark.parametrize("name", ["Scalars", "Optionals", "Lists", "Maps", "Events", "Mixed", "Sparse"])
def test_views_of_every_sort_of_value(generated: Messages, name: str) -> None:
    message, body = generated[name], longest_body(name)
    fields = [field.attribute for field in message.__plan__.fields]

    def read_all(count: int) -> None:
        for _ in repeat(None, count):
            view = message.view(body)
            for field in fields:
                getattr(view, field)

    assert_nothing_is_left(read_all, 20_000)


@pytest.mark.parametrize("name", ["Quote", "Optionals", "Scalars", "Maps", "Mixed"])
def test_a_million_rows(generated: Messages, name: str) -> None:
    """As columns: of frames and of bodies, and some refused."""
    message: Any = generated[name]
    body = longest_body(name)
    frames = encode_frame(message.decode(body)) * 100
    bodies = [body] * 100
    refused = [*bodies, body[:-1]]

    def read(count: int) -> None:
        for _ in repeat(None, count // 300):
            assert message.decode_columns(frames).keys() == message.decode_columns(bodies).keys()
            with pytest.raises(RowError):
                message.decode_columns(refused)

    assert_nothing_is_left(read, 1_000_000 if name == "Quote" else 30_000)


def test_a_million_rows_in_arrow_and_in_place(generated: Messages) -> None:
    message: Any = generated["Quote"]
    frames = bytearray(encode_frame(message.decode(longest_body("Quote"))) * 1000)

    def read(count: int) -> None:
        for _ in repeat(None, count // 2000):
            assert len(message.to_numpy(frames)) == 1000
            assert message.to_arrow(frames).num_rows == 1000

    assert_nothing_is_left(read, 1_000_000)
    frames.append(0)  # no array holds it
