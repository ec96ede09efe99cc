"""Schemas made up at random, the same from the same seed: everything a schema may hold, nested and recursive."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from changes import valid

from mycelium.idl import schema as ir
from mycelium.idl.compatibility.limits import accepted_counts
from mycelium.idl.descriptor.consistency import types_of

FIELD_NAMES = ("alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet")
MEMBER_NAMES = tuple(name.upper() for name in FIELD_NAMES)
TAGS = (*range(1, 13), 30, 31, 300)
MEMBER_NUMBERS = (0, 1, 2, 3, 7, 8, 200, 255)
TYPE_IDS = (1000, 1001, 1002, 1003, 50_000)
PACKAGE = "world"


def random_schema(chance: random.Random) -> ir.Schema:
    """A valid schema of one package with a handful of declarations."""
    while True:
        made = valid(_Maker(chance).schema())
        if made is not None and can_be_written(made):
            return made


def can_be_written(schema: ir.Schema) -> bool:
    """Whether no map asks for more entries than it has keys: nothing could be said of a message that has no value."""
    counts = [
        accepted_counts(map_, schema)
        for declaration in schema.declarations()
        for type_ in types_of(declaration)
        for map_ in _maps(type_)
    ]
    return all(least <= most for least, most, _ in counts)


def _maps(type_: ir.Type) -> list[ir.MapType]:
    match type_:
        case ir.ListType(element=element) | ir.ArrayType(element=element):
            return _maps(element)
        case ir.MapType(value=value):
            return [type_, *_maps(value)]
    return []


class RandomTypes:
    """Types over the declarations of a schema."""

    def __init__(self, chance: random.Random, declarations: dict[str, ir.Declaration]) -> None:
        self._chance = chance
        self._declarations = declarations

    def any(self, depth: int = 0) -> ir.Type:
        """Any type; containers hold simpler ones."""
        kinds: list[Any] = [
            self.fixed,
            self.fixed,
            self._text,
            self._list,
            self._map,
            self._message,
            self._union,
        ]
        return self._chance.choice(kinds if depth < 2 else kinds[:3])(depth)  # type: ignore[no-any-return]

    def fixed(self, depth: int = 0, *, structs: bool = True) -> ir.Type:
        """A fixed-size type."""
        kinds = [self._number, self._number, self._number, self._plain, self._enum]
        if structs:
            kinds.append(self._struct)
        if depth < 2:
            kinds.append(self._array)
        return self._chance.choice(kinds)(depth)

    def key(self) -> ir.Type:
        """A type of keys."""
        kinds = [
            lambda: ir.IntegerType(8, False, *self.limits(0, 20)),
            lambda: ir.IntegerType(self._chance.choice((16, 32, 64, 128)), True),
            lambda: self._enum(0),
            lambda: ir.StringType(*self.bounds()),
            lambda: ir.AsciiType(self._chance.choice((1, 4))),
            lambda: ir.FixedBytesType(self._chance.choice((1, 3))),
        ]
        return self._chance.choice(kinds)()

    def bounds(self) -> tuple[int | None, int | None]:
        """Least and most, as the compiler writes them: no least is None."""
        if self._chance.random() < 0.3:
            return None, None
        least, most = sorted((self._chance.randint(0, 3), self._chance.randint(1, 6)))
        return least or None, most

    def limits(self, lowest: int, highest: int) -> tuple[int | None, int | None]:
        """Two ends within a span, each there or not."""
        least, most = sorted(self._chance.sample(range(lowest, highest + 1), 2))
        return (
            least if self._chance.random() < 0.4 else None,
            most if self._chance.random() < 0.4 else None,
        )

    def _number(self, depth: int) -> ir.Type:
        bits = self._chance.choice((8, 16, 32, 64, 128))
        signed = self._chance.random() < 0.5
        match self._chance.randrange(6):
            case 0:
                least, most = self.limits(-4, 4)
                ends = [None if end is None else end / 2 for end in (least, most)]
                return ir.FloatType(self._chance.choice((32, 64)), *ends)
            case 1:
                return ir.TimestampType(*self.limits(-9, 9))
            case 2:
                return ir.DurationType(*self.limits(-9, 9))
            case 3:
                return ir.DecimalType(self._chance.choice((0, 2, 4)), *self.limits(-500, 500))
        return ir.IntegerType(bits, signed, *self.limits(-9 if signed else 0, 20))

    def _plain(self, depth: int) -> ir.Type:
        length = self._chance.randint(1, 5)
        kinds = (ir.BoolType(), ir.UuidType(), ir.AsciiType(length), ir.FixedBytesType(length))
        return self._chance.choice(kinds)

    def _text(self, depth: int) -> ir.Type:
        return self._chance.choice((ir.StringType, ir.BytesType))(*self.bounds())

    def _array(self, depth: int) -> ir.Type:
        return ir.ArrayType(self.fixed(depth + 1), self._chance.randint(1, 3))

    def _list(self, depth: int) -> ir.Type:
        return ir.ListType(self.any(depth + 1), *self.bounds())

    def _map(self, depth: int) -> ir.Type:
        return ir.MapType(self.key(), self.any(depth + 1), *self.bounds())

    def _enum(self, depth: int) -> ir.Type:
        enum = self._choose(ir.EnumDeclaration)
        return (
            self._number(depth) if enum is None else ir.EnumType(enum.qualified_name, enum.bits, enum.closed)
        )

    def _struct(self, depth: int) -> ir.Type:
        struct = self._choose(ir.StructDeclaration)
        return self._number(depth) if struct is None else ir.StructType(struct.qualified_name, struct.size)

    def _message(self, depth: int) -> ir.Type:
        message = self._choose(ir.MessageDeclaration)
        return self._text(depth) if message is None else ir.MessageType(message.qualified_name)

    def _union(self, depth: int) -> ir.Type:
        union = self._choose(ir.UnionDeclaration)
        return self._text(depth) if union is None else ir.UnionType(union.qualified_name)

    def _choose(self, kind: type[Any]) -> Any:
        found = [each for each in self._declarations.values() if isinstance(each, kind)]
        return self._chance.choice(found) if found else None


def random_default(chance: random.Random, type_: ir.Type, schema: ir.Schema) -> Any:
    """A literal of the type, within its limits; None where the type has none."""
    match type_:
        case ir.BoolType():
            return chance.random() < 0.5
        case ir.IntegerType() | ir.TimestampType() | ir.DurationType() | ir.DecimalType():
            signed = not isinstance(type_, ir.IntegerType) or type_.signed
            return _between(chance, type_, -3 if signed else 0, 9)
        case ir.FloatType():
            return float(_between(chance, type_, -1, 2))
        case ir.StringType(minimum=minimum):
            return "d" * (minimum or 0)
        case ir.AsciiType(length=length):
            return "a" * chance.randint(0, length)
        case ir.ListType(minimum=None) | ir.MapType(minimum=None):
            return ()
        case ir.EnumType(name=name):
            enum = schema.find(name)
            return chance.choice(enum.members).number if isinstance(enum, ir.EnumDeclaration) else None
    return None


def _between(chance: random.Random, type_: Any, lowest: int, highest: int) -> Any:
    if type_.minimum is not None:
        return type_.minimum
    if type_.maximum is not None:
        return type_.maximum
    return chance.randint(lowest, highest)


def random_tagged(
    chance: random.Random, schema: ir.Schema, name: str, tag: int, type_: ir.Type
) -> ir.TaggedField:
    """A field of any presence."""
    presence = chance.choice(list(ir.Presence))
    default = random_default(chance, type_, schema) if presence is ir.Presence.DEFAULTED else None
    if presence is ir.Presence.DEFAULTED and default is None:
        presence = ir.Presence.OPTIONAL
    return ir.TaggedField(tag, name, type_, presence, default)


class _Maker:
    """Declares names first, then fills them, so that any may refer to any."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._declarations: dict[str, ir.Declaration] = {}
        self._types = RandomTypes(chance, self._declarations)

    def schema(self) -> ir.Schema:
        for index in range(self._chance.randint(1, 2)):
            self._put(self._enum(f"Enum{index}"))
        for index in range(self._chance.randint(0, 2)):
            self._put(self._struct(f"Struct{index}"))
        messages = [f"Message{index}" for index in range(self._chance.randint(2, 4))]
        unions = [f"Union{index}" for index in range(self._chance.randint(0, 2))]
        for name in messages:
            self._put(ir.MessageDeclaration(PACKAGE, name, None, None, (), ()))
        for name in unions:
            self._put(ir.UnionDeclaration(PACKAGE, name, ()))
        for name in unions:
            self._put(self._union(name))
        for index, name in enumerate(messages):
            self._put(self._message(name, index))
        return self._packed()

    def _packed(self) -> ir.Schema:
        return ir.Schema((ir.Package(PACKAGE, "", (), (), tuple(self._declarations.values())),))

    def _put(self, declaration: ir.Declaration) -> None:
        self._declarations[declaration.qualified_name] = declaration

    def _names(self, least: int, most: int) -> list[str]:
        return self._chance.sample(FIELD_NAMES, self._chance.randint(least, most))

    def _enum(self, name: str) -> ir.EnumDeclaration:
        names = self._chance.sample(MEMBER_NAMES, self._chance.randint(2, 4))
        numbers = self._chance.sample(MEMBER_NUMBERS, len(names))
        members = tuple(map(ir.EnumMember, names, numbers))
        return ir.EnumDeclaration(
            PACKAGE, name, self._chance.choice((8, 16)), self._chance.random() < 0.5, members
        )

    def _struct(self, name: str) -> ir.StructDeclaration:
        fields = tuple(ir.StructField(each, self._types.fixed(1), 0) for each in self._names(1, 3))
        return ir.StructDeclaration(PACKAGE, name, fields, 1)

    def _union(self, name: str) -> ir.UnionDeclaration:
        names = self._names(1, 3)
        tags = sorted(self._chance.sample(TAGS, len(names)))
        variants = tuple(
            ir.UnionVariant(tag, each, self._types.any(1)) for tag, each in zip(tags, names, strict=True)
        )
        return ir.UnionDeclaration(PACKAGE, name, variants)

    def _message(self, name: str, index: int) -> ir.MessageDeclaration:
        names = self._names(0, 6)
        in_block = self._chance.randint(0, len(names)) if self._chance.random() < 0.5 else 0
        schema = self._packed()
        block = []
        for each in names[:in_block]:
            type_ = self._types.fixed()
            default = random_default(self._chance, type_, schema) if self._chance.random() < 0.4 else None
            block.append(ir.BlockField(each, type_, 0, default))
        tags = sorted(self._chance.sample(TAGS, len(names) - in_block))
        tagged = tuple(
            random_tagged(self._chance, schema, each, tag, self._types.any())
            for tag, each in zip(tags, names[in_block:], strict=True)
        )
        type_id = TYPE_IDS[index] if self._chance.random() < 0.6 else None
        message = ir.MessageDeclaration(PACKAGE, name, type_id, None, tuple(block), tagged)
        return replace(message, topic="topic" if self._chance.random() < 0.2 else None)
