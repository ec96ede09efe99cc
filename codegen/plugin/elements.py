"""Full names of what a schema declares, and where it is declared."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from mycelium.idl.schema import (
    BlockField,
    Declaration,
    EnumDeclaration,
    EnumMember,
    MessageDeclaration,
    Schema,
    Span,
    StructDeclaration,
    StructField,
    TaggedField,
    UnionDeclaration,
    UnionVariant,
)

Part: TypeAlias = BlockField | EnumMember | StructField | TaggedField | UnionVariant


def places_of_elements(schema: Schema) -> dict[str, Span]:
    """Where everything with a name stands: ``shop.Order``, ``shop.Order.item``, ``shop.Size.SMALL``, ``shop.LIMIT``."""
    return {name: span for name, span in _places(schema) if span is not None}


def _places(schema: Schema) -> Iterator[tuple[str, Span | None]]:
    for package in schema.packages:
        for constant in package.constants:
            yield f"{package.name}.{constant.name}", constant.span
    for declaration in schema.declarations():
        yield declaration.qualified_name, declaration.span
        for part in _parts(declaration):
            yield f"{declaration.qualified_name}.{part.name}", part.span


def _parts(declaration: Declaration) -> Sequence[Part]:
    match declaration:
        case EnumDeclaration(members=members):
            return members
        case UnionDeclaration(variants=variants):
            return variants
        case StructDeclaration(fields=fields):
            return fields
        case MessageDeclaration():
            return declaration.fields
