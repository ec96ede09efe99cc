"""Declarations -> the expressions that build their plans (``mycelium.plan``) in a generated module."""

from __future__ import annotations

from mycelium.codegen.python.layout import Expression, Group, Keyword, call, tuple_of
from mycelium.codegen.python.scope import ModuleScope
from mycelium.codegen.python.types import float_text, literal, string_text
from mycelium.idl.schema import (
    ArrayType,
    AsciiType,
    BlockField,
    BoolType,
    BytesType,
    DecimalType,
    DurationType,
    EnumDeclaration,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    Presence,
    StringType,
    StructDeclaration,
    StructField,
    StructType,
    TaggedField,
    TimestampType,
    Type,
    UnionDeclaration,
    UnionType,
    UnionVariant,
    UuidType,
)


def type_plan(type_: Type, scope: ModuleScope) -> Group:
    """The plan of a type."""
    match type_:
        case BoolType():
            return _plan("Boolean")
        case IntegerType(bits=bits, signed=signed):
            return _plan("Integer", str(bits), str(signed), *_limits(type_))
        case FloatType(bits=bits):
            return _plan("Float", str(bits), *_limits(type_))
        case TimestampType():
            return _plan("Timestamp", *_limits(type_))
        case DurationType():
            return _plan("Duration", *_limits(type_))
        case DecimalType(scale=scale):
            return _plan("Decimal", str(scale), *_limits(type_))
        case UuidType():
            return _plan("Uuid")
        case AsciiType(length=length):
            return _plan("Ascii", str(length))
        case FixedBytesType(length=length):
            return _plan("FixedBytes", str(length))
        case ArrayType(element=element, length=length):
            return _plan("Array", type_plan(element, scope), str(length))
        case EnumType(name=name):
            return _plan("Enum", scope.class_of(name))
        case StructType(name=name):
            return _plan("Struct", scope.class_of(name))
        case StringType():
            return _plan("String", *_limits(type_))
        case BytesType():
            return _plan("Bytes", *_limits(type_))
        case ListType(element=element):
            return _plan("List", type_plan(element, scope), *_limits(type_))
        case MapType(key=key, value=value):
            return _plan("Map", type_plan(key, scope), type_plan(value, scope), *_limits(type_))
        case MessageType(name=name):
            return _plan("Message", scope.class_of(name))
        case UnionType():
            return _plan("Union", scope.unknown_class(scope.schema.union(type_)))


def _plan(name: str, *items: Expression) -> Group:
    return call(f"_plan.{name}", items)


def _limits(
    type_: (
        IntegerType
        | FloatType
        | TimestampType
        | DurationType
        | DecimalType
        | StringType
        | BytesType
        | ListType
        | MapType
    ),
) -> list[Expression]:
    limits: list[Expression] = []
    for name, limit in (("minimum", type_.minimum), ("maximum", type_.maximum)):
        if limit is not None:
            text = float_text(float(limit)) if isinstance(type_, FloatType) else str(limit)
            limits.append(Keyword(name, text))
    return limits


def enum_plan(enum: EnumDeclaration) -> Group:
    """The plan of an enum."""
    names: list[Expression] = [f"{member.number}: {string_text(member.name)}" for member in enum.members]
    return _plan(
        "EnumPlan",
        Keyword("name", string_text(enum.name)),
        Keyword("qualified_name", string_text(enum.qualified_name)),
        Keyword("bits", str(enum.bits)),
        Keyword("closed", str(enum.closed)),
        Keyword("names", Group("{", tuple(names), "}")),
    )


def struct_plan(struct: StructDeclaration, scope: ModuleScope) -> Group:
    """The plan of a struct."""
    fields = [_struct_field(field, scope) for field in struct.fields]
    return _plan(
        "StructPlan",
        Keyword("name", string_text(struct.name)),
        Keyword("qualified_name", string_text(struct.qualified_name)),
        Keyword("size", str(struct.size)),
        Keyword("fields", tuple_of(fields)),
        *_sensitive(struct),
    )


def _struct_field(field: StructField, scope: ModuleScope) -> Group:
    return _plan(
        "StructField",
        string_text(field.name),
        string_text(scope.attribute(field.name)),
        type_plan(field.type, scope),
        str(field.offset),
        *_sensitive(field),
    )


def message_plan(message: MessageDeclaration, scope: ModuleScope) -> Group:
    """The plan of a message."""
    items: list[Expression] = [
        Keyword("name", string_text(message.name)),
        Keyword("qualified_name", string_text(message.qualified_name)),
    ]
    if message.type_id is not None:
        items.append(Keyword("type_id", str(message.type_id)))
    if message.block:
        items.append(Keyword("block", tuple_of([_block_field(field, scope) for field in message.block])))
    if message.tagged:
        items.append(Keyword("tagged", tuple_of([_tagged_field(field, scope) for field in message.tagged])))
    return _plan("MessagePlan", *items, *_sensitive(message))


def _block_field(field: BlockField, scope: ModuleScope) -> Group:
    items: list[Expression] = [
        string_text(field.name),
        string_text(scope.attribute(field.name)),
        type_plan(field.type, scope),
        str(field.offset),
    ]
    if field.default is not None:
        items.append(Keyword("default", literal(field.type, field.default, scope)))
    return _plan("BlockField", *items, *_sensitive(field))


def _tagged_field(field: TaggedField, scope: ModuleScope) -> Group:
    items: list[Expression] = [
        str(field.tag),
        string_text(field.name),
        string_text(scope.attribute(field.name)),
        type_plan(field.type, scope),
    ]
    if field.presence is not Presence.REQUIRED:
        items.append(Keyword("presence", f"_plan.Presence.{field.presence.name}"))
    if field.default is not None:
        items.append(Keyword("default", literal(field.type, field.default, scope)))
    return _plan("TaggedField", *items, *_sensitive(field))


def union_plan(union: UnionDeclaration, scope: ModuleScope) -> Group:
    """The plan of a union."""
    variants = [
        _plan(
            "VariantPlan",
            str(variant.tag),
            string_text(variant.name),
            type_plan(variant.type, scope),
            scope.variant_class(union, variant),
            *_sensitive(variant),
        )
        for variant in union.variants
    ]
    return _plan(
        "UnionPlan",
        Keyword("name", string_text(union.name)),
        Keyword("qualified_name", string_text(union.qualified_name)),
        Keyword("variants", tuple_of(variants)),
        Keyword("unknown", scope.unknown_class(union)),
    )


def _sensitive(
    declaration: (
        StructDeclaration | StructField | MessageDeclaration | BlockField | TaggedField | UnionVariant
    ),
) -> list[Expression]:
    return [Keyword("sensitive", "True")] if declaration.annotations.sensitive else []
