"""What the native codec makes: objects like msgspec's own, for plain classes and for those somebody changed."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any, cast

import msgspec
import pytest
from conformance_vectors import longest_body
from hypothesis import find, given, settings
from hypothesis import strategies as st
from plan_values import message_values

from mycelium import EncodeError, native
from mycelium.careful_decoder import decode_carefully
from mycelium.careful_encoder import encode_carefully
from mycelium.dynamic import ClassField, describe_message, message_class
from mycelium.message import Message
from mycelium.plan import BlockField, Integer, MessagePlan, String, TaggedField

Messages = Mapping[str, type[Message]]
NAMES = "Scalars Optionals Leaf Texts Lists Maps Events Tree Sparse Empty Limits Quote Mixed".split()


@pytest.fixture(autouse=True, scope="module")
def native_codec() -> Iterator[None]:
    with native.forced(True):
        yield


def codec_of(message: type[Message]) -> Any:
    return cast(Any, message).__codec__


def parts(value: Any) -> Iterator[Any]:
    """The value and all it holds, as far as Mycelium makes it."""
    yield value
    if isinstance(value, msgspec.Struct):
        for name in value.__struct_fields__:
            yield from parts(getattr(value, name))
    elif isinstance(value, tuple):
        for item in value:
            yield from parts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from parts(key)
            yield from parts(item)


def made_by_msgspec(value: Any) -> Any:
    """The same value, every struct in it made by its constructor."""
    if isinstance(value, msgspec.Struct):
        return type(value)(
            **{name: made_by_msgspec(getattr(value, name)) for name in value.__struct_fields__}
        )
    if isinstance(value, tuple):
        return tuple(made_by_msgspec(item) for item in value)
    if isinstance(value, dict):
        return {made_by_msgspec(key): made_by_msgspec(item) for key, item in value.items()}
    return value


def make(name: str = "Pair") -> type[Message]:
    """A message of two fields, described anew each time, so that a test may change it."""
    message = message_class(name, [ClassField("number"), ClassField("text", True, None)], {"TYPE_ID": 4000})
    describe_message(
        message,
        MessagePlan(
            name=name,
            qualified_name=f"test.{name}",
            block=(BlockField("number", "number", Integer(32, False), 0),),
            tagged=(TaggedField(1, "text", "text", String(), default=""),),
        ),
    )
    return message


def pair(message: type[Message], number: Any = 1, text: Any = "a") -> Any:
    return cast(Any, message)(number=number, text=text)


@pytest.mark.parametrize("name", NAMES)
def test_every_class_has_a_plan(generated: Messages, name: str) -> None:
    assert codec_of(generated[name]).is_native


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_objects_are_tracked_as_msgspec_tracks_them(
    generated: Messages, name: str, data: st.DataObject
) -> None:
    message = generated[name]
    decoded = message.decode(data.draw(message_values(message)).encode())
    again = made_by_msgspec(decoded)
    for ours, theirs in zip(parts(decoded), parts(again), strict=True):
        if isinstance(ours, msgspec.Struct):
            assert gc.is_tracked(ours) == gc.is_tracked(theirs), ours


def test_a_class_that_is_collected_is_tracked_only_where_it_has_to_be() -> None:
    message = make()
    assert message.__flags__ & 1 << 14  # it takes part in garbage collection
    assert not gc.is_tracked(message.decode(pair(message).encode()))


def test_post_init_runs_and_may_refuse() -> None:
    seen: list[int] = []

    class Checked(make()):  # type: ignore[misc]
        def __post_init__(self) -> None:
            seen.append(self.number)
            if self.number > 9:
                raise ValueError("too large")

    decoded = Checked.decode(Checked(number=3, text="x").encode())
    assert (type(decoded), decoded.number, seen) == (Checked, 3, [3, 3])
    with pytest.raises(ValueError, match="too large"):
        Checked.decode(pair(make(), 10).encode())


def test_a_subclass_reads_and_writes_itself() -> None:
    message = make()

    class Extended(message, frozen=True, kw_only=True):  # type: ignore[misc,valid-type]
        note: str = "none"

        @property
        def doubled(self) -> int:
            return 2 * int(self.number)

    value = Extended(number=4, text="x", note="kept here only")
    decoded = Extended.decode(value.encode())
    assert value.encode() == pair(message, 4, "x").encode()
    assert (type(decoded), decoded.doubled, decoded.note) == (Extended, 8, "none")
    assert type(message.decode(value.encode())) is message
    buffer = bytearray(20)
    assert value.encode_into(buffer, 2) == len(value.encode()) and buffer[2:].startswith(value.encode())


def test_a_field_that_became_a_property_is_read_through_it() -> None:
    message = make()

    class Constant(message):  # type: ignore[misc,valid-type]
        @property
        def number(self) -> int:
            return 77

    made = Constant.decode(pair(message).encode())
    assert made.number == 77
    assert made.encode() == pair(message, 77).encode()


def test_methods_that_a_user_defined_stay() -> None:
    class Own(make()):  # type: ignore[misc]
        def encode(self) -> bytes:
            return b"own " + super().encode()

        @classmethod
        def decode(cls, data: Any) -> Any:
            return super().decode(data[4:])

    value = Own(number=1, text="a")
    assert value.encode() == b"own " + pair(make()).encode()
    assert (Own.decode(value.encode()).number, Own.decode(value.encode()).text) == (1, "a")


def test_a_class_changed_after_its_first_use_is_read_anew() -> None:
    message = make()
    value = pair(message, 1)
    body = value.encode()
    assert codec_of(message).is_native
    setattr(message, "number", property(lambda self: 5))  # noqa: B010
    assert value.encode() == pair(make(), 5).encode()
    assert not codec_of(message).is_native
    assert decode_carefully(message, body).number == message.decode(body).number == 5  # type: ignore[attr-defined]


def test_a_class_changed_again_and_again_stays_right() -> None:
    message = make()
    value = pair(message, 3)
    for turn in range(200):
        setattr(message, "note", turn)  # noqa: B010
        assert message.decode(value.encode()) == value


def test_a_struct_changed_after_first_use_is_noticed(generated: Messages) -> None:
    value = find(message_values(generated["Quote"]), lambda value: True)
    body = value.encode()
    kind = type(value)
    setattr(kind, "note", 1)  # noqa: B010
    try:
        assert kind.decode(body).encode() == body
    finally:
        delattr(kind, "note")
    assert codec_of(kind).is_native and kind.decode(body).encode() == body


def test_values_of_subclasses_are_written_as_what_they_are() -> None:
    class Number(int):
        pass

    class Text(str):
        pass

    message = make()
    assert pair(message, Number(7), Text("b")).encode() == pair(message, 7, "b").encode()
    assert pair(message, 7, "b").encode() == encode_carefully(pair(message, 7, "b"))
    with pytest.raises(EncodeError, match="ENCODE_TYPE at Pair.number"):
        pair(message, True).encode()


def test_an_object_whose_field_was_deleted_is_refused_as_the_careful_codec_refuses_it() -> None:
    class Loose(make(), frozen=False):  # type: ignore[misc]
        pass

    value = Loose(number=1, text="a")
    del value.number
    with pytest.raises(AttributeError):
        value.encode()


def test_classes_that_are_dropped_are_freed() -> None:
    for _ in range(20):
        message = make("Dropped")
        assert message.decode(pair(message).encode()) == pair(message)
    del message
    gc.collect()
    assert [each for each in Message.__subclasses__() if each.__name__ == "Dropped"] == []


def test_references_are_given_back(generated: Messages) -> None:
    """Through success, refusal and every sort of value: nothing that outlives a message is held once more."""
    message = generated["Scalars"]
    value: Any = find(message_values(message), lambda value: True)
    body = value.encode()
    held = [None, True, False, (), "", b"", message, type(value.open), value.open, Decimal, msgspec.Struct]
    gc.collect()
    before = [sys.getrefcount(each) for each in held]
    for _ in range(500):
        message.decode(body).encode()
        for end in range(0, len(body), 37):
            with pytest.raises(Exception, match="TRUNCATED|MISSING_FIELD"):
                message.decode(body[:end])
    gc.collect()
    changes = [sys.getrefcount(each) - count for each, count in zip(held, before, strict=True)]
    assert all(abs(change) < 100 for change in changes), changes


def test_the_collector_may_run_at_every_allocation(generated: Messages) -> None:
    """While objects are being made, none of which it may see unfinished."""
    bodies = [
        (generated[name], longest_body(name)) for name in ("Scalars", "Lists", "Maps", "Events", "Quote")
    ]
    wanted = [repr(decode_carefully(message, body)) for message, body in bodies]
    thresholds = gc.get_threshold()
    gc.set_threshold(1)
    try:
        for _ in range(20):
            assert [repr(message.decode(body)) for message, body in bodies] == wanted
    finally:
        gc.set_threshold(*thresholds)


def test_code_that_runs_while_a_message_is_decoded_may_do_its_worst() -> None:
    """It changes the class, decodes with it, and collects: the layouts in use stay."""
    worst: list[Any] = []
    message = make()

    class Nosy(make()):  # type: ignore[misc]
        def __post_init__(self) -> None:
            setattr(Nosy, "note", len(worst))  # noqa: B010
            if len(worst) < 50:
                worst.append(self.number)
                Nosy.decode(pair(message, self.number + 1).encode())
            gc.collect()

    for _ in range(3):
        assert Nosy.decode(pair(message, 1).encode()).number == 1
    assert worst == list(range(1, 51))


def test_threads_share_a_codec(generated: Messages) -> None:
    bodies = [(generated[name], longest_body(name)) for name in ("Scalars", "Lists", "Maps", "Quote")]
    wanted = [repr(decode_carefully(message, body)) for message, body in bodies]
    fresh = make()
    wrong: list[Any] = []

    def work(turns: int) -> None:
        for turn in range(turns):
            found = [repr(message.decode(body)) for message, body in bodies]
            setattr(fresh, "note", turn)  # noqa: B010
            again = fresh.decode(pair(fresh, turn).encode()) == pair(fresh, turn)
            if found != wanted or not again:
                wrong.append(found)

    threads = [threading.Thread(target=work, args=(50,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
