"""Fields, members and variants -> the components of OCaml's types, with their documentation."""

from __future__ import annotations

from mycelium.codegen.ocaml.documentation import comment, paragraphs, plain
from mycelium.codegen.ocaml.literals import number_literal, string_literal
from mycelium.codegen.ocaml.model import Component, TypeDefinition
from mycelium.codegen.ocaml.scope import Scope
from mycelium.codegen.ocaml.types import type_text
from mycelium.idl.schema import (
    Annotations,
    BlockField,
    Declaration,
    EnumDeclaration,
    EnumType,
    MessageDeclaration,
    Presence,
    StructDeclaration,
    StructField,
    TaggedField,
    UnionDeclaration,
)

_COMPONENT_INDENT = 8


def type_definition(scope: Scope, declaration: Declaration, manifest: str = "") -> TypeDefinition:
    """The type of a declaration."""
    match declaration:
        case MessageDeclaration(fields=fields) | StructDeclaration(fields=fields):
            names = scope.symbols.members[declaration.qualified_name]
            components = [_field(scope, field, name) for field, name in zip(fields, names, strict=True)]
            return TypeDefinition(tuple(components), True, manifest)
        case EnumDeclaration():
            return TypeDefinition(_members(scope, declaration), False, manifest)
        case UnionDeclaration():
            return TypeDefinition(_variants(scope, declaration), False, manifest)


def field_type(scope: Scope, field: BlockField | TaggedField | StructField) -> str:
    """The type of a record's field: an option where the field may be absent."""
    text = type_text(scope, field.type)
    optional = isinstance(field, TaggedField) and field.presence is Presence.OPTIONAL
    return f"{text} option" if optional else text


def declaration_doc(declaration: Declaration, facts: str) -> str:
    """The documentation comment of a module: the schema's words, then facts about the declaration."""
    deprecated = declaration.annotations.deprecated
    notice = "" if deprecated is None else f"@deprecated {plain(deprecated) or 'Deprecated by its schema.'}"
    return comment(paragraphs(plain(declaration.doc), facts, notice))


def _field(scope: Scope, field: BlockField | TaggedField | StructField, name: str) -> Component:
    doc = _component_doc(field.doc, field.annotations)
    return Component(name, field_type(scope, field), doc, _attribute(field.annotations))


def _members(scope: Scope, declaration: EnumDeclaration) -> tuple[Component, ...]:
    names = scope.symbols.members[declaration.qualified_name]
    number_type = EnumType(declaration.qualified_name, declaration.bits, declaration.closed)
    components = [
        Component(
            name,
            "",
            _component_doc(member.doc, member.annotations, f"{number_literal(number_type, member.number)}."),
            _attribute(member.annotations),
        )
        for member, name in zip(declaration.members, names, strict=True)
    ]
    if not declaration.closed:
        doc = comment("A number without a name in this schema.", _COMPONENT_INDENT)
        components.append(Component("Unknown", "int64" if declaration.bits == 64 else "int", doc, ""))
    return tuple(components)


def _variants(scope: Scope, declaration: UnionDeclaration) -> tuple[Component, ...]:
    names = scope.symbols.members[declaration.qualified_name]
    components = [
        Component(
            name,
            type_text(scope, variant.type),
            _component_doc(variant.doc, variant.annotations),
            _attribute(variant.annotations),
        )
        for variant, name in zip(declaration.variants, names, strict=True)
    ]
    doc = comment("A variant this schema does not know.", _COMPONENT_INDENT)
    return (*components, Component("Unknown", "Mycelium.Unknown_variant.t", doc, ""))


def _component_doc(doc: str, annotations: Annotations, fact: str = "") -> str:
    notices = [plain(doc), fact]
    if annotations.deprecated is not None:
        notices.append(f"Deprecated: {plain(annotations.deprecated)}" if annotations.deprecated else "Deprecated.")
    if annotations.sensitive:
        notices.append("Sensitive: prints as [<redacted>].")
    if doc.strip() and fact and len(notices) == 2:
        notices = [f"{plain(doc).strip()} ({fact.rstrip('.')})"]
    return comment(paragraphs(*notices), _COMPONENT_INDENT)


def _attribute(annotations: Annotations) -> str:
    if annotations.deprecated is None:
        return ""
    return f" [@ocaml.deprecated {string_literal(annotations.deprecated or 'Deprecated by its schema.')}]"
