"""A resolved schema as compact text: what the goldens of valid schemas hold."""

from __future__ import annotations

from collections.abc import Iterator

from mycelium.idl.schema import (
    Annotations,
    BlockField,
    Constant,
    Declaration,
    EnumDeclaration,
    MessageDeclaration,
    Package,
    Reserved,
    Schema,
    StructDeclaration,
    UnionDeclaration,
)
from mycelium.idl.type_names import type_name


def schema_text(schema: Schema) -> str:
    """Every fact of the schema, one line each."""
    return "".join(f"{line}\n" for package in schema.packages for line in _package(package))


def _package(package: Package) -> Iterator[str]:
    imports = f" imports {', '.join(package.imports)}" if package.imports else ""
    yield f"package {package.name}{imports}{_reserved(package.reserved)}{_doc(package.doc)}"
    for constant in package.constants:
        yield f"  {_constant(constant)}"
    for declaration in package.declarations:
        yield from (f"  {line}" for line in _declaration(declaration))


def _constant(constant: Constant) -> str:
    return (
        f"const {constant.name}: {type_name(constant.type)} = {constant.value!r}"
        f"{_annotations(constant.annotations)}{_doc(constant.doc)}"
    )


def _declaration(declaration: Declaration) -> Iterator[str]:
    end = f"{_annotations(declaration.annotations)}{_doc(declaration.doc)}"
    match declaration:
        case EnumDeclaration():
            openness = "closed" if declaration.closed else "open"
            yield f"{openness} enum {declaration.name}: u{declaration.bits}{_reserved(declaration.reserved)}{end}"
            for member in declaration.members:
                yield f"  {member.number} {member.name}{_annotations(member.annotations)}{_doc(member.doc)}"
        case StructDeclaration():
            yield f"struct {declaration.name}, {declaration.size} bytes{end}"
            for field in declaration.fields:
                place = f"+{field.offset}"
                yield f"  {place} {field.name}: {type_name(field.type)}{_annotations(field.annotations)}{_doc(field.doc)}"
        case UnionDeclaration():
            yield f"union {declaration.name}{_reserved(declaration.reserved)}{end}"
            for variant in declaration.variants:
                yield (
                    f"  {variant.tag} {variant.name}: {type_name(variant.type)}"
                    f"{_annotations(variant.annotations)}{_doc(variant.doc)}"
                )
        case MessageDeclaration():
            yield from _message(declaration, end)


def _message(message: MessageDeclaration, end: str) -> Iterator[str]:
    type_id = "" if message.type_id is None else f" = {message.type_id}"
    topic = "" if message.topic is None else f" on {message.topic!r}"
    block = f", block of {message.block_size} bytes" if message.block else ""
    yield f"message {message.name}{type_id}{topic}{block}{_reserved(message.reserved)}{end}"
    for field in message.fields:
        place = f"+{field.offset}" if isinstance(field, BlockField) else str(field.tag)
        default = "" if field.default is None else f" {field.default!r}"
        yield (
            f"  {place} {field.name}: {type_name(field.type)}, {field.presence.value}{default}"
            f"{_annotations(field.annotations)}{_doc(field.doc)}"
        )


def _annotations(annotations: Annotations) -> str:
    deprecated = "" if annotations.deprecated is None else f", deprecated {annotations.deprecated!r}"
    return deprecated + (", sensitive" if annotations.sensitive else "")


def _reserved(reserved: Reserved) -> str:
    ranges = [str(lower) if lower == upper else f"{lower}..{upper}" for lower, upper in reserved.ranges]
    entries = [*ranges, *map(repr, reserved.names)]
    return f", reserved {' '.join(entries)}" if entries else ""


def _doc(doc: str) -> str:
    return f"  -- {doc!r}" if doc else ""
