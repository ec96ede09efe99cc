"""Hypothesis strategies made from a resolved schema: valid values in JSON form, and hostile bytes."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Sequence
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from mycelium.idl import schema as ir

MAXIMUM_DEPTH = 3
"""How deep optional and repeated parts nest before values stop growing."""

Json = Any


def collect(strategy: SearchStrategy[Any], count: int) -> list[Any]:
    """The first ``count`` examples of a strategy, the same in every run."""
    found: list[Any] = []

    @settings(
        max_examples=count,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def gather(value: Any) -> None:
        found.append(value)

    gather()
    return found


class JsonValues:
    """Strategies for the valid values of one schema, in JSON form."""

    def __init__(self, schema: ir.Schema) -> None:
        self._schema = schema
        self._known: dict[tuple[str, int], SearchStrategy[Json]] = {}

    def _declared(self, declaration: ir.Declaration, depth: int) -> SearchStrategy[Json]:
        """One strategy for a declaration at a depth, however often it is referred to: recursion ends there."""
        place = (declaration.qualified_name, min(depth, MAXIMUM_DEPTH))
        if place not in self._known:
            if isinstance(declaration, ir.MessageDeclaration):
                self._known[place] = st.deferred(lambda: self.message(declaration, place[1]))
            else:
                assert isinstance(declaration, ir.UnionDeclaration)
                self._known[place] = st.deferred(lambda: self._union(declaration, place[1]))
        return self._known[place]

    def message(self, message: ir.MessageDeclaration, depth: int = 0) -> SearchStrategy[Json]:
        """Objects of a message; optional fields come and go."""
        required = {}
        optional = {}
        for field in message.fields:
            if field.presence is ir.Presence.OPTIONAL:
                if depth < MAXIMUM_DEPTH:
                    optional[field.name] = self.type(field.type, depth)
            else:
                required[field.name] = self.type(field.type, depth)
        return st.fixed_dictionaries(required, optional=optional)

    def type(self, type_: ir.Type, depth: int) -> SearchStrategy[Json]:
        """Values of any type."""
        match type_:
            case ir.ArrayType(element=element, length=length):
                return st.lists(self.type(element, depth), min_size=length, max_size=length)
            case ir.ListType(element=element, minimum=minimum, maximum=maximum):
                low, high = _sizes(minimum, maximum, depth)
                if high == 0:
                    return st.just([])
                return st.lists(self.type(element, depth + 1), min_size=low, max_size=high)
            case ir.MapType():
                return self._map(type_, depth)
            case ir.EnumType():
                return self._enum(self._schema.enum(type_))
            case ir.StructType():
                fields = self._schema.struct(type_).fields
                return st.fixed_dictionaries({field.name: self.type(field.type, depth) for field in fields})
            case ir.MessageType():
                return self._declared(self._schema.message(type_), depth + 1)
            case ir.UnionType():
                return self._declared(self._schema.union(type_), depth + 1)
        return scalar(type_)

    def _enum(self, declaration: ir.EnumDeclaration) -> SearchStrategy[Json]:
        names = st.sampled_from([member.name for member in declaration.members])
        if declaration.closed:
            return names
        known = {member.number for member in declaration.members}
        numbers = st.integers(0, (1 << declaration.bits) - 1).filter(lambda number: number not in known)
        return names | numbers

    def _map(self, type_: ir.MapType, depth: int) -> SearchStrategy[Json]:
        low, high = _sizes(type_.minimum, type_.maximum, depth)
        if high == 0:
            return st.just({})
        keys = self.type(type_.key, depth).map(str)
        return st.dictionaries(keys, self.type(type_.value, depth + 1), min_size=low, max_size=high)

    def _union(self, declaration: ir.UnionDeclaration, depth: int) -> SearchStrategy[Json]:
        def known(variant: ir.UnionVariant) -> SearchStrategy[Json]:
            return self.type(variant.type, depth).map(lambda value: {variant.name: value})

        tags = {variant.tag for variant in declaration.variants}
        unknown = st.builds(
            lambda tag, kind, data: {
                "?": {"tag": tag, "kind": kind, "bytes": data[: 1 << kind if kind < 6 else None].hex()}
            },
            st.integers(1, 65_535).filter(lambda tag: tag not in tags),
            st.integers(0, 6),
            st.binary(min_size=32, max_size=40),
        )
        return st.one_of(*(known(variant) for variant in declaration.variants), unknown)


def _sizes(minimum: int | None, maximum: int | None, depth: int) -> tuple[int, int]:
    low = minimum or 0
    room = 5 if depth < MAXIMUM_DEPTH else 0
    return low, max(low, min(low + room, maximum if maximum is not None else low + room))


def scalar(type_: ir.Type) -> SearchStrategy[Json]:
    """Values of a type that contains no other."""
    match type_:
        case ir.BoolType():
            return st.booleans()
        case ir.IntegerType(bits=bits, signed=signed):
            least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
            return _integers(type_.minimum, type_.maximum, least, most)
        case ir.TimestampType(minimum=low, maximum=high) | ir.DurationType(minimum=low, maximum=high):
            return _integers(low, high, -(1 << 63), (1 << 63) - 1)
        case ir.DecimalType(scale=scale, minimum=low, maximum=high):
            return _integers(low, high, -(1 << 63), (1 << 63) - 1).map(
                lambda mantissa: decimal_text(mantissa, scale)
            )
        case ir.FloatType(bits=bits, minimum=minimum, maximum=maximum):
            limited = minimum is not None or maximum is not None
            return st.floats(minimum, maximum, width=bits, allow_nan=not limited).map(_json_float)
        case ir.UuidType():
            return st.uuids(version=None).map(str)
        case ir.AsciiType(length=length):
            return st.text(st.characters(min_codepoint=0x20, max_codepoint=0x7E), max_size=length)
        case ir.FixedBytesType(length=length):
            return st.binary(min_size=length, max_size=length).map(bytes.hex)
        case ir.StringType(minimum=low, maximum=high):
            return _texts(low or 0, high)
        case ir.BytesType(minimum=low, maximum=high):
            return st.binary(min_size=low or 0, max_size=min(high or 300, 300)).map(bytes.hex)
    raise AssertionError(f"no strategy for {type_}")


def _integers(minimum: int | None, maximum: int | None, least: int, most: int) -> SearchStrategy[int]:
    low = least if minimum is None else minimum
    high = most if maximum is None else maximum
    return st.sampled_from([low, high]) | st.integers(low, high)


def _texts(low: int, high: int | None) -> SearchStrategy[str]:
    limit = min(high if high is not None else 300, 300)
    text = st.text(st.characters(exclude_categories=["Cs"]), min_size=low, max_size=limit)
    return text.filter(lambda value: low <= len(value.encode()) <= limit)


def _json_float(value: float) -> Json:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def decimal_text(mantissa: int, scale: int) -> str:
    """The JSON form of a decimal: exactly ``scale`` digits after the point."""
    digits = str(abs(mantissa)).rjust(scale + 1, "0")
    sign = "-" if mantissa < 0 else ""
    return sign + (f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits)


Damage = Callable[[bytes, int, int], bytes]


def _overwrite(body: bytes, place: int, value: int) -> bytes:
    return body[:place] + bytes([value & 0xFF]) + body[place + 1 :]


def _insert(body: bytes, place: int, value: int) -> bytes:
    return body[:place] + value.to_bytes(4, "little")[: 1 + value % 4] + body[place:]


def _remove(body: bytes, place: int, value: int) -> bytes:
    return body[:place] + body[place + 1 + value % 9 :]


def _truncate(body: bytes, place: int, value: int) -> bytes:
    return body[:place]


def _repeat(body: bytes, place: int, value: int) -> bytes:
    length = 1 + value % 24
    return body[: place + length] + body[place : place + length] + body[place + length :]


def _long_length(body: bytes, place: int, value: int) -> bytes:
    return body[:place] + struct.pack("<BI", 255, value) + body[place + 1 :]


def _short_length(body: bytes, place: int, value: int) -> bytes:
    return body[:place] + struct.pack("<BH", 254, value & 0xFFFF) + body[place + 1 :]


DAMAGES: Sequence[Damage] = (_overwrite, _insert, _remove, _truncate, _repeat, _long_length, _short_length)


def hostile(bodies: Sequence[bytes]) -> SearchStrategy[bytes]:
    """Valid bodies with one to three places damaged, and bytes that never were a body."""

    def damage(body: bytes, steps: list[tuple[Damage, float, int]]) -> bytes:
        for change, share, value in steps:
            body = change(body, int(share * len(body)), value)
        return body

    steps = st.tuples(
        st.sampled_from(DAMAGES),
        st.floats(0, 1, exclude_max=True),
        st.sampled_from([0, 1, 7, 31, 32, 253, 254, 255, 65_535, 65_536]) | st.integers(0, (1 << 32) - 1),
    )
    damaged = st.builds(damage, st.sampled_from(bodies), st.lists(steps, min_size=1, max_size=3))
    return damaged | damaged | damaged | st.binary(max_size=40)
