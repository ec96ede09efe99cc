"""Builders of messages: schema -> model."""

from __future__ import annotations

from collections.abc import Sequence

from mycelium.codegen.rust import layout, model
from mycelium.codegen.rust.declarations import place
from mycelium.codegen.rust.documentation import documentation
from mycelium.codegen.rust.literals import text_literal
from mycelium.codegen.rust.members import Member
from mycelium.codegen.rust.naming import METHODS_OF_BUILDERS, method_names
from mycelium.codegen.rust.scope import BUILDER, Scope
from mycelium.idl.schema import BytesType, ListType, MessageDeclaration, Presence, StringType


def lower_builder(scope: Scope, declaration: MessageDeclaration, members: Sequence[Member]) -> model.Builder:
    """A builder: required fields wait for their values, all others have one from the start."""
    name = scope.declaration(declaration.qualified_name, BUILDER)
    methods = method_names((member.field.name for member in members), METHODS_OF_BUILDERS)
    return model.Builder(
        name=name,
        fields=tuple(
            layout.statement(4, member.name, ":", _held_type(scope, member), ",") for member in members
        ),
        setters=tuple(
            _setter(scope, member, method) for member, method in zip(members, methods, strict=True)
        ),
        start=layout.struct_literal(
            8, "", name, [f"{' ' * 12}{member.name}: {member.initial(scope)}," for member in members], ""
        ),
        finish=_finish(scope, declaration, members),
        build=layout.signature(
            4,
            "pub fn build",
            ["self"],
            scope.result(scope.declaration(declaration.qualified_name), "EncodeError"),
        ),
    )


def _held_type(scope: Scope, member: Member) -> str:
    if member.field.presence is Presence.REQUIRED:
        return f"{scope.standard('Option')}<{member.value_type}>"
    return member.value_type


def _setter(scope: Scope, member: Member, method: str) -> model.Setter:
    field = member.field
    converted = isinstance(field.type, StringType | BytesType | ListType) or member.spelling.keeps_box
    set_type = member.spelling.value(field.type)
    parameter = f"value: impl {scope.standard('Into')}<{set_type}>" if converted else f"value: {set_type}"
    value = "value.into()" if converted else "value"
    if field.presence is not Presence.DEFAULTED:
        value = f"Some({value})"
    return model.Setter(
        documentation(field.doc, field.annotations, f"Sets `{field.name}`, {place(field)}."),
        layout.signature(4, f"pub fn {method}", ["mut self", parameter], "Self"),
        layout.statement(8, f"self.{member.name}", " =", value, ";"),
    )


def _finish(scope: Scope, declaration: MessageDeclaration, members: Sequence[Member]) -> str:
    fields = []
    for member in members:
        if member.field.presence is Presence.REQUIRED:
            arguments = [
                f"self.{member.name}",
                text_literal(declaration.name),
                text_literal(member.field.name),
            ]
            callee = f"{scope.wire}::given"
            fields.append(layout.call(12, f"{member.name}: ", callee, arguments, "?,"))
        else:
            fields.append(layout.moved_field(12, member.name))
    return layout.struct_literal(8, "Ok(", scope.declaration(declaration.qualified_name), fields, ")")
