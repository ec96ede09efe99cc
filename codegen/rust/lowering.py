"""Schema -> model: the modules of the generated crate, item by item."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from mycelium.codegen.rust import layout, model
from mycelium.codegen.rust.declarations import (
    lower_constant,
    lower_element,
    lower_enum,
    lower_range,
    lower_struct,
    lower_wide_number,
)
from mycelium.codegen.rust.documentation import documentation
from mycelium.codegen.rust.messages import lower_message
from mycelium.codegen.rust.naming import UniqueNames, constant_names, upper_camel, variant_names
from mycelium.codegen.rust.scope import Crate, Scope, is_runtime_package
from mycelium.codegen.rust.types import TypeSpelling
from mycelium.codegen.rust.unions import lower_union
from mycelium.idl.digest import MessageDigests, SchemaDigests
from mycelium.idl.lock import MessageHistory
from mycelium.idl.schema import (
    Annotations,
    Declaration,
    EnumDeclaration,
    MessageDeclaration,
    Package,
    Schema,
    StructDeclaration,
)


def lower_package(
    crate: Crate,
    package: Package,
    names: UniqueNames,
    modules: Sequence[str],
    digests: Mapping[str, MessageDigests],
    histories: Mapping[str, MessageHistory],
) -> model.Module:
    """The module of one package."""
    declared = frozenset(names.taken)
    wire = UniqueNames(set(modules)).claim("wire")
    scope = Scope(crate, package, names, declared, wire)
    constants = zip(
        constant_names(constant.name for constant in package.constants), package.constants, strict=True
    )
    items = [model.Item("constant.rs.j2", lower_constant(scope, name, value)) for name, value in constants]
    for declaration in package.declarations:
        items += _lower_declaration(scope, declaration, digests, histories)
    wide = [lower_wide_number(scope, name, value) for value, name in scope.wide_numbers.items()]
    items += [model.Item("constant.rs.j2", constant) for constant in wide]
    return model.Module(
        documentation=documentation(package.doc, Annotations(), f"Package `{package.name}`."),
        uses=_uses(scope, has_codecs=bool(package.declarations)),
        modules=tuple(modules),
        items=tuple(items),
    )


def _lower_declaration(
    scope: Scope,
    declaration: Declaration,
    digests: Mapping[str, MessageDigests],
    histories: Mapping[str, MessageHistory],
) -> list[model.Item]:
    if isinstance(declaration, EnumDeclaration):
        return [model.Item("enum.rs.j2", lower_enum(scope, declaration))]
    if isinstance(declaration, StructDeclaration):
        struct, spellings = lower_struct(scope, declaration)
        return [model.Item("struct.rs.j2", struct), *_companions(scope, declaration, spellings)]
    if isinstance(declaration, MessageDeclaration):
        name = declaration.qualified_name
        history = histories.get(name, MessageHistory())
        message, spellings = lower_message(scope, declaration, digests[name], history)
        return [model.Item("message.rs.j2", message), *_companions(scope, declaration, spellings)]
    union, spellings = lower_union(scope, declaration)
    return [model.Item("union.rs.j2", union), *_companions(scope, declaration, spellings)]


def _companions(
    scope: Scope, declaration: Declaration, spellings: Sequence[TypeSpelling]
) -> list[model.Item]:
    """The ranges and codec aliases the fields of a declaration took."""
    items = []
    for spelling in spellings:
        for name, codec in spelling.aliases:
            alias = model.Alias(layout.statement(0, f"type {name}", " =", codec, ";"))
            items.append(model.Item("alias.rs.j2", alias))
        for name, type_text in spelling.elements:
            items.append(model.Item("constant.rs.j2", lower_element(name, type_text, declaration.name)))
        for name, type_ in spelling.ranges:
            owner = f"a number in `{declaration.name}`"
            items.append(model.Item("range.rs.j2", lower_range(scope, name, type_, owner)))
    return items


def _uses(scope: Scope, *, has_codecs: bool) -> tuple[str, ...]:
    wire = "wire" if scope.wire == "wire" else f"wire as {scope.wire}"
    names = [*([wire] if has_codecs else []), *scope.uses]
    uses = [layout.use_list(scope.crate.runtime, names)] if names else []
    return (*uses, *(f"use {path};" for path in sorted(scope.standard_uses)))


def lower_registry(crate: Crate, schema: Schema, digests: SchemaDigests) -> model.Registry:
    """The registry of all messages with a type id, ascending."""
    messages = sorted(
        (
            (message.type_id, message)
            for message in schema.messages()
            if message.type_id is not None and not is_runtime_package(message.package)
        ),
        key=lambda entry: entry[0],
    )
    names = _registry_names([message for _, message in messages])
    entries = tuple(
        _registry_entry(crate, type_id, message, name)
        for (type_id, message), name in zip(messages, names, strict=True)
    )
    return model.Registry(
        entries=entries,
        messages=layout.array(
            0,
            "pub const MESSAGES: &[MessageInformation] = &",
            [entry.information for entry in entries],
            ";",
        ),
        wire_digest=_digest_bytes("SCHEMA_WIRE_DIGEST", digests.wire),
        full_digest=_digest_bytes("SCHEMA_FULL_DIGEST", digests.full),
    )


def _registry_names(messages: Sequence[MessageDeclaration]) -> tuple[str, ...]:
    uses = Counter(message.name for message in messages)
    wanted = [
        (
            message.name
            if uses[message.name] == 1
            else "".join(upper_camel(part) for part in message.qualified_name.split("."))
        )
        for message in messages
    ]
    return variant_names(wanted, has_unknown=False)


def _registry_entry(
    crate: Crate, type_id: int, message: MessageDeclaration, name: str
) -> model.RegistryEntry:
    path = f"{crate.path(message.package)}::{crate.types[message.qualified_name]}"
    return model.RegistryEntry(
        qualified_name=message.qualified_name,
        variant=name,
        type_id=type_id,
        information=f"{path}::INFORMATION",
        declaration=layout.tuple_variant(name, path),
        decode=layout.match_arm(8, str(type_id), "read", ["body", f"AnyMessage::{name}"]),
        encode=layout.match_arm(12, f"Self::{name}(message)", "message.encode", ["output"]),
    )


def _digest_bytes(name: str, digest: bytes) -> str:
    items = [f"0x{byte:02x}" for byte in digest]
    return layout.array(0, f"pub const {name}: [u8; 32] = ", items, ";")
