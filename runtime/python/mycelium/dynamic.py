"""Message classes made at run time: bare classes first, then described by plans.

They behave like generated ones, with the careful codec alone. A class may be described only when all classes its
plan refers to exist, structs before what holds them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import msgspec

from mycelium.codec import describe_message, describe_struct, describe_union
from mycelium.enums import ClosedEnum, OpenEnum
from mycelium.message import AnyEnum, Message, Struct, UnknownVariant, Variant
from mycelium.plan import EnumPlan

__all__ = [
    "ClassField",
    "UnionClasses",
    "describe_message",
    "describe_struct",
    "describe_union",
    "enum_class",
    "message_class",
    "struct_class",
    "union_classes",
]


class ClassField(msgspec.Struct, frozen=True):
    """A field of a message class: its attribute, and what it is when left out, if it may be."""

    attribute: str
    may_be_left_out: bool = False
    default: Any = None


class UnionClasses(msgspec.Struct, frozen=True):
    """The classes of a union: one per variant, by tag, and the one for variants it does not know."""

    variants: Mapping[int, type[Variant]]
    unknown: type[UnknownVariant]


def enum_class(members: Mapping[str, int], description: EnumPlan) -> type[AnyEnum]:
    """An enum with these members."""
    base: Any = ClosedEnum if description.closed else OpenEnum
    made: type[AnyEnum] = base(description.name, dict(members))
    made.__plan__ = description
    return made


def struct_class(name: str, attributes: Sequence[str]) -> type[Struct]:
    """A bare struct."""
    fields = [(attribute, Any) for attribute in attributes]
    return cast("type[Struct]", msgspec.defstruct(name, fields, bases=(Struct,), frozen=True))


def union_classes(name: str, variants: Mapping[int, str]) -> UnionClasses:
    """The bare classes of a union, from the class names of its variants by tag."""
    unknown = msgspec.defstruct(f"{name}Unknown", [], bases=(UnknownVariant,), frozen=True)
    return UnionClasses(
        {
            tag: cast(
                "type[Variant]",
                msgspec.defstruct(class_name, [("value", Any)], bases=(Variant,), frozen=True),
            )
            for tag, class_name in variants.items()
        },
        cast("type[UnknownVariant]", unknown),
    )


def message_class(name: str, fields: Sequence[ClassField], constants: Mapping[str, Any]) -> type[Message]:
    """A bare message; ``constants`` are its TYPE_ID and the like."""
    made = msgspec.defstruct(
        name,
        [_field(field) for field in fields],
        bases=(Message,),
        namespace=dict(constants),
        frozen=True,
        kw_only=True,
    )
    return cast("type[Message]", made)


def _field(field: ClassField) -> tuple[str, Any] | tuple[str, Any, Any]:
    return (field.attribute, Any, field.default) if field.may_be_left_out else (field.attribute, Any)
