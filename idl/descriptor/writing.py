"""Resolved schema -> descriptor."""

from __future__ import annotations

import math
from dataclasses import fields
from uuid import UUID

from mycelium.idl.descriptor.form import DESCRIPTOR_FORM, TYPE_NAMES
from mycelium.idl.schema import (
    Annotations,
    BlockField,
    BoolType,
    Constant,
    Declaration,
    EnumDeclaration,
    EnumMember,
    Literal,
    MessageDeclaration,
    Package,
    Reserved,
    Schema,
    StructDeclaration,
    StructField,
    TaggedField,
    Type,
    UnionDeclaration,
    UnionVariant,
    UuidType,
)

Form = dict[str, object]


def to_descriptor(schema: Schema) -> Form:
    """The schema as what ``json.dumps`` takes. Equal schemas give equal descriptors."""
    return {"descriptor": DESCRIPTOR_FORM, "packages": [_package(package) for package in schema.packages]}


def literal_form(type_: Type, value: Literal) -> object:
    """A stored default or constant of that type in JSON."""
    if isinstance(value, bytes):
        return str(UUID(bytes=value)) if isinstance(type_, UuidType) else value.hex()
    if isinstance(value, bool) or isinstance(type_, BoolType):
        return bool(value)
    if isinstance(value, float):
        return _float_form(value)
    return list(value) if isinstance(value, tuple) else value


def type_form(type_: Type) -> Form:
    """A type in JSON: its name, then whatever it says."""
    form: Form = {"type": TYPE_NAMES[type(type_)]}
    for attribute in fields(type_):
        value = getattr(type_, attribute.name)
        if isinstance(value, Type):
            form[attribute.name] = type_form(value)
        elif isinstance(value, float):
            form[attribute.name] = _float_form(value)
        elif value is not None:
            form[attribute.name] = value
    return form


def _float_form(value: float) -> float | str:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _package(package: Package) -> Form:
    return {
        "name": package.name,
        **_doc(package.doc),
        "imports": list(package.imports),
        **reserved_form(package.reserved),
        "constants": [constant_form(constant) for constant in package.constants],
        "declarations": [declaration_form(declaration) for declaration in package.declarations],
    }


def constant_form(constant: Constant) -> Form:
    """A constant in JSON."""
    return {
        "name": constant.name,
        "type": type_form(constant.type),
        "value": literal_form(constant.type, constant.value),
        **_remarks(constant.doc, constant.annotations),
    }


def declaration_form(declaration: Declaration) -> Form:
    """A declaration in JSON."""
    remarks = _remarks(declaration.doc, declaration.annotations)
    match declaration:
        case EnumDeclaration():
            return {
                "kind": "enum",
                "name": declaration.name,
                "bits": declaration.bits,
                "closed": declaration.closed,
                "members": [_member(member) for member in declaration.members],
                **reserved_form(declaration.reserved),
                **remarks,
            }
        case StructDeclaration():
            return {
                "kind": "struct",
                "name": declaration.name,
                "size": declaration.size,
                "fields": [_packed_field(field) for field in declaration.fields],
                **remarks,
            }
        case UnionDeclaration():
            return {
                "kind": "union",
                "name": declaration.name,
                "variants": [_variant(variant) for variant in declaration.variants],
                **reserved_form(declaration.reserved),
                **remarks,
            }
        case MessageDeclaration():
            return _message(declaration, remarks)


def _message(message: MessageDeclaration, remarks: Form) -> Form:
    form: Form = {"kind": "message", "name": message.name}
    if message.type_id is not None:
        form["type_id"] = message.type_id
    if message.topic is not None:
        form["topic"] = message.topic
    form["block"] = [_packed_field(field) for field in message.block]
    form["fields"] = [_tagged_field(field) for field in message.tagged]
    return form | reserved_form(message.reserved) | remarks


def _member(member: EnumMember) -> Form:
    return {"name": member.name, "number": member.number, **_remarks(member.doc, member.annotations)}


def _packed_field(field: StructField | BlockField) -> Form:
    form: Form = {"name": field.name, "type": type_form(field.type), "offset": field.offset}
    if isinstance(field, BlockField) and field.default is not None:
        form["default"] = literal_form(field.type, field.default)
    return form | _remarks(field.doc, field.annotations)


def _tagged_field(field: TaggedField) -> Form:
    form: Form = {
        "tag": field.tag,
        "name": field.name,
        "type": type_form(field.type),
        "presence": field.presence.value,
    }
    if field.default is not None:
        form["default"] = literal_form(field.type, field.default)
    return form | _remarks(field.doc, field.annotations)


def _variant(variant: UnionVariant) -> Form:
    return {
        "tag": variant.tag,
        "name": variant.name,
        "type": type_form(variant.type),
        **_remarks(variant.doc, variant.annotations),
    }


def reserved_form(reserved: Reserved) -> Form:
    """The member ``reserved``, or no member where nothing is."""
    if reserved == Reserved():
        return {}
    return {
        "reserved": {"numbers": [list(range_) for range_ in reserved.ranges], "names": list(reserved.names)}
    }


def _remarks(doc: str, annotations: Annotations) -> Form:
    form = _doc(doc)
    if annotations.deprecated is not None:
        form["deprecated"] = annotations.deprecated
    if annotations.sensitive:
        form["sensitive"] = True
    return form


def _doc(doc: str) -> Form:
    return {"doc": doc} if doc else {}
