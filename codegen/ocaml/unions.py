"""Unions -> model."""

from __future__ import annotations

from mycelium.codegen.ocaml import fixed_types, variable_types
from mycelium.codegen.ocaml.line_breaking import WIDTH, application, list_
from mycelium.codegen.ocaml.literals import string_literal
from mycelium.codegen.ocaml.messages import layout_field
from mycelium.codegen.ocaml.model import Codec
from mycelium.codegen.ocaml.scope import Scope
from mycelium.codegen.ocaml.symbols import is_polymorphic
from mycelium.codegen.ocaml.types import printer
from mycelium.idl.schema import UnionDeclaration, UnionVariant, fixed_size

_ARM_INDENT = 2


def union_codec(scope: Scope, declaration: UnionDeclaration, qualifier: str, layout: str) -> Codec:
    """The codec of a union in one file; ``qualifier`` stands before constructors, ``layout`` is what it is called."""
    name = declaration.qualified_name
    type_ = "t" if scope.own else f"{qualifier}t"
    if is_polymorphic(declaration):
        qualifier = ""
    arms = [
        (variant, qualifier + constructor)
        for variant, constructor in zip(declaration.variants, scope.symbols.members[name], strict=True)
    ]
    unknown = "`Unknown" if is_polymorphic(declaration) else f"{qualifier}Unknown"
    return Codec(
        type=type_,
        layout=layout,
        read=scope.function("read", name),
        write=scope.function("write", name),
        pp=scope.function("pp", name),
        layout_block="",
        layout_fields=list_("", map(layout_field, declaration.variants), 4),
        reader="reader",
        bytes="bytes",
        start="start",
        read_block=(),
        read_steps=(
            *(_read_arm(scope, variant, constructor) for variant, constructor in arms),
            f"  | _ -> {unknown} (Mycelium.Unknown_variant.read reader tag)",
        ),
        result="",
        write_steps=(
            *(_write_arm(scope, variant, constructor) for variant, constructor in arms),
            _arm(f"{unknown} variant", f"Mycelium.Unknown_variant.write writer {layout} variant"),
        ),
        printed_name=string_literal(declaration.name),
        print_steps=(
            *(_print_arm(scope, variant, constructor) for variant, constructor in arms),
            _arm(
                f"{unknown} variant",
                'Mycelium.Print.variant formatter "?" Mycelium.Unknown_variant.pp variant',
            ),
        ),
        prints_value=True,
        is_sensitive=declaration.annotations.sensitive,
    )


def _arm(pattern: str, expression: str) -> str:
    line = f"  | {pattern} -> {expression}"
    if len(line) <= WIDTH:
        return line
    return f"  | {pattern} ->\n{application(expression, _ARM_INDENT + 4)}"


def _read_arm(scope: Scope, variant: UnionVariant, constructor: str) -> str:
    if fixed_size(variant.type) is not None:
        value = f"Mycelium.Decode.variant_fixed {fixed_types.codec(scope, variant.type)} reader"
    else:
        value = f"Mycelium.Decode.variant {variable_types.reader(scope, variant.type)} reader"
    return _arm(str(variant.tag), f"{constructor} ({value})")


def _write_arm(scope: Scope, variant: UnionVariant, constructor: str) -> str:
    if fixed_size(variant.type) is not None:
        value = f"Mycelium.Encode.field_fixed writer {variant.tag} {fixed_types.codec(scope, variant.type)}"
    else:
        value = f"Mycelium.Encode.field writer {variant.tag} {variable_types.writer(scope, variant.type)}"
    return _arm(f"{constructor} content", f"{value} content")


def _print_arm(scope: Scope, variant: UnionVariant, constructor: str) -> str:
    name = string_literal(variant.name)
    if variant.annotations.sensitive:
        return _arm(f"{constructor} _", f"Mycelium.Print.sensitive formatter {name}")
    return _arm(
        f"{constructor} content",
        f"Mycelium.Print.variant formatter {name} {printer(scope, variant.type)} content",
    )
