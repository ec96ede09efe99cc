"""Views: messages that stay bytes, and whose fields are read when they are asked for.

``Quote.view(data)`` checks every header of the body at once: tags, kinds, lengths, order, what is required. It raises exactly
what ``Quote.decode(data)`` raises where one of them offends. The content of a value (text, numbers with limits, all that
lies inside a list, map, union or nested message) is read and checked at each access, which raises
:class:`~mycelium.DecodeError` with the code, path and offset of its offence. Nothing is remembered: what is needed
twice is best put into a variable.

A view stands in for its message: it has the same fields and methods, equals it, hashes and prints as it does, and
``isinstance`` says it is one. Copies and pickles of it are messages. What looks into objects from outside, such as
``msgspec.structs.replace``, needs :func:`to_message`.

While a view lives, its buffer cannot be resized (``BufferError``); :func:`close` or :func:`closing` let go of it before. What is written
into the buffer meanwhile, the view shows: values are checked as they are read, so that nothing worse can happen.

These are functions, and no methods, so that a message may have fields of any name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FunctionType
from typing import Any, TypeVar, cast

from mycelium.errors import CodecError
from mycelium.message import Message
from mycelium.plain_views import PlainField, PlainView, must_be_decoded, plain_view_of, read_field
from mycelium.wire import Buffer

AnyMessage = TypeVar("AnyMessage", bound=Message)


def view(message: type[AnyMessage], data: Buffer) -> AnyMessage:
    """A view of the message in a whole body, reading from ``data`` as long as it lives.

    A body that is large enough to exceed the budget of elements is decoded once, to be checked.
    """
    make: Any = vars(message).get("__view__")
    if make is None:
        make = _view_maker(message)
        type.__setattr__(message, "__view__", make)
        if vars(message).get("view") in (
            None,
            vars(Message)["view"],
        ):  # the next call finds it without this detour
            type.__setattr__(message, "view", staticmethod(make) if isinstance(make, FunctionType) else make)
    return cast(AnyMessage, make(data))


def is_view(value: object) -> bool:
    """Whether this is a view, and not a message."""
    return hasattr(type(value), "__body__")


def to_message(view: AnyMessage) -> AnyMessage:
    """The message that a view stands for; a message as it is."""
    return _decoded(view.__class__, body_of(view)) if is_view(view) else view


def body_of(view: Message) -> memoryview:
    """The bytes that a view reads; ValueError where it is closed."""
    return cast(memoryview, cast(Any, view).__body__())


def close(view: Message) -> None:
    """Let go of the buffer; every later access is a ValueError. Closing again does nothing."""
    cast(Any, view).__close__()


@contextmanager
def closing(view: AnyMessage) -> Iterator[AnyMessage]:
    """A view that is closed in the end: ``with closing(Quote.view(buffer)) as quote:``."""
    try:
        yield view
    finally:
        close(view)


# --- Classes of views ------------------------------------------------------------------------------------


def _view_maker(message: type[Message]) -> Callable[[Buffer], Any]:
    """What makes views of this class of messages."""
    plain = _class_of_views(message, PlainView, PlainField)

    def make_plainly(data: Buffer) -> Any:
        return plain_view_of(plain, message, data)

    codec = message.__dict__.get("__codec__")
    if codec is None:
        return make_plainly
    from mycelium import _native

    def field(message: type[Message], index: int) -> Any:
        return _native.make_view_field(codec, index, read_field)

    natively = _class_of_views(message, _native.View, field)
    size = must_be_decoded(message.__plan__)
    return _native.make_view_function(codec, natively, make_plainly, size)


def _class_of_views(
    message: type[Message], base: type[Any], field: Callable[[type[Message], int], Any]
) -> type[Any]:
    """A class whose instances read like the message's."""
    description = message.__plan__
    names = ("NAME", "TYPE_ID", "TOPIC", "WIRE_DIGEST", "FULL_DIGEST", "VERSIONS", "__plan__")
    namespace: dict[str, Any] = {name: getattr(message, name) for name in names}
    namespace |= {
        "__slots__": (),
        "__doc__": f"A view of {description.qualified_name}.",
        "__module__": message.__module__,
        "__class__": property(lambda view: message),
        "__getattr__": lambda view, name: getattr(to_message(view), name),
        "__repr__": _printed,
        "__eq__": lambda view, other: to_message(view) == to_message(other),
        "__hash__": lambda view: hash(to_message(view)),
        "__reduce_ex__": lambda view, protocol: (_decoded, (message, bytes(body_of(view)))),
    }
    for index, declared in enumerate(description.fields):
        namespace[declared.attribute] = field(message, index)
    return type(message.__name__, (base,), namespace)


def _decoded(message: type[AnyMessage], body: Buffer) -> AnyMessage:
    return message.decode(body)


def _printed(view: Any) -> str:
    try:
        return Message.__repr__(view)
    except (CodecError, ValueError) as error:
        return f"<view of {type(view).__name__}: {error}>"
