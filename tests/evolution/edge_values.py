"""Values at the edges of what a schema allows, in JSON form: where two versions differ, one of them shows it."""

from __future__ import annotations

from itertools import islice
from typing import Any

from mycelium.idl import schema as ir
from mycelium.idl.compatibility.limits import accepted_numbers

Json = Any

MAXIMUM_DEPTH = 4
"""How deep messages nest before only the least value of each is tried."""

MAXIMUM_VALUES = 20
"""How many values of one part are tried inside another."""

UNKNOWN_TAG = 65_535
MANY = 9


class EdgeValues:
    """Lists of values; the first of each list is the least one, and the others differ from it in one part."""

    def __init__(self, schema: ir.Schema) -> None:
        self._schema = schema

    def message(self, message: ir.MessageDeclaration, depth: int = 0) -> list[Json]:
        """The least value, the fullest one, and each edge of each field by itself."""
        least: dict[str, Json] = {}
        edges: dict[str, list[Json]] = {}
        for field in message.fields:
            optional = field.presence is ir.Presence.OPTIONAL
            if optional and depth >= MAXIMUM_DEPTH:
                continue
            edges[field.name] = self.type(field.type, depth)
            if not optional:
                least[field.name] = edges[field.name][0]
        if depth >= MAXIMUM_DEPTH:
            return [least]
        fullest = {name: values[-1] for name, values in edges.items()}
        single = [least | {name: value} for name, values in edges.items() for value in values]
        return [least, *single, fullest]

    def type(self, type_: ir.Type, depth: int) -> list[Json]:
        """Edges of any type."""
        match type_:
            case ir.ArrayType(element=element, length=length):
                return [[value] * length for value in self.type(element, depth)]
            case ir.ListType(element=element):
                least, most = _counts(type_)
                inside = self.type(element, depth + 1)
                lists = [[inside[0]] * least, *([value] * max(least, 1) for value in inside[:MAXIMUM_VALUES])]
                return [*(each for each in lists if len(each) <= most), [inside[0]] * most]
            case ir.MapType():
                return self._map(type_, depth)
            case ir.EnumType():
                return self._enum(self._schema.enum(type_))
            case ir.StructType():
                return self._struct(self._schema.struct(type_), depth)
            case ir.MessageType():
                return self._few(self.message(self._schema.message(type_), depth + 1))
            case ir.UnionType():
                return self._union(self._schema.union(type_), depth + 1)
        return _scalar(type_)

    def _few(self, values: list[Json]) -> list[Json]:
        """The least, the fullest, and others spread between them."""
        step = max(1, len(values) // (4 * MAXIMUM_VALUES))
        return [*values[:-1:step], values[-1]]

    def _enum(self, enum: ir.EnumDeclaration) -> list[Json]:
        known = [member.number for member in enum.members]
        if enum.closed:
            return known
        numbers = (number for number in range((1 << enum.bits) - 1, 0, -1) if number not in known)
        return [*known, *islice(numbers, 1)]

    def _struct(self, struct: ir.StructDeclaration, depth: int) -> list[Json]:
        edges = {field.name: self.type(field.type, depth) for field in struct.fields}
        least = {name: values[0] for name, values in edges.items()}
        single = [least | {name: value} for name, values in edges.items() for value in values[1:]]
        return [least, *single, {name: values[-1] for name, values in edges.items()}]

    def _union(self, union: ir.UnionDeclaration, depth: int) -> list[Json]:
        unknown = {"?": {"tag": UNKNOWN_TAG, "kind": 0, "bytes": "07"}}
        if depth > MAXIMUM_DEPTH:
            return [unknown]
        known = [
            {variant.name: value} for variant in union.variants for value in self.type(variant.type, depth)
        ]
        return [unknown, *known]

    def _map(self, type_: ir.MapType, depth: int) -> list[Json]:
        least, most = _counts(type_)
        keys = [str(key) for key in self._distinct_keys(type_.key, most)]
        values = self.type(type_.value, depth + 1)
        first = dict.fromkeys(keys[:least], values[0])
        by_value = [dict.fromkeys(keys[: max(least, 1)], value) for value in values[:MAXIMUM_VALUES]]
        by_key = [{key: values[0]} for key in map(str, self.type(type_.key, depth))] if least <= 1 else []
        found = [first, *by_key, *by_value, dict.fromkeys(keys[:most], values[0])]
        return [each for each in found if least <= len(each) <= most]

    def _distinct_keys(self, key: ir.Type, count: int) -> list[Json]:
        match key:
            case ir.IntegerType():
                least, most, _ = accepted_numbers(key)
                return list(range(int(least), min(int(least) + count, int(most) + 1)))
            case ir.EnumType(closed=closed, bits=bits):
                numbers = [member.number for member in self._schema.enum(key).members]
                return numbers if closed else [*numbers, *(set(range(count + 9)) - set(numbers))][: 1 << bits]
            case ir.StringType(minimum=least_length):
                return [chr(97 + index) * max(1, least_length or 0) for index in range(count)]
            case ir.AsciiType(length=length):
                return [chr(97 + index)[:length] for index in range(count)]
            case ir.FixedBytesType(length=length):
                return [bytes([index] * length).hex() for index in range(count)]
        raise AssertionError(f"no key: {key}")


def _counts(type_: ir.StringType | ir.BytesType | ir.ListType | ir.MapType) -> tuple[int, int]:
    least = type_.minimum or 0
    most = max(least, 1) + MANY if type_.maximum is None else min(type_.maximum, max(least, 1) + 3 * MANY)
    return least, most


def _scalar(type_: ir.Type) -> list[Json]:
    match type_:
        case ir.BoolType():
            return [False, True]
        case ir.FloatType():
            least, most, accepts_nan = accepted_numbers(type_)
            middle = [number for number in (0.0, 1.5, -0.0) if least <= number <= most]
            ends = [
                "-Infinity" if least == float("-inf") else least,
                "Infinity" if most == float("inf") else most,
            ]
            return [*middle, *ends, *(["NaN"] if accepts_nan else [])]
        case ir.IntegerType() | ir.TimestampType() | ir.DurationType():
            return [int(number) for number in _numbers(type_)]
        case ir.DecimalType(scale=scale):
            return [_decimal(int(number), scale) for number in _numbers(type_)]
        case ir.UuidType():
            return ["00000000-0000-0000-0000-000000000000", "00112233-4455-6677-8899-aabbccddeeff"]
        case ir.AsciiType(length=length):
            return ["", "Z" * length]
        case ir.FixedBytesType(length=length):
            return ["00" * length, "7f" * length]
        case ir.StringType():
            return ["s" * length for length in _counts(type_)]
        case ir.BytesType():
            return ["62" * length for length in _counts(type_)]
    raise AssertionError(f"no edges of {type_}")


def _numbers(type_: ir.NumberType) -> list[float]:
    least, most, _ = accepted_numbers(type_)
    middle = [number for number in (1, 100, 0) if least <= number <= most]
    return [*middle, least, most]


def _decimal(mantissa: int, scale: int) -> str:
    digits = str(abs(mantissa)).rjust(scale + 1, "0")
    return ("-" if mantissa < 0 else "") + (f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits)
