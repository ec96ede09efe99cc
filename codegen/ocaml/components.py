"""Fields, members and variants -> the components of OCaml's types, with their documentation."""

from __future__ import annotations

from mycelium.codegen.ocaml.documentation import comment, paragraphs, plain
from mycelium.codegen.ocaml.line_breaking import WIDTH
from mycelium.codegen.ocaml.literals import string_literal
from mycelium.codegen.ocaml.model import Component, TypeDefinition
from mycelium.codegen.ocaml.scope import Scope
from mycelium.codegen.ocaml.symbols import is_polymorphic
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
            return TypeDefinition(tuple(components), manifest, is_record=True)
        case EnumDeclaration():
            return TypeDefinition(_members(scope, declaration), manifest)
        case UnionDeclaration():
            polymorphic = is_polymorphic(declaration)
            return TypeDefinition(_variants(scope, declaration), manifest, is_polymorphic=polymorphic)


def field_type(scope: Scope, field: BlockField | TaggedField | StructField, interface: bool) -> str:
    """The type of a record's field: an option where the field may be absent."""
    text = type_text(scope, field.type, interface)
    optional = isinstance(field, TaggedField) and field.presence is Presence.OPTIONAL
    return f"{text} option" if optional else text


def declaration_doc(declaration: Declaration, facts: str) -> str:
    """The documentation comment of a module: the schema's words, then facts about the declaration."""
    deprecated = declaration.annotations.deprecated
    notice = "" if deprecated is None else f"@deprecated {plain(deprecated) or 'Deprecated by its schema.'}"
    return comment(paragraphs(plain(declaration.doc), facts, notice))


def _field(scope: Scope, field: BlockField | TaggedField | StructField, name: str) -> Component:
    plain_text, text = (f"  {name} : {field_type(scope, field, interface)}" for interface in (False, True))
    documented = _documented(text, ";", _notices(field.doc, field.annotations), field.annotations)
    return Component(plain_text + ";", documented)


def _members(scope: Scope, declaration: EnumDeclaration) -> tuple[Component, ...]:
    components: list[Component] = []
    names = scope.symbols.members[declaration.qualified_name]
    for member, name in zip(declaration.members, names, strict=True):
        text = f"  | {name}"
        notices = _notices(member.doc, member.annotations)
        components.append(Component(text, _documented(text, "", notices, member.annotations)))
    if not declaration.closed:
        text = f"  | Unknown of {'int64' if declaration.bits == 64 else 'int'}"
        components.append(Component(text, _documented(text, "", "A number without a name in this schema.")))
    return tuple(components)


def _variants(scope: Scope, declaration: UnionDeclaration) -> tuple[Component, ...]:
    components: list[Component] = []
    names = scope.symbols.members[declaration.qualified_name]
    for variant, name in zip(declaration.variants, names, strict=True):
        plain_text, text = (
            f"  | {name} of {type_text(scope, variant.type, interface)}" for interface in (False, True)
        )
        notices = _notices(variant.doc, variant.annotations)
        components.append(Component(plain_text, _documented(text, "", notices, variant.annotations)))
    unknown = "`Unknown" if is_polymorphic(declaration) else "Unknown"
    text = f"  | {unknown} of Mycelium.Unknown_variant.t"
    components.append(Component(text, _documented(text, "", "A variant this schema does not know.")))
    return tuple(components)


def _notices(doc: str, annotations: Annotations) -> str:
    notices = [plain(doc)]
    if annotations.deprecated is not None:
        notices.append(
            f"Deprecated: {plain(annotations.deprecated)}" if annotations.deprecated else "Deprecated."
        )
    if annotations.sensitive:
        notices.append("Sensitive: prints as [<redacted>].")
    return paragraphs(*notices)


def _documented(text: str, end: str, doc: str, annotations: Annotations = _NO_ANNOTATIONS) -> str:
    """A component with its attribute, and its documentation: beside it where that fits, else below."""
    line = text + _attribute(annotations) + end
    note = comment(doc, _DOC_INDENT)
    if note and "\n" not in note and len(line) + 2 + len(note) <= WIDTH:
        return f"{line}  {note}"
    return f"{line}\n{' ' * _DOC_INDENT}{note}" if note else line


def _attribute(annotations: Annotations) -> str:
    if annotations.deprecated is None:
        return ""
    return f" [@ocaml.deprecated {string_literal(annotations.deprecated or 'Deprecated by its schema.')}]"
