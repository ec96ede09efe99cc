"""schema.Schema -> message classes, at run time, without generating code.

The classes carry the same plans as generated ones and use the careful codec alone. They serve tools that meet
schemas they were not built with: ``mycelium-gen encode``, ``decode`` and ``inspect``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar
from uuid import UUID

from mycelium import dynamic, plan
from mycelium.codegen.python.naming import RESERVED_FOR_FIELDS, RESERVED_FOR_MEMBERS, escaped, upper_camel
from mycelium.idl.digest import message_digests
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
    Literal,
    MapType,
    MessageDeclaration,
    MessageType,
    Presence,
    Schema,
    StringType,
    StructDeclaration,
    StructType,
    TaggedField,
    TimestampType,
    Type,
    UnionDeclaration,
    UnionType,
    UuidType,
)
from mycelium.message import AnyEnum, Message
from mycelium.scalars import scaled


def load_messages(schema: Schema) -> Mapping[str, type[Message]]:
    """The message classes of a schema by qualified name."""
    return _Loader(schema).messages


class _Loader:
    """Makes all classes first, bare; then describes them, when every class there is to refer to exists."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._enums = {each.qualified_name: _enum_class(each) for each in _all(schema, EnumDeclaration)}
        self._structs = {
            each.qualified_name: dynamic.struct_class(
                each.name, [_attribute(field.name) for field in each.fields]
            )
            for each in _all(schema, StructDeclaration)
        }
        self._unions = {each.qualified_name: _union_classes(each) for each in _all(schema, UnionDeclaration)}
        digests = message_digests(schema)
        self.messages: dict[str, type[Message]] = {}
        for message in schema.messages():
            name = message.qualified_name
            self.messages[name] = dynamic.message_class(
                message.name,
                [self._class_field(field) for field in message.fields],
                {
                    "NAME": name,
                    "TYPE_ID": message.type_id,
                    "TOPIC": message.topic,
                    "WIRE_DIGEST": digests[name].wire_u64,
                    "FULL_DIGEST": digests[name].full_u64,
                },
            )
        self._describe()

    def _class_field(self, field: BlockField | TaggedField) -> dynamic.ClassField:
        """Attribute, whether it may be left out, and what it is then."""
        if field.presence is Presence.REQUIRED:
            return dynamic.ClassField(_attribute(field.name))
        return dynamic.ClassField(_attribute(field.name), True, self._default(field))

    def _describe(self) -> None:
        for struct in _all(self._schema, StructDeclaration):
            dynamic.describe_struct(self._structs[struct.qualified_name], self._struct_plan(struct))
        for union in _all(self._schema, UnionDeclaration):
            dynamic.describe_union(self._union_plan(union))
        for message in self._schema.messages():
            dynamic.describe_message(self.messages[message.qualified_name], self._message_plan(message))

    # --- Plans -------------------------------------------------------------------------------------------

    def _struct_plan(self, struct: StructDeclaration) -> plan.StructPlan:
        fields = tuple(
            plan.StructField(
                field.name,
                _attribute(field.name),
                self._type(field.type),
                field.offset,
                field.annotations.sensitive,
            )
            for field in struct.fields
        )
        return plan.StructPlan(
            struct.name, struct.qualified_name, struct.size, fields, struct.annotations.sensitive
        )

    def _union_plan(self, union: UnionDeclaration) -> plan.UnionPlan:
        classes = self._unions[union.qualified_name]
        variants = tuple(
            plan.VariantPlan(
                variant.tag,
                variant.name,
                self._type(variant.type),
                classes.variants[variant.tag],
                variant.annotations.sensitive,
            )
            for variant in union.variants
        )
        return plan.UnionPlan(union.name, union.qualified_name, variants, classes.unknown)

    def _message_plan(self, message: MessageDeclaration) -> plan.MessagePlan:
        block = tuple(
            plan.BlockField(
                field.name,
                _attribute(field.name),
                self._type(field.type),
                field.offset,
                self._default(field),
                field.annotations.sensitive,
            )
            for field in message.block
        )
        tagged = tuple(
            plan.TaggedField(
                field.tag,
                field.name,
                _attribute(field.name),
                self._type(field.type),
                plan.Presence[field.presence.name],
                self._default(field),
                field.annotations.sensitive,
            )
            for field in message.tagged
        )
        return plan.MessagePlan(
            message.name,
            message.qualified_name,
            message.type_id,
            block,
            tagged,
            message.annotations.sensitive,
        )

    def _type(self, type_: Type) -> plan.Type:
        match type_:
            case EnumType(name=name):
                return plan.Enum(self._enums[name])
            case StructType(name=name):
                return plan.Struct(self._structs[name])
            case MessageType(name=name):
                return plan.Message(self.messages[name])
            case UnionType(name=name):
                return plan.Union(self._unions[name].unknown)
            case ArrayType(element=element, length=length):
                return plan.Array(self._type(element), length)
            case ListType(element=element):
                return plan.List(self._type(element), type_.minimum, type_.maximum)
            case MapType(key=key, value=value):
                return plan.Map(self._type(key), self._type(value), type_.minimum, type_.maximum)
        return _simple_type(type_)

    def _default(self, field: BlockField | TaggedField) -> Any:
        return None if field.default is None else self._value(field.type, field.default)

    def _value(self, type_: Type, literal: Literal) -> Any:
        match type_:
            case EnumType(name=name):
                make: Callable[[Any], Any] = self._enums[name]
                return make(literal)
            case DecimalType(scale=scale):
                assert isinstance(literal, int)
                return scaled(literal, -scale)
            case UuidType():
                assert isinstance(literal, bytes)
                return UUID(bytes=literal)
            case FloatType():
                assert isinstance(literal, int | float)
                return float(literal)
            case MapType():
                return {}
        return literal


def _simple_type(type_: Type) -> plan.Type:
    match type_:
        case BoolType():
            return plan.Boolean()
        case IntegerType(bits=bits, signed=signed):
            return plan.Integer(bits, signed, type_.minimum, type_.maximum)
        case FloatType(bits=bits):
            return plan.Float(bits, type_.minimum, type_.maximum)
        case TimestampType():
            return plan.Timestamp(type_.minimum, type_.maximum)
        case DurationType():
            return plan.Duration(type_.minimum, type_.maximum)
        case DecimalType(scale=scale):
            return plan.Decimal(scale, type_.minimum, type_.maximum)
        case AsciiType(length=length):
            return plan.Ascii(length)
        case FixedBytesType(length=length):
            return plan.FixedBytes(length)
        case StringType():
            return plan.String(type_.minimum, type_.maximum)
        case BytesType():
            return plan.Bytes(type_.minimum, type_.maximum)
    return plan.Uuid()


Wanted = TypeVar("Wanted", EnumDeclaration, StructDeclaration, UnionDeclaration)


def _all(schema: Schema, kind: type[Wanted]) -> list[Wanted]:
    return [declaration for declaration in schema.declarations() if isinstance(declaration, kind)]


def _attribute(name: str) -> str:
    return escaped(name, RESERVED_FOR_FIELDS)


def _enum_class(enum: EnumDeclaration) -> type[AnyEnum]:
    names = {member.number: member.name for member in enum.members}
    members = {escaped(name, RESERVED_FOR_MEMBERS): number for number, name in names.items()}
    description = plan.EnumPlan(enum.name, enum.qualified_name, enum.bits, enum.closed, names)
    return dynamic.enum_class(members, description)


def _union_classes(union: UnionDeclaration) -> dynamic.UnionClasses:
    names = {variant.tag: union.name + upper_camel(variant.name) for variant in union.variants}
    return dynamic.union_classes(union.name, names)
