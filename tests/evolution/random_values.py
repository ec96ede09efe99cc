"""Values of a schema made up at random, in JSON form: quickly, and the same from the same seed."""

from __future__ import annotations

import random
from typing import Any

from mycelium.codegen.witness.edges import decimal_text
from mycelium.codegen.witness.keys import distinct_keys
from mycelium.idl import schema as ir
from mycelium.idl.compatibility.limits import accepted_counts, accepted_numbers

Json = Any

MAXIMUM_DEPTH = 4
UNKNOWN_TAG = 65_000
"""The least tag of variants that no version declares."""


class RandomValues:
    """Values that the writer of one schema may send."""

    def __init__(self, schema: ir.Schema, chance: random.Random) -> None:
        self._schema = schema
        self._chance = chance

    def message(self, message: ir.MessageDeclaration, depth: int = 0) -> Json:
        """Optional fields come and go, and are gone where it gets deep."""
        return {
            field.name: self.type(field.type, depth)
            for field in message.fields
            if field.presence is not ir.Presence.OPTIONAL
            or (depth < MAXIMUM_DEPTH and self._chance.random() < 0.6)
        }

    def type(self, type_: ir.Type, depth: int) -> Json:
        """A value of any type."""
        match type_:
            case ir.ArrayType(element=element, length=length):
                return [self.type(element, depth) for _ in range(length)]
            case ir.ListType(element=element):
                return [self.type(element, depth + 1) for _ in range(self._count(type_, depth))]
            case ir.MapType(key=key, value=value):
                schemas = (self._schema, self._schema)
                keys = distinct_keys(key, None, 40, schemas)
                chosen = self._chance.sample(keys, min(self._count(type_, depth), len(keys)))
                return {each: self.type(value, depth + 1) for each in chosen}
            case ir.EnumType():
                return self._enum(self._schema.enum(type_))
            case ir.StructType():
                fields = self._schema.struct(type_).fields
                return {field.name: self.type(field.type, depth) for field in fields}
            case ir.MessageType():
                return self.message(self._schema.message(type_), depth + 1)
            case ir.UnionType():
                return self._union(self._schema.union(type_), depth + 1)
        return self._scalar(type_)

    def _count(self, type_: ir.BoundedType, depth: int) -> int:
        least, most, _ = accepted_counts(type_, self._schema)
        return self._chance.randint(int(least), int(min(most, least + (4 if depth < MAXIMUM_DEPTH else 0))))

    def _enum(self, enum: ir.EnumDeclaration) -> Json:
        if enum.closed or self._chance.random() < 0.7:
            return self._chance.choice(enum.members).name
        return self._chance.randrange(1 << enum.bits)

    def _union(self, union: ir.UnionDeclaration, depth: int) -> Json:
        if depth > MAXIMUM_DEPTH or self._chance.random() < 0.2:
            kind = self._chance.randrange(6)
            octets = self._chance.randbytes(1 << kind).hex()
            return {"?": {"tag": self._chance.randint(UNKNOWN_TAG, 65_535), "kind": kind, "bytes": octets}}
        variant = self._chance.choice(union.variants)
        return {variant.name: self.type(variant.type, depth)}

    def _scalar(self, type_: ir.Type) -> Json:
        match type_:
            case ir.BoolType():
                return self._chance.random() < 0.5
            case ir.FloatType():
                least, most, _ = accepted_numbers(type_)
                return min(max(self._chance.randint(-40, 40) / 4, least), most)
            case ir.IntegerType() | ir.TimestampType() | ir.DurationType():
                least, most, _ = accepted_numbers(type_)
                return self._chance.randint(int(least), int(most))
            case ir.DecimalType(scale=scale):
                least, most, _ = accepted_numbers(type_)
                return decimal_text(self._chance.randint(int(least), int(most)), scale)
            case ir.UuidType():
                digits = self._chance.randbytes(16).hex()
                return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
            case ir.AsciiType(length=length):
                return "".join(self._chance.choices(" azAZ~", k=self._chance.randint(0, length)))
            case ir.FixedBytesType(length=length):
                return self._chance.randbytes(length).hex()
            case ir.BytesType():
                return self._chance.randbytes(self._count(type_, 0)).hex()
            case ir.StringType():
                return "".join(self._chance.choices("az\0\n~", k=self._count(type_, 0)))
        raise AssertionError(f"no value of {type_}")
