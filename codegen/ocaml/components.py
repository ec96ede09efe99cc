"""Fields, members and variants -> the components of OCaml's types, with their documentation."""

from __future__ import annotations

from mycelium.codegen.ocaml.documentation import comment, paragraphs, plain
from mycelium.codegen.ocaml.line_breaking import WIDTH
from mycelium.codegen.ocaml.literals import string_literal
from mycelium.codegen.ocaml.model import Component, TypeDefinition
from mycelium.codegen.ocaml.scope import Scope
from mycelium.codegen.ocaml.types import type_text
from mycelium.idl.schema import (
    Annotations,
    BlockField,
    Declaration,
    EnumDeclaration,
    MessageDeclaration,
    Presence,
    StructDeclaration,
    StructField,
    TaggedField,
    UnionDeclaration,
)

_DOC_INDENT = 6
_NO_ANNOTATIONS = Annotations()


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
    text = f"  {name} : {field_type(scope, field)}"
    return _component(text, ";", _notices(field.doc, field.annotations), field.annotations)


def _members(scope: Scope, declaration: EnumDeclaration) -> tuple[Component, ...]:
    names = scope.symbols.members[declaration.qualified_name]
    components = [
        _component(f"  | {name}", "", _notices(member.doc, member.annotations), member.annotations)
        for member, name in zip(declaration.members, names, strict=True)
    ]
    if not declaration.closed:
        text = f"  | Unknown of {'int64' if declaration.bits == 64 else 'int'}"
        components.append(_component(text, "", "A number without a name in this schema."))
    return tuple(components)


def _variants(scope: Scope, declaration: UnionDeclaration) -> tuple[Component, ...]:
    names = scope.symbols.members[declaration.qualified_name]
    components = [
        _component(
            f"  | {name} of {type_text(scope, variant.type)}",
            "",
            _notices(variant.doc, variant.annotations),
            variant.annotations,
        )
        for variant, name in zip(declaration.variants, names, strict=True)
    ]
    text = "  | Unknown of Mycelium.Unknown_variant.t"
    return (*components, _component(text, "", "A variant this schema does not know."))


def _notices(doc: str, annotations: Annotations) -> str:
    notices = [plain(doc)]
    if annotations.deprecated is not None:
        notices.append(
            f"Deprecated: {plain(annotations.deprecated)}" if annotations.deprecated else "Deprecated."
        )
    if annotations.sensitive:
        notices.append("Sensitive: prints as [<redacted>].")
    return paragraphs(*notices)


def _component(text: str, end: str, doc: str, annotations: Annotations = _NO_ANNOTATIONS) -> Component:
    """``text`` and ``end``, and the same with attribute and documentation: beside it where that fits, else below."""
    documented = text + _attribute(annotations) + end
    note = comment(doc, _DOC_INDENT)
    if note and "\n" not in note and len(documented) + 2 + len(note) <= WIDTH:
        documented += f"  {note}"
    elif note:
        documented += f"\n{' ' * (_DOC_INDENT)}{note}"
    return Component(text + end, documented)


def _attribute(annotations: Annotations) -> str:
    if annotations.deprecated is None:
        return ""
    return f" [@ocaml.deprecated {string_literal(annotations.deprecated or 'Deprecated by its schema.')}]"
