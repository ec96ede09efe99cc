"""Fields -> the steps that print them."""

from __future__ import annotations

from mycelium.codegen.ocaml.line_breaking import application
from mycelium.codegen.ocaml.literals import string_literal
from mycelium.codegen.ocaml.scope import Scope
from mycelium.codegen.ocaml.types import printer
from mycelium.idl.schema import Annotations, Type

_ELEMENT_INDENT = 6


def print_step(
    scope: Scope, name: str, type_: Type, annotations: Annotations, value: str, optional: bool = False
) -> str:
    """An element of the list that ``Mycelium.Print.record`` takes; ``name`` is the schema's."""
    literal = string_literal(name)
    if annotations.sensitive:
        return application(f"Mycelium.Print.redacted {literal}", _ELEMENT_INDENT, ";")
    function = printer(scope, type_)
    if optional:
        function = f"(Mycelium.Print.option {function})"
    return application(f"Mycelium.Print.field {literal} {function} {value}", _ELEMENT_INDENT, ";")
