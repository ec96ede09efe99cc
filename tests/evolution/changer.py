"""What random changes are made with: chance, the schema, types over its declarations, and what reserving means."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from random_schemas import RandomTypes

from mycelium.idl import schema as ir


class Changer:
    """One change of one schema."""

    def __init__(self, chance: random.Random, schema: ir.Schema) -> None:
        self.chance = chance
        self.schema = schema
        self.declarations = {each.qualified_name: each for each in schema.declarations()}
        self.types = RandomTypes(chance, self.declarations)

    def with_declarations(self, declarations: dict[str, ir.Declaration]) -> ir.Schema:
        package = replace(self.schema.packages[0], declarations=tuple(declarations.values()))
        return ir.Schema((package,))

    def unused(self, choices: tuple[Any, ...], used: Any) -> Any:
        """One of the choices that is not used yet."""
        free = [each for each in choices if each not in used]
        return self.chance.choice(free) if free else None

    def like(self, type_: ir.Type) -> ir.Type:
        """Another type in the place of one: other limits or bounds, something near, or anything."""
        if self.chance.random() < 0.6:
            return self.limited(type_)
        if ir.fixed_size(type_) is not None and self.chance.random() < 0.5:
            return self.types.fixed()
        return self.types.any()

    def like_in_struct(self, type_: ir.Type) -> ir.Type:
        """The same of a fixed size, and no struct: those must not hold one another in a circle."""
        return self.limited(type_) if self.chance.random() < 0.6 else self.types.fixed(2, structs=False)

    def limited(self, type_: ir.Type) -> ir.Type:
        """The same type with other limits or bounds, here or inside."""
        match type_:
            case ir.IntegerType(signed=signed):
                least, most = self.types.limits(-9 if signed else 0, 20)
                return replace(type_, minimum=least, maximum=most)
            case ir.FloatType():
                least, most = self.types.limits(-4, 4)
                return replace(
                    type_,
                    minimum=None if least is None else least / 2,
                    maximum=None if most is None else most / 2,
                )
            case ir.TimestampType() | ir.DurationType():
                least, most = self.types.limits(-9, 9)
                return replace(type_, minimum=least, maximum=most)
            case ir.DecimalType():
                least, most = self.types.limits(-500, 500)
                return replace(type_, minimum=least, maximum=most)
            case ir.StringType() | ir.BytesType():
                least, most = self.types.bounds()
                return replace(type_, minimum=least, maximum=most)
            case ir.ArrayType(element=element):
                return replace(type_, element=self.limited(element))
            case ir.ListType(element=element):
                if self.chance.random() < 0.5:
                    return replace(type_, element=self.like(element))
                return ir.ListType(element, *self.types.bounds())
            case ir.MapType(key=key, value=value):
                match self.chance.randrange(3):
                    case 0:
                        return replace(type_, key=self.limited(key))
                    case 1:
                        return replace(type_, value=self.like(value))
                return ir.MapType(key, value, *self.types.bounds())
        return type_


def without(parts: tuple[Any, ...], index: int) -> tuple[Any, ...]:
    return (*parts[:index], *parts[index + 1 :])


def with_part(parts: tuple[Any, ...], index: int, part: Any) -> tuple[Any, ...]:
    return (*parts[:index], part, *parts[index + 1 :])


def reserving(changer: Changer, declaration: Any, number: int | None, name: str | None) -> Any:
    """Two times out of three, what is gone is reserved."""
    if changer.chance.random() < 0.33:
        return declaration
    old = declaration.reserved
    numbers = {number} - {None} | {n for low, high in old.ranges for n in range(low, high + 1)}
    ranges: list[tuple[int, int]] = []
    for each in sorted(numbers):
        if ranges and ranges[-1][1] == each - 1:
            ranges[-1] = (ranges[-1][0], each)
        else:
            ranges.append((each, each))
    names = tuple(sorted({*old.names, *([] if name is None else [name])}))
    return replace(declaration, reserved=ir.Reserved(tuple(ranges), names))


def not_reserving(declaration: Any) -> Any:
    return replace(declaration, reserved=ir.Reserved())
