"""A view reads what decoding reads, field by field; refuses what it refuses; and keeps its buffer in place."""

from __future__ import annotations

import copy
import gc
import mmap
import pickle
import subprocess
import sys
import weakref
from array import array
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from column_values import WITH_AND_WITHOUT_NATIVE, each_codec
from conformance_vectors import body_of, longest_body, vectors
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_values import message_values, tampered

from mycelium import DecodeError, ErrorCode, native, views
from mycelium.careful_decoder import decode_carefully
from mycelium.careful_encoder import encode_carefully
from mycelium.codegen.dynamic import load_messages
from mycelium.codegen.python import generate
from mycelium.codegen.target import GenerationOptions
from mycelium.frames import encode_frame
from mycelium.idl.compiler import compile_schemas
from mycelium.message import Message
from mycelium.wire import ELEMENT_BUDGET

__all__ = ["each_codec"]

NAMES = (
    "Scalars Optionals Leaf Texts Lists Maps Events Tree Sparse Empty Limits Quote Mixed Wide1 Older Newer"
).split()

thorough = settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)


def outcome(read: Callable[..., Any], *arguments: Any) -> Any:
    """What a reading gives, as text that tells every difference; or its refusal."""
    try:
        return repr(read(*arguments))
    except DecodeError as error:
        return (error.code, error.path, error.offset)


def field_outcomes(message: type[Message], view: Any) -> list[Any]:
    return [outcome(getattr, view, field.attribute) for field in message.__plan__.fields]


def assert_reads_like_decoding(message: type[Message], body: bytes) -> None:
    """Every field equals the decoded one. Where decoding refuses, so does the view, or the first field that offends."""
    expected = outcome(decode_carefully, message, body)
    try:
        view = message.view(body)
    except DecodeError as error:
        assert (error.code, error.path, error.offset) == expected
        return
    found = field_outcomes(message, view)
    if isinstance(expected, str):
        assert found == field_outcomes(message, decode_carefully(message, body))
        assert repr(view) == expected
    else:
        assert expected in found
        assert next(each for each in found if not isinstance(each, str)) == expected


@pytest.mark.parametrize("on", WITH_AND_WITHOUT_NATIVE)
@pytest.mark.parametrize("name", NAMES)
@thorough
@given(data=st.data())
def test_fields_equal_those_of_the_decoded_message(
    generated: Mapping[str, type[Message]], name: str, on: bool, data: st.DataObject
) -> None:
    message = generated[name]
    value = data.draw(message_values(message))
    with native.forced(on):
        assert_reads_like_decoding(message, value.encode())
        view = message.view(value.encode())
        assert views.is_view(view) and not views.is_view(value)
        assert view.encode() == value.encode()
        if "nan" not in repr(value):
            assert view == value and value == view and view == message.view(value.encode())
            assert views.to_message(view) == value


@pytest.mark.parametrize("on", WITH_AND_WITHOUT_NATIVE)
@pytest.mark.parametrize("name", NAMES)
@thorough
@given(data=st.data())
def test_tampered_bytes_are_read_or_refused_as_by_decoding(
    generated: Mapping[str, type[Message]], name: str, on: bool, data: st.DataObject
) -> None:
    message = generated[name]
    body = data.draw(tampered(message_values(message).map(encode_carefully)))
    with native.forced(on):
        assert_reads_like_decoding(message, body)


@pytest.mark.usefixtures("each_codec")
def test_the_vectors_are_read_or_refused_as_by_decoding(messages: Mapping[str, type[Message]]) -> None:
    for vector in vectors("conformance.jsonl"):
        body = body_of(vector)
        if len(body) <= ELEMENT_BUDGET:  # larger ones are decoded first: tested by itself
            assert_reads_like_decoding(messages[vector["message"]], body)


@pytest.mark.usefixtures("each_codec")
def test_headers_are_checked_at_once_and_values_when_they_are_read(
    generated: Mapping[str, type[Message]],
) -> None:
    message = generated["Older"]
    body = message(x=1, y=2.0, a=3, b="four").encode()
    refused = 0
    for end in range(len(body)):
        expected = outcome(message.decode, body[:end])
        assert outcome(message.view, body[:end]) == expected
        refused += not isinstance(expected, str)
    assert refused == len(body) - 1  # without its last field, which has a default, it is a body
    view: Any = message.view(body.replace(b"four", b"fo\xffr"))
    assert (view.x, view.a) == (1, 3)
    for _ in range(2):
        with pytest.raises(DecodeError) as caught:
            view.b  # noqa: B018
        assert (caught.value.code, caught.value.path) == (ErrorCode.BAD_UTF8, "Older.b")
        assert caught.value.offset == body.index(b"four")
    assert repr(view).startswith("<view of Older: BAD_UTF8 at Older.b")


@pytest.mark.usefixtures("each_codec")
def test_a_body_that_may_exceed_the_budget_is_decoded_first(generated: Mapping[str, type[Message]]) -> None:
    message = generated["Events"]
    rest = b"\x1e\x02\x08\1"
    many = b"\x2e\xff" + (ELEMENT_BUDGET * 4).to_bytes(4, "little") + bytes(ELEMENT_BUDGET * 4)
    fits = b"\x0e\xff" + len(many).to_bytes(4, "little") + many + rest
    assert len(message.view(fits).event.value) == ELEMENT_BUDGET  # type: ignore[attr-defined]
    lists = generated["Optionals"]
    entries = b"".join(bytes((number, 0)) for number in range(256))
    h = b"\x46\xfe" + len(entries).to_bytes(2, "little") + entries
    assert len(lists.view(h).h) == 256  # type: ignore[attr-defined]
    maps = generated["Maps"]
    ints = b"".join(number.to_bytes(4, "little") + b"\0" for number in range(ELEMENT_BUDGET))
    names = b"\x1e\x09" + bytes(9)
    body = b"\x0e\xff" + len(ints).to_bytes(4, "little") + ints + b"\x16\0" + names
    body += b"\x26\0\x2e\0\x36\0\x3e\0\x46\0"
    assert outcome(maps.view, body) == outcome(maps.decode, body)
    with pytest.raises(DecodeError, match="BUDGET_EXCEEDED"):
        maps.view(body)


@pytest.mark.usefixtures("each_codec")
def test_every_kind_of_buffer_is_read(generated: Mapping[str, type[Message]], tmp_path: Path) -> None:
    message = generated["Texts"]
    value = message(short="a", bounded="bc", long="", data=b"d", blob=b"")
    body = value.encode()
    file = tmp_path / "body"
    file.write_bytes(body)
    with file.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        shifted = memoryview(b"xy" + body)[2:]
        for buffer in (body, bytearray(body), memoryview(body), shifted, array("b", body), mapped):
            view: Any = message.view(buffer)  # type: ignore[arg-type]
            assert (view.short, view.data) == ("a", b"d")
            assert bytes(views.body_of(view)) == body
            views.close(view)
    with pytest.raises(TypeError):
        message.view("text")  # type: ignore[arg-type]
    with pytest.raises((TypeError, BufferError)):
        message.view(memoryview(body)[::2])


@pytest.mark.usefixtures("each_codec")
def test_a_buffer_stays_as_long_as_the_view_does(generated: Mapping[str, type[Message]]) -> None:
    message = generated["Leaf"]
    buffer = bytearray(message(name="oak").encode())
    view: Any = message.view(buffer)
    with pytest.raises(BufferError):
        buffer.append(0)
    views.close(view)
    views.close(view)
    buffer.append(0)
    for read in (
        lambda: view.name,
        lambda: views.to_message(view),
        lambda: views.body_of(view),
        lambda: view == view,
    ):
        with pytest.raises(ValueError, match="this view is closed"):
            read()
    assert repr(view) == "<view of Leaf: this view is closed>"

    del buffer[-1]
    with views.closing(message.view(buffer)) as second:
        assert second.name == "oak"  # type: ignore[attr-defined]
    buffer.append(0)
    del buffer[-1]
    third: Any = message.view(buffer)
    del third
    buffer.append(0)


@pytest.mark.usefixtures("each_codec")
def test_what_is_written_meanwhile_is_seen_and_checked(generated: Mapping[str, type[Message]]) -> None:
    message = generated["Leaf"]
    buffer = bytearray(message(name="oak", weight=5).encode())
    view: Any = message.view(buffer)
    buffer[2:5] = b"elm"
    assert view.name == "elm"
    buffer[2:5] = b"\xff\xff\xff"
    with pytest.raises(DecodeError, match="BAD_UTF8 at Leaf.name"):
        view.name  # noqa: B018
    buffer[:] = bytes(len(buffer))
    assert (view.name, view.weight) == ("\0\0\0", 0)


@pytest.mark.usefixtures("each_codec")
def test_a_view_stands_in_for_its_message(generated: Mapping[str, type[Message]]) -> None:
    message = generated["Leaf"]
    value: Any = message(name="oak", weight=5)
    view: Any = message.view(value.encode())
    assert isinstance(view, message) and isinstance(view, Message)
    assert hash(view) == hash(value) and len({view, value}) == 1
    assert view != message(name="elm") and view != "oak"
    assert (view.NAME, view.TYPE_ID, view.WIRE_DIGEST) == (value.NAME, value.TYPE_ID, value.WIRE_DIGEST)
    for copied in (copy.copy(view), copy.deepcopy(view), pickle.loads(pickle.dumps(view))):
        assert copied == value and not views.is_view(copied)
    match view:
        case message(name=name, weight=weight):
            assert (name, weight) == ("oak", 5)
        case _:
            raise AssertionError
    with pytest.raises(AttributeError):
        view.weight = 6
    with pytest.raises(AttributeError):
        del view.weight
    with pytest.raises(AttributeError):
        view.height  # noqa: B018
    quote: Any = generated["Quote"]
    filled = quote(symbol="S", ts=1, bid=1.0, ask=2.0, bid_size=3, ask_size=4, sequence=5, side=1)
    assert encode_frame(quote.view(filled.encode())) == encode_frame(filled)
    holder: Any = generated["Lists"]
    assert b"oak" in holder(**{**_empty(holder), "leaves": (view,)}).encode()


def _empty(message: type[Message]) -> dict[str, Any]:
    return {field.attribute: () for field in message.__plan__.fields}


@pytest.mark.usefixtures("each_codec")
def test_a_view_tells_nothing_of_one_that_ended(tmp_path: Path) -> None:
    """Their memory is used again, also by views of other classes."""
    many = " ".join(f"{number} f{number}: u16?;" for number in range(1, 31))
    (tmp_path / "sizes.myc").write_text(
        f"package sizes; message Many = 1200 {{ {many} }} message Few = 1201 {{ at: u8 = 7; 1 one: u16?; 2 two: u16?; }}"
    )
    schema = compile_schemas(tmp_path).schema
    assert schema is not None
    classes = load_messages(schema)
    many_of: Any = classes["sizes.Many"]
    few_of: Any = classes["sizes.Few"]
    names = [f"f{number}" for number in range(1, 31)]
    full = {name: index for index, name in enumerate(names)}
    for chosen in (names, names[::2], names[:1], names[-1:], []):
        for begun in (many_of(**full), few_of(at=1, one=2, two=3)):
            view: Any = type(begun).view(begun.encode())
            assert views.to_message(view) == begun
            del view
        view = many_of.view(many_of(**{name: full[name] for name in chosen}).encode())
        assert [getattr(view, name) for name in names] == [
            full[name] if name in chosen else None for name in names
        ]
        del view
        few = few_of.view(b"")
        assert (few.at, few.one, few.two) == (7, None, None)
        with pytest.raises(DecodeError):
            many_of.view(many_of(**full).encode()[:-1])


@pytest.mark.usefixtures("each_codec")
def test_attributes_that_are_no_fields(generated: Mapping[str, type[Message]]) -> None:
    message: Any = generated["Leaf"]
    view: Any = message.view(message(name="oak", weight=5).encode())
    assert view.TOPIC is message.TOPIC and view.__class__ is message
    assert object.__getattribute__(view, "name") == "oak"
    assert vars(type(view))["name"].__get__(view, type(view)) == "oak"
    assert getattr(type(view), "name") is vars(type(view))["name"]  # noqa: B009
    type(view).shape = property(lambda view: f"a {view.name}")
    try:
        assert view.shape == "a oak"
    finally:
        del type(view).shape
    with pytest.raises(AttributeError, match="shape"):
        view.shape  # noqa: B018


def test_a_field_reads_no_view_of_another_class(generated: Mapping[str, type[Message]]) -> None:
    leaf: Any = generated["Leaf"]
    with native.forced(True):
        quote = generated["Quote"].view(longest_body("Quote"))
        field = vars(type(leaf.view(leaf(name="oak").encode())))["name"]
        for other in (quote, leaf(name="oak"), "oak"):
            with pytest.raises(TypeError, match="belongs to another class of views"):
                field.__get__(other, type(other))


@pytest.mark.usefixtures("each_codec")
def test_sensitive_fields_are_not_printed(tmp_path: Path) -> None:
    (tmp_path / "secret.myc").write_text(
        "package secret; message Key = 1200 { 1 name: string; 2 code: string @sensitive; }"
    )
    schema = compile_schemas(tmp_path).schema
    assert schema is not None
    key: Any = load_messages(schema)["secret.Key"]
    view = key.view(key(name="door", code="1234").encode())
    assert repr(view) == "Key(name='door', code=<redacted>)"
    assert view.code == "1234"


@pytest.mark.usefixtures("each_codec")
def test_a_class_that_derives_from_a_message_has_views_of_its_own(
    generated: Mapping[str, type[Message]],
) -> None:
    leaf: Any = generated["Leaf"]

    class Labelled(leaf, frozen=True, kw_only=True):  # type: ignore[misc]
        def label(self) -> str:
            return f"{self.name}, {self.weight}"

    body = leaf(name="oak", weight=5).encode()
    leaf.view(body)
    view = Labelled.view(body)
    assert isinstance(view, Labelled) and view.label() == "oak, 5"
    assert not isinstance(leaf.view(body), Labelled)


@pytest.mark.usefixtures("each_codec")
def test_views_leave_nothing_behind(generated: Mapping[str, type[Message]]) -> None:
    message = generated["Mixed"]
    value = next(iter(_examples(message)))
    buffer = bytearray(value.encode())
    fields = [field.attribute for field in message.__plan__.fields]

    def use() -> None:
        for _ in range(200):
            view = message.view(buffer)
            for attribute in fields:
                getattr(view, attribute)
            with pytest.raises(DecodeError):
                message.view(buffer[:-1])

    use()
    gc.collect()
    before = (len(gc.get_objects()), sys.getrefcount(message), sys.getrefcount(None) // 1000)
    for _ in range(5):
        use()
    gc.collect()
    after = (len(gc.get_objects()), sys.getrefcount(message), sys.getrefcount(None) // 1000)
    assert abs(after[0] - before[0]) < 50
    assert after[1:] == before[1:]
    buffer.append(0)  # no view holds it


def _examples(message: type[Message]) -> list[Message]:
    found: list[Message] = []

    @settings(max_examples=1, database=None, deadline=None)
    @given(message_values(message))
    def take(value: Message) -> None:
        found.append(value)

    take()
    return found


@pytest.mark.usefixtures("each_codec")
def test_a_view_in_a_circle_is_collected(generated: Mapping[str, type[Message]]) -> None:
    class Owner(bytearray):
        pass

    message = generated["Leaf"]
    owner = Owner(message(name="oak").encode())
    owner.view = message.view(owner)  # type: ignore[attr-defined]
    gone = weakref.ref(owner)
    del owner
    gc.collect()
    assert gone() is None


def test_fields_may_have_any_name(tmp_path: Path) -> None:
    """Those of functions on views, and those of methods that messages have, which get an underscore."""
    (tmp_path / "names.myc").write_text(
        "package names; message Names = 1200 { close: u8; view: u8; to_message: u8; to_numpy: u8; body: u8;"
        " data: u8; places: u8; open: u8; }"
    )
    schema = compile_schemas(tmp_path).schema
    assert schema is not None
    for file in generate(schema, GenerationOptions()):
        (tmp_path / file.path).write_text(file.text)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r})\n"
        "from names import Names\n"
        "from mycelium import native\n"
        "names = 'close view_ to_message to_numpy_ body data places open'.split()\n"
        "body = Names(**{name: at for at, name in enumerate(names)}).encode()\n"
        "for forced in ([False] if native.reason else [False, True]):\n"
        "    with native.forced(forced):\n"
        "        view = Names.view(body)\n"
        "        assert [getattr(view, name) for name in names] == list(range(8))\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
