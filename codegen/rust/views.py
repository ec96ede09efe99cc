"""Views of messages: schema -> model."""

from __future__ import annotations

from collections.abc import Sequence

from mycelium.codegen.rust import layout, model
from mycelium.codegen.rust.declarations import place, shown
from mycelium.codegen.rust.documentation import documentation
from mycelium.codegen.rust.literals import literal, text_literal, view_literal
from mycelium.codegen.rust.members import Member
from mycelium.codegen.rust.naming import METHODS_OF_VIEWS, UniqueNames, method_names
from mycelium.codegen.rust.scope import VIEW, Scope
from mycelium.idl.schema import BlockField, MessageDeclaration


def lower_view(scope: Scope, declaration: MessageDeclaration, members: Sequence[Member]) -> model.View:
    """A view: tagged fields as found when it was checked, block fields read when they are asked for."""
    name = scope.declaration(declaration.qualified_name, VIEW)
    private = UniqueNames({member.name for member in members})
    body, block = private.claim("body"), private.claim("block")
    methods = method_names((member.field.name for member in members), METHODS_OF_VIEWS)
    tagged = [member for member in members if not isinstance(member.field, BlockField)]
    fields = [f"    {body}: &'a [u8],", *([f"    {block}: &'a [u8],"] if declaration.block else [])]
    fields += [layout.statement(4, member.name, ":", member.view_type, ",") for member in tagged]
    literals = [" " * 12 + ("body," if body == "body" else f"{body}: body,")]
    if declaration.block:
        literals.append(" " * 12 + ("block," if block == "block" else f"{block}: block,"))
    return model.View(
        name=name,
        fields=tuple(fields),
        getters=tuple(
            _getter(scope, member, method, block) for member, method in zip(members, methods, strict=True)
        ),
        literal=layout.struct_literal(
            8, "let view = ", name, [*literals, *(_read(scope, member) for member in tagged)], ";"
        ),
        is_redacted=declaration.annotations.sensitive,
        body=body,
        to_message=layout.signature(
            4,
            "pub fn to_message",
            ["&self"],
            scope.result(scope.declaration(declaration.qualified_name), "DecodeError"),
        ),
    )


def _getter(scope: Scope, member: Member, method: str, block: str) -> model.Getter:
    field = member.field
    if isinstance(field, BlockField):
        fixed = member.spelling.fixed(field.type)
        arguments = [f"self.{block}", str(field.offset)]
        function = "get_at"
        if field.default is not None:
            function = "get_or"
            arguments.append(literal(scope, field.type, field.default))
        value = layout.call(8, "", f"{scope.wire}::{function}::<{fixed}>", arguments, "")
    else:
        value = f"{' ' * 8}self.{member.name}"
    return model.Getter(
        documentation(field.doc, field.annotations, f"`{field.name}`: {place(field)}."),
        layout.signature(4, f"pub fn {method}", ["&self"], member.view_type),
        value,
        shown(field, f"self.{method}()"),
    )


def _read(scope: Scope, member: Member) -> str:
    field = member.field
    assert not isinstance(field, BlockField)
    codec = member.spelling.field_codec(field.type)
    arguments = ["&mut fields", str(field.tag), text_literal(field.name)]
    if field.default is not None:
        arguments.append(view_literal(scope, field.type, field.default))
    callee = f"{scope.wire}::{field.presence.value}_view::<{codec}>"
    return layout.call(12, f"{member.name}: ", callee, arguments, ",")
