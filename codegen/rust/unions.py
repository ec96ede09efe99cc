"""Unions: schema -> model."""

from __future__ import annotations

from mycelium.codegen.rust import layout, model
from mycelium.codegen.rust.declarations import camel, derives
from mycelium.codegen.rust.documentation import documentation
from mycelium.codegen.rust.literals import text_literal
from mycelium.codegen.rust.messages import texts
from mycelium.codegen.rust.naming import variant_names
from mycelium.codegen.rust.scope import VIEW, Scope
from mycelium.codegen.rust.types import TypeSpelling
from mycelium.idl.schema import UnionDeclaration, UnionVariant


def lower_union(scope: Scope, declaration: UnionDeclaration) -> tuple[model.Union, list[TypeSpelling]]:
    """A union, and the spellings that hold the ranges and aliases of its variants."""
    name = scope.declaration(declaration.qualified_name)
    view_name = scope.declaration(declaration.qualified_name, VIEW)
    names = variant_names((variant.name for variant in declaration.variants), has_unknown=True)
    spellings = [
        TypeSpelling(
            scope,
            name + camel(variant.name),
            len(variant.name),
            (declaration.qualified_name, variant.name) in scope.crate.boxed,
        )
        for variant in declaration.variants
    ]
    redacted = any(variant.annotations.sensitive for variant in declaration.variants)
    union = model.Union(
        documentation=documentation(declaration.doc, declaration.annotations, f"`{declaration.name}`."),
        name=name,
        view_name=view_name,
        derives=derives(scope, declaration.qualified_name, ["Clone"], shown_by_hand=redacted),
        is_redacted=redacted,
        variants=tuple(
            _variant(scope, variant, variant_name, spelling, view_name)
            for variant, variant_name, spelling in zip(declaration.variants, names, spellings, strict=True)
        ),
        tags=layout.array(
            4, "const TAGS: &[u16] = &", [str(variant.tag) for variant in declaration.variants], ";"
        ),
        unknown_type=scope.runtime_type("UnknownVariant"),
        unknown_view_type=scope.runtime_type("UnknownVariantView"),
        unknown_view_arm=layout.match_arm(
            12, "_", f"{scope.wire}::unknown_variant_view", ["variant", f"{view_name}::Unknown"]
        ),
        texts=texts(scope, declaration.qualified_name, has_value=True),
    )
    return union, spellings


def _variant(
    scope: Scope, variant: UnionVariant, name: str, spelling: TypeSpelling, view_name: str
) -> model.Variant:
    codec = spelling.field_codec(variant.type)
    text = text_literal(variant.name)
    wire = scope.wire
    held = '&::std::format_args!("<redacted>")' if variant.annotations.sensitive else "value"
    binding = "_" if variant.annotations.sensitive else "value"
    return model.Variant(
        documentation=documentation(
            variant.doc, variant.annotations, f"`{variant.name}`: tag {variant.tag}."
        ),
        declaration=layout.tuple_variant(name, spelling.value(variant.type)),
        view_declaration=layout.tuple_variant(name, spelling.view(variant.type)),
        read=layout.match_arm(
            12, str(variant.tag), f"{wire}::variant::<{codec}, _>", ["variant", text, f"Self::{name}"]
        ),
        read_view=layout.match_arm(
            12,
            str(variant.tag),
            f"{wire}::variant_view::<{codec}, _>",
            ["variant", text, f"{view_name}::{name}"],
        ),
        pattern=f"Self::{name}(value)",
        write=layout.call(
            16, "", f"{wire}::write_variant::<{codec}>", ["encoder", str(variant.tag), text, "value"], ";"
        ),
        shown=layout.match_arm(
            12, f"Self::{name}({binding})", f"{wire}::show_variant", ["formatter", text, held]
        ),
    )
