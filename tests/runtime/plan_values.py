"""Hypothesis strategies made from plans: values that can be written, and bytes that have been tampered with."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from mycelium import plan
from mycelium.message import Message
from mycelium.plan import Presence, integer_limits

_PRINTABLE = st.characters(min_codepoint=0x20, max_codepoint=0x7E)
_MOST_ELEMENTS = 4


def message_values(message: type[Message], depth: int = 0) -> st.SearchStrategy[Message]:
    """Messages of a class."""
    fields: dict[str, st.SearchStrategy[Any]] = {}
    for field in message.__plan__.fields:
        strategy = type_values(field.type, depth)
        if field.presence is Presence.OPTIONAL:
            strategy = st.none() if depth > 3 else st.none() | strategy
        fields[field.attribute] = strategy
    return st.builds(message, **fields)


def type_values(type_: plan.Type, depth: int) -> st.SearchStrategy[Any]:
    """Values of a type; below some depth, the smallest."""
    match type_:
        case plan.String():
            return _texts(type_)
        case plan.Bytes():
            return st.binary(min_size=type_.minimum or 0, max_size=_most(type_.maximum, 12))
        case plan.List(element=element) | plan.Map(value=element):
            most = 0 if depth > 3 else _most(type_.maximum, _MOST_ELEMENTS)
            least = type_.minimum or 0
            if most == least == 0:
                return st.builds(dict if isinstance(type_, plan.Map) else tuple)
            inner = type_values(element, depth + 1)
            if isinstance(type_, plan.Map):
                keys = type_values(type_.key, depth + 1)
                return st.dictionaries(keys, inner, min_size=least, max_size=max(least, most))
            return st.lists(inner, min_size=least, max_size=max(least, most)).map(tuple)
        case plan.Message(message=message):
            return st.deferred(lambda: message_values(message, depth + 1))
        case plan.Union(unknown=unknown):
            return st.deferred(lambda: _union_values(unknown.__union__, depth + 1))
        case plan.Struct(struct=struct):
            return st.builds(struct, *(type_values(field.type, depth) for field in struct.__plan__.fields))
        case plan.Array(element=element, length=length):
            return st.lists(type_values(element, depth), min_size=length, max_size=length).map(tuple)
    return _scalars(type_)


def _most(maximum: int | None, otherwise: int) -> int:
    return otherwise if maximum is None else min(maximum, otherwise)


def _texts(type_: plan.String) -> st.SearchStrategy[str]:
    least, most = type_.minimum or 0, type_.maximum
    texts = st.text(st.characters(codec="utf-8"), min_size=least, max_size=_most(most, 12))
    return texts.filter(lambda text: most is None or len(text.encode()) <= most)


def _union_values(union: plan.UnionPlan, depth: int) -> st.SearchStrategy[Any]:
    variants: list[st.SearchStrategy[Any]] = [
        st.builds(variant.variant, type_values(variant.type, depth))
        for variant in union.variants
        if depth <= 3 or plan.fixed_size(variant.type) is not None
    ]
    unknown = st.builds(union.unknown, st.integers(1000, 65_535), st.just(6), st.binary(max_size=5))
    return st.one_of(*variants, unknown)


def _scalars(type_: plan.Type) -> st.SearchStrategy[Any]:
    match type_:
        case plan.Boolean():
            return st.booleans()
        case plan.Integer(bits=bits, signed=signed):
            return _integers(type_, *integer_limits(bits, signed))
        case plan.Timestamp() | plan.Duration():
            return _integers(type_, *integer_limits(64, True))
        case plan.Decimal(scale=scale):
            mantissas = _integers(type_, *integer_limits(64, True))
            return mantissas.map(lambda mantissa: Decimal(f"{mantissa}e-{scale}"))
        case plan.Float(bits=bits, minimum=minimum, maximum=maximum):
            limited = minimum is not None or maximum is not None
            floats = st.floats(minimum, maximum, width=32 if bits == 32 else 64, allow_nan=not limited)
            return floats.map(lambda value: value if value == value else math.nan)  # NaNs are all one
        case plan.Uuid():
            return st.uuids()
        case plan.Ascii(length=length):
            return st.text(_PRINTABLE, max_size=length)
        case plan.FixedBytes(length=length):
            return st.binary(min_size=length, max_size=length)
        case plan.Enum(enum=enum):
            make: Callable[[int], Any] = enum
            members = st.sampled_from(sorted(enum.__plan__.names)).map(make)
            if enum.__plan__.closed:
                return members
            return members | st.integers(0, (1 << enum.__plan__.bits) - 1).map(make)
    raise AssertionError(type_)


def _integers(type_: Any, smallest: int, largest: int) -> st.SearchStrategy[int]:
    low = smallest if type_.minimum is None else type_.minimum
    high = largest if type_.maximum is None else type_.maximum
    return st.integers(low, high) | st.sampled_from((low, high))


def tampered(bodies: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Bodies with a few places changed: bytes flipped, cut out, put in, doubled."""
    interesting = st.sampled_from((0, 1, 2, 7, 31, 127, 253, 254, 255)) | st.integers(0, 255)
    change = st.tuples(st.integers(0, 4), st.integers(0, 1 << 20), interesting)

    def apply(body: bytes, changes: list[tuple[int, int, int]]) -> bytes:
        for kind, place, value in changes:
            at = place % (len(body) + 1)
            if kind == 0:
                body = body[:at] + bytes((value,)) + body[at + 1 :]
            elif kind == 1:
                body = body[:at]
            elif kind == 2:
                body = body[:at] + bytes((value,)) + body[at:]
            elif kind == 3:
                body = body[:at] + body[at + value % 8 :]
            else:
                body = body + body[at : at + value % 16]
        return body

    return st.builds(apply, bodies, st.lists(change, min_size=1, max_size=3))
