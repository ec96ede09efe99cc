"""Paths of errors -> the elements of a schema they lead through."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mycelium.idl.descriptor.types import references
from mycelium.idl.schema import (
    ArrayType,
    Declaration,
    EnumDeclaration,
    ListType,
    MapType,
    Schema,
    Type,
    UnionDeclaration,
)

_PART = re.compile(r'\.(?P<field>\w+)|\((?P<variant>\w+)\)|\[(?P<index>"(?:[^"\\]|\\.)*"|[^\]]*)\]')


def elements_on(schema: Schema, message: str, path: str) -> Iterator[tuple[str, str]]:
    """Declarations and their parts, from the message inwards: ``(declaration, "")`` or ``(declaration, part)``.

    Where the path ends in a list or map, what that holds belongs to it.
    """
    yield message, ""
    holder, type_ = schema.find(message), None
    for match in _PART.finditer(path):
        if match["index"] is not None:
            type_ = _inside(type_, match["index"])
        else:
            part = match["field"] or match["variant"]
            if holder is None:
                return
            yield holder.qualified_name, part
            type_ = _type_of(holder, part)
        if type_ is None:
            return
        named = references(type_)
        holder = schema.find(named[0].name) if named and named[0] is type_ else None
        if holder is not None:
            yield holder.qualified_name, ""
    for reference in [] if type_ is None else references(type_):
        yield reference.name, ""


def _inside(type_: Type | None, index: str) -> Type | None:
    """A number after ``#`` stands for a key that could not be read."""
    match type_:
        case ListType(element=element) | ArrayType(element=element):
            return element
        case MapType(key=key, value=value):
            return key if index.startswith("#") else value
    return None


def _type_of(holder: Declaration, part: str) -> Type | None:
    match holder:
        case EnumDeclaration():
            return None
        case UnionDeclaration(variants=variants):
            return next((variant.type for variant in variants if variant.name == part), None)
    return next((field.type for field in holder.fields if field.name == part), None)
