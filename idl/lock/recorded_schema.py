"""A schema as it is kept: without comments and places, in one order, sharing with the release before what did not change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from mycelium.idl.descriptor.consistency import packages_named_by
from mycelium.idl.schema import (
    BlockField,
    Constant,
    Declaration,
    EnumDeclaration,
    EnumMember,
    MessageDeclaration,
    Package,
    Schema,
    StructDeclaration,
    StructField,
    TaggedField,
    UnionDeclaration,
    UnionVariant,
)

_Kept = TypeVar("_Kept", Constant, Declaration)
_Part = TypeVar("_Part", Constant, EnumMember, StructField, BlockField, TaggedField, UnionVariant)


def recorded_schema(schema: Schema, before: Schema) -> Schema:
    """The same meaning; whatever the release ``before`` has as well is the very same object."""
    known = {package.name: package for package in before.packages}
    return Schema(tuple(_package(each, known.get(each.name)) for each in schema.packages))


def recorded_twins(schema: Schema, before: Schema) -> Mapping[int, Declaration]:
    """By the id of a declaration, the same as it is kept: for ``compare``, which passes over what is the very same."""
    kept = recorded_schema(schema, before)
    named = ((each, kept.find(each.qualified_name)) for each in schema.declarations())
    return {id(each): twin for each, twin in named if twin is not None}


def _package(package: Package, before: Package | None) -> Package:
    old_constants = {} if before is None else {each.name: each for each in before.constants}
    old_declarations = {} if before is None else {each.name: each for each in before.declarations}
    constants = [_kept(_bare(each), old_constants.get(each.name)) for each in package.constants]
    declarations = [
        _kept(_declaration(each), old_declarations.get(each.name)) for each in package.declarations
    ]
    return with_parts(package, constants, declarations)


def with_parts(package: Package, constants: list[Constant], declarations: list[Declaration]) -> Package:
    """The package with these parts, sorted by name, and the imports they need."""
    made = replace(
        package,
        doc="",
        constants=tuple(sorted(constants, key=lambda each: each.name)),
        declarations=tuple(sorted(declarations, key=lambda each: each.name)),
    )
    return replace(made, imports=tuple(sorted(packages_named_by(made))))


def _kept(new: _Kept, old: _Kept | None) -> _Kept:
    # By their text: 0.0 and -0.0 are equal and still different values, and NaN equals nothing.
    return new if old is None or repr(new) != repr(old) else old


def _bare(part: _Part) -> _Part:
    return replace(part, doc="", span=None)


def _declaration(declaration: Declaration) -> Declaration:
    match declaration:
        case EnumDeclaration(members=members):
            return replace(declaration, doc="", span=None, members=tuple(map(_bare, members)))
        case StructDeclaration(fields=fields):
            return replace(declaration, doc="", span=None, fields=tuple(map(_bare, fields)))
        case UnionDeclaration(variants=variants):
            return replace(declaration, doc="", span=None, variants=tuple(map(_bare, variants)))
        case MessageDeclaration(block=block, tagged=tagged):
            return replace(
                declaration,
                doc="",
                span=None,
                block=tuple(map(_bare, block)),
                tagged=tuple(map(_bare, tagged)),
            )
