"""Declarations of a schema under other names, and whatever refers to them as well."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mycelium.idl import schema as ir


def referring(declaration: Any, names: Mapping[str, str]) -> Any:
    """The declaration with what it refers to by other qualified names."""

    def part(each: Any) -> Any:
        return replace(each, type=_renamed_type(each.type, names))

    match declaration:
        case ir.StructDeclaration(fields=fields):
            return replace(declaration, fields=tuple(map(part, fields)))
        case ir.UnionDeclaration(variants=variants):
            return replace(declaration, variants=tuple(map(part, variants)))
        case ir.MessageDeclaration(block=block, tagged=tagged):
            return replace(declaration, block=tuple(map(part, block)), tagged=tuple(map(part, tagged)))
    return declaration


def _renamed_type(type_: Any, names: Mapping[str, str]) -> Any:
    match type_:
        case ir.ArrayType(element=element) | ir.ListType(element=element):
            return replace(type_, element=_renamed_type(element, names))
        case ir.MapType(key=key, value=value):
            return replace(type_, key=_renamed_type(key, names), value=_renamed_type(value, names))
        case ir.EnumType() | ir.StructType() | ir.MessageType() | ir.UnionType():
            return replace(type_, name=names.get(type_.name, type_.name))
    return type_
