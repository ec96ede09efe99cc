"""Messages: schema -> model. Block fields first, then tagged ones, in every part."""

from __future__ import annotations

from collections.abc import Sequence

from mycelium.codegen.rust import layout, model
from mycelium.codegen.rust.blocks import lower_block, lower_block_alone
from mycelium.codegen.rust.builders import lower_builder
from mycelium.codegen.rust.declarations import camel, derives, field_model, get, shown_start
from mycelium.codegen.rust.documentation import documentation
from mycelium.codegen.rust.literals import borrowed_literal, is_type_default, owned_literal, text_literal
from mycelium.codegen.rust.members import Member
from mycelium.codegen.rust.naming import field_names
from mycelium.codegen.rust.scope import VIEW, Scope
from mycelium.codegen.rust.types import TypeSpelling
from mycelium.codegen.rust.versions import lower_versions
from mycelium.codegen.rust.views import lower_view
from mycelium.idl.digest import MessageDigests
from mycelium.idl.lock import MessageHistory
from mycelium.idl.schema import (
    BlockField,
    MessageDeclaration,
    Presence,
    TaggedField,
)


def lower_message(
    scope: Scope, declaration: MessageDeclaration, digests: MessageDigests, history: MessageHistory
) -> tuple[model.Message, list[TypeSpelling]]:
    """A message, and the spellings that hold the ranges and aliases of its fields."""
    members = _members(scope, declaration)
    redacted = declaration.annotations.sensitive
    by_hand = redacted or any(member.field.annotations.sensitive for member in members)
    trivial = all(_has_type_default(member) for member in members)
    traits = ["Clone", "Default"] if trivial else ["Clone"]
    block, tagged = lower_block(scope, members, declaration.block_size), _tagged(members)
    has_required = any(member.field.presence is Presence.REQUIRED for member in members)
    name = scope.declaration(declaration.qualified_name)
    message = model.Message(
        documentation=documentation(declaration.doc, declaration.annotations, f"`{declaration.name}`."),
        name=name,
        derives=derives(scope, declaration.qualified_name, traits, shown_by_hand=by_hand),
        is_shown_by_hand=by_hand,
        is_redacted=redacted,
        fields=tuple(field_model(member.field, member.name, member.value_type) for member in members),
        block=block,
        alone=lower_block_alone(scope, members, scope.declaration(declaration.qualified_name, VIEW)),
        literal=layout.struct_literal(
            8, "let message = ", "Self", [_read(scope, member) for member in members], ";"
        ),
        writes=tuple(_write(scope, member) for member in tagged),
        default=None if trivial or has_required else _default(scope, members),
        builder=lower_builder(scope, declaration, members) if has_required else None,
        view=lower_view(scope, declaration, members),
        qualified_name=text_literal(declaration.qualified_name),
        short_name=text_literal(declaration.name),
        shown_start=shown_start(declaration.name),
        redacted_text=text_literal(f"{declaration.name}(<redacted>)"),
        type_id=_option(None if declaration.type_id is None else str(declaration.type_id)),
        topic=_option(None if declaration.topic is None else text_literal(declaration.topic)),
        wire_digest=f"0x{digests.wire_u64:016x}",
        full_digest=f"0x{digests.full_u64:016x}",
        versions=lower_versions(scope.crate.runtime, history),
        texts=texts(scope, declaration.qualified_name, has_value=bool(members)),
    )
    return message, [member.spelling for member in members]


def texts(scope: Scope, qualified_name: str, *, has_value: bool) -> model.Texts:
    """How the module spells what the templates of a message or union name themselves."""
    wire, name = scope.wire, scope.declaration(qualified_name)
    view = f"{scope.declaration(qualified_name, VIEW)}<'a>"
    value = "value" if has_value else "_"
    return model.Texts(
        wire=wire,
        runtime=scope.crate.runtime,
        option=scope.standard("Option"),
        default=scope.standard("Default"),
        read_view=layout.signature(4, "fn read_view<'a>", [f"reader: &mut {wire}::Reader<'a>"], view),
        write=layout.signature(
            4,
            f"fn write<O: {wire}::Output>",
            [f"{value}: &{name}", f"encoder: &mut {wire}::Encoder<'_, O>"],
            "",
        ),
    )


def _members(scope: Scope, declaration: MessageDeclaration) -> list[Member]:
    names = field_names(field.name for field in declaration.fields)
    owner = scope.declaration(declaration.qualified_name)
    members = []
    for field, name in zip(declaration.fields, names, strict=True):
        boxed = (declaration.qualified_name, field.name) in scope.crate.boxed
        spelling = TypeSpelling(scope, owner + camel(field.name), len(field.name), boxed)
        members.append(Member(field, name, spelling))
    return members


def _tagged(members: Sequence[Member]) -> list[Member]:
    return [member for member in members if isinstance(member.field, TaggedField)]


def _option(value: str | None) -> str:
    return "None" if value is None else f"Some({value})"


def _has_type_default(member: Member) -> bool:
    field = member.field
    if field.presence is Presence.DEFAULTED and field.default is not None:
        return is_type_default(field.type, field.default)
    return field.presence is Presence.OPTIONAL


def _read(scope: Scope, member: Member) -> str:
    field = member.field
    if isinstance(field, BlockField):
        return get(field, member.name, member.spelling, "block", 12)
    codec = member.spelling.field_codec(field.type)
    arguments = ["&mut fields", str(field.tag), text_literal(field.name)]
    function = field.presence.value
    if field.default is not None:
        borrowed = borrowed_literal(field.type, field.default)
        function = "defaulted" if borrowed is None else "defaulted_owned"
        owned = borrowed is None
        arguments.append(owned_literal(scope, field.type, field.default) if owned else str(borrowed))
    return layout.call(12, f"{member.name}: ", f"{scope.wire}::{function}::<{codec}>", arguments, ",")


def _write(scope: Scope, member: Member) -> str:
    field = member.field
    assert isinstance(field, TaggedField)
    codec = member.spelling.field_codec(field.type)
    function = "write_optional" if field.presence is Presence.OPTIONAL else "write"
    arguments = ["encoder", str(field.tag), text_literal(field.name), f"&value.{member.name}"]
    return layout.call(8, "", f"{scope.wire}::{function}::<{codec}>", arguments, ";")


def _default(scope: Scope, members: Sequence[Member]) -> str:
    return layout.struct_literal(
        8,
        "",
        "Self",
        [f"{' ' * 12}{member.name}: {member.initial(scope)}," for member in members],
        "",
    )
