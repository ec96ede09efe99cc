"""Views in pure Python: what :mod:`mycelium.views` makes where the native codec does not run."""

from __future__ import annotations

from typing import Any

from mycelium import plan
from mycelium.careful_decoder import CarefulDecoder, absent_value, decode_carefully
from mycelium.errors import DecodeError, ErrorCode, Offence
from mycelium.message import Message
from mycelium.wire import ELEMENT_BUDGET, Buffer, plain_view

CLOSED = "this view is closed"


class PlainView:
    """The bytes of a body, and where in them each field is that it has. Classes of views derive from it."""

    __slots__ = ("__data", "__places")

    __data: memoryview | None
    __places: dict[str, tuple[int, int]]

    def __fill__(self, data: memoryview, places: dict[str, tuple[int, int]]) -> None:
        self.__data = data
        self.__places = places

    def __body__(self) -> memoryview:
        if self.__data is None:
            raise ValueError(CLOSED)
        return self.__data

    def __place__(self, attribute: str) -> tuple[int, int] | None:
        return self.__places.get(attribute)

    def __close__(self) -> None:
        if self.__data is not None:
            data, self.__data = self.__data, None
            data.release()


class PlainField:
    """A field of a class of views, by its index in the plan."""

    def __init__(self, message: type[Message], index: int) -> None:
        self._message = message
        self._index = index
        self._attribute = message.__plan__.fields[index].attribute

    def __get__(self, view: PlainView | None, owner: type[Any]) -> Any:
        if view is None:
            return self
        body = view.__body__()
        place = view.__place__(self._attribute)
        if place is None:
            return absent_value(self._message.__plan__.fields[self._index])
        return read_field(self._message, self._index, body, *place)

    def __set__(self, view: PlainView, value: object) -> None:
        raise AttributeError(f"immutable type: '{type(view).__name__}'")


def plain_view_of(view_class: type[PlainView], message: type[Message], data: Buffer) -> PlainView:
    """A view of this class; :class:`~mycelium.DecodeError` as decoding raises it, where a header offends."""
    body = memoryview(plain_view(data))
    if len(body) > must_be_decoded(message.__plan__):
        decode_carefully(message, body)
    try:
        places = _Headers(body).read_fields(message.__plan__, 0, len(body), 1)
    except Offence as offence:
        decode_carefully(
            message, body
        )  # finds the first offence, which may be that of a value before the header
        raise DecodeError(offence.code, message.__plan__.name + offence.path, offence.offset) from None
    made = view_class()
    made.__fill__(body, places)
    return made


def must_be_decoded(description: plan.MessagePlan) -> int:
    """The size in bytes above which a body may hold too many elements, which only decoding finds."""
    for field in description.tagged:
        match field.type:
            case plan.List(element=element) if plan.fixed_size(element) is None:
                return ELEMENT_BUDGET
            case plan.Map() | plan.Message() | plan.Union():
                return ELEMENT_BUDGET
    return 1 << 62


def read_field(message: type[Message], index: int, body: Buffer, start: int, end: int) -> Any:
    """The value of a field that has these bytes of a body; :class:`~mycelium.DecodeError` for its first offence."""
    description = message.__plan__
    field = description.fields[index]
    decoder = CarefulDecoder(body)
    try:
        return decoder.read_value(field.type, plan.fixed_size(field.type), start, end, 1)
    except Offence as offence:
        path = f"{description.name}.{field.name}{offence.path}"
        raise DecodeError(offence.code, path, offence.offset, offence.detail) from None


class _Headers(CarefulDecoder):
    """Reads headers alone: of a value, where it is."""

    def read_fixed(self, type_: plan.Type, position: int) -> tuple[int, int]:
        """Where a value of the block is."""
        return position, position + (plan.fixed_size(type_) or 0)

    def read_value(
        self, type_: plan.Type, size: int | None, start: int, end: int, depth: int
    ) -> tuple[int, int]:
        """Where the value of a tagged field is."""
        if size is not None and end - start != size:
            raise Offence(ErrorCode.BAD_LENGTH, start, f"{end - start} bytes where {size} belong")
        return start, end
