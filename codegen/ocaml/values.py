"""Declared values, defaults and constants alike -> OCaml expressions."""

from __future__ import annotations

from mycelium.codegen.ocaml.literals import is_constant, number_literal, value_literal
from mycelium.codegen.ocaml.scope import Scope
from mycelium.idl.schema import EnumType, Literal, Schema, Type


def value_expression(schema: Schema, scope: Scope, type_: Type, value: Literal) -> str:
    """An expression for a literal of the type, as an argument."""
    if isinstance(type_, EnumType):
        assert isinstance(value, int)
        return _enum_expression(schema, scope, type_, value)
    return value_literal(type_, value)


def default_expression(schema: Schema, scope: Scope, name: str, type_: Type, value: Literal) -> str:
    """As :func:`value_expression`; what has to be computed becomes a constant of the file, named after ``name``."""
    expression = value_expression(schema, scope, type_, value)
    if is_constant(type_):
        return expression
    return scope.constant(f"default_{name}", expression.removeprefix("(").removesuffix(")"))


def _enum_expression(schema: Schema, scope: Scope, type_: EnumType, number: int) -> str:
    declaration = schema.enum(type_)
    module = scope.module(type_.name)
    for member, constructor in zip(declaration.members, scope.symbols.members[type_.name], strict=True):
        if member.number == number:
            if member.annotations.deprecated is None:
                return f"{module}.{constructor}"
            return f'({module}.{constructor} [@ocaml.alert "-deprecated"])'
    return f"({module}.Unknown {number_literal(type_, number)})"
