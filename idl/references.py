"""Which names a declaration mentions."""

from __future__ import annotations

from collections.abc import Iterator

from mycelium.idl import ast


def names_in_type(expression: ast.TypeExpression) -> Iterator[ast.QualifiedName]:
    """Every name in a type: of types and of constants."""
    yield expression.name
    for argument in expression.arguments or ():
        if isinstance(argument, ast.TypeExpression):
            yield from names_in_type(argument)
        elif isinstance(argument, ast.Range):
            yield from _names_in_range(argument)
    for length in expression.lengths:
        if isinstance(length, ast.QualifiedName):
            yield length
    if expression.limit is not None:
        yield from _names_in_range(expression.limit)


def names_in_declaration(declaration: ast.Constant | ast.Struct) -> Iterator[ast.QualifiedName]:
    """Every name a constant or struct needs resolved before itself."""
    if isinstance(declaration, ast.Constant):
        yield from names_in_type(declaration.type)
        if isinstance(declaration.value, ast.QualifiedName):
            yield declaration.value
        return
    for field in declaration.fields:
        yield from names_in_type(field.type)


def _names_in_range(range_: ast.Range) -> Iterator[ast.QualifiedName]:
    for end in (range_.lower, range_.upper):
        if isinstance(end, ast.QualifiedName):
            yield end
