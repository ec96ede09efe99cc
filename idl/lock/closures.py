"""A message and all it can hold, as a schema of its own."""

from __future__ import annotations

from dataclasses import replace

from mycelium.idl.descriptor.consistency import types_of
from mycelium.idl.descriptor.types import references
from mycelium.idl.schema import Declaration, Package, Schema


def closure(schema: Schema, message: str) -> Schema:
    """The declarations a message reaches, by package and name; no constants, which no declaration needs any more."""
    reached: dict[str, Declaration] = {}
    waiting = [message]
    while waiting:
        declaration = schema.find(waiting.pop())
        if declaration is not None and declaration.qualified_name not in reached:
            reached[declaration.qualified_name] = declaration
            waiting += _names(declaration)
    packages = [_part(package, reached) for package in schema.packages]
    return Schema(tuple(package for package in packages if package.declarations))


def _names(declaration: Declaration) -> list[str]:
    return [reference.name for type_ in types_of(declaration) for reference in references(type_)]


def _part(package: Package, reached: dict[str, Declaration]) -> Package:
    kept = [each for each in package.declarations if each.qualified_name in reached]
    kept.sort(key=lambda each: each.name)
    imports = {name.rpartition(".")[0] for each in kept for name in _names(each)} - {package.name}
    return replace(package, doc="", imports=tuple(sorted(imports)), constants=(), declarations=tuple(kept))
