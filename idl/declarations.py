"""Syntax tree nodes -> declarations of the schema, field by field, with offsets."""

from __future__ import annotations

from mycelium.idl import ast
from mycelium.idl.annotations import read_annotations, read_topic
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector
from mycelium.idl.literals import whole_number
from mycelium.idl.program import LoadedFile
from mycelium.idl.reservations import merge_reservations
from mycelium.idl.schema import (
    MAXIMUM_FIXED_SIZE,
    ArrayType,
    AsciiType,
    BlockField,
    BoolType,
    BytesType,
    Constant,
    DecimalType,
    DurationType,
    EnumDeclaration,
    EnumMember,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    ListType,
    Literal,
    MapType,
    MessageDeclaration,
    Presence,
    StringType,
    StructDeclaration,
    StructField,
    TaggedField,
    TimestampType,
    Type,
    UnionDeclaration,
    UnionVariant,
    UuidType,
    fixed_size,
)
from mycelium.idl.suggestions import did_you_mean
from mycelium.idl.type_names import type_name
from mycelium.idl.type_resolver import TypeResolver
from mycelium.idl.values import ValueReader

_ENUM_BASES = {"u8": 8, "u16": 16, "u32": 32, "u64": 64}

_SCALAR_TYPES = (
    BoolType
    | IntegerType
    | FloatType
    | TimestampType
    | DurationType
    | DecimalType
    | StringType
    | AsciiType
    | BytesType
    | FixedBytesType
    | UuidType
    | EnumType
)


class DeclarationBuilder:
    """Builds the declarations of one file; what is wrong is reported and left out."""

    def __init__(
        self, file: LoadedFile, types: TypeResolver, values: ValueReader, collector: DiagnosticCollector
    ) -> None:
        self._package = file.package
        self._types = types
        self._values = values
        self._collector = collector

    def constant(self, node: ast.Constant) -> Constant | None:
        """A constant; None if its type or value is wrong."""
        type_ = self._types.resolve(node.type)
        if type_ is None:
            return None
        if not isinstance(type_, _SCALAR_TYPES):
            self._collector.report(
                Code.BAD_CONSTANT_TYPE,
                node.type.span,
                f"a constant cannot be a `{type_name(type_)}`",
                hint="it is a bool, a number, a text, bytes, a uuid or an enum",
            )
            return None
        value = self._values.value(node.value, type_)
        if value is None:
            return None
        return Constant(
            package=self._package,
            name=node.name.text,
            type=type_,
            value=value,
            doc=_doc(node.doc),
            annotations=read_annotations(node.annotations),
            span=node.name.span,
        )

    def struct(self, node: ast.Struct) -> StructDeclaration | None:
        """A struct; None if any of its fields is wrong, for then its size is unknown."""
        fields = []
        offset = 0
        for field in node.fields:
            type_ = self._types.resolve_fixed_size(field.type, "a struct")
            if type_ is None:
                continue
            annotations = read_annotations(field.annotations)
            fields.append(
                StructField(field.name.text, type_, offset, _doc(field.doc), annotations, field.name.span)
            )
            offset += fixed_size(type_) or 0
        if len(fields) < len(node.fields) or node.damaged:
            return None
        if not self._is_valid_struct_size(node, offset):
            return None
        return StructDeclaration(
            package=self._package,
            name=node.name.text,
            fields=tuple(fields),
            size=offset,
            doc=_doc(node.doc),
            annotations=read_annotations(node.annotations),
            span=node.name.span,
        )

    def message(self, node: ast.Message) -> MessageDeclaration:
        """A message with the fields that are right."""
        block = self._block(node)
        tagged = [built for field in node.fields if (built := self._tagged(field)) is not None]
        return MessageDeclaration(
            package=self._package,
            name=node.name.text,
            type_id=None if node.type_id is None else whole_number(node.type_id.text),
            topic=read_topic(node.annotations),
            block=block,
            tagged=tuple(sorted(tagged, key=lambda field: field.tag)),
            reserved=merge_reservations(node.reserved),
            doc=_doc(node.doc),
            annotations=read_annotations(node.annotations),
            span=node.name.span,
        )

    def union(self, node: ast.Union) -> UnionDeclaration:
        """A union with the variants that are right."""
        variants = []
        for field in node.fields:
            type_ = self._types.resolve(field.type)
            tag = None if field.tag is None else whole_number(field.tag.text)
            if type_ is not None and tag is not None:
                annotations = read_annotations(field.annotations)
                variants.append(
                    UnionVariant(tag, field.name.text, type_, _doc(field.doc), annotations, field.name.span)
                )
        return UnionDeclaration(
            package=self._package,
            name=node.name.text,
            variants=tuple(sorted(variants, key=lambda variant: variant.tag)),
            reserved=merge_reservations(node.reserved),
            doc=_doc(node.doc),
            annotations=read_annotations(node.annotations),
            span=node.name.span,
        )

    def _is_valid_struct_size(self, node: ast.Struct, size: int) -> bool:
        if not node.fields:
            self._collector.report(
                Code.ZERO_SIZE,
                node.name.span,
                f"struct `{node.name.text}` has no fields",
                hint="give it at least one",
            )
        elif size > MAXIMUM_FIXED_SIZE:
            self._collector.report(
                Code.TOO_LARGE,
                node.name.span,
                f"struct `{node.name.text}` takes {size} bytes",
                hint=f"at most {MAXIMUM_FIXED_SIZE}; a message holds more",
            )
        return 0 < size <= MAXIMUM_FIXED_SIZE

    def _block(self, node: ast.Message) -> tuple[BlockField, ...]:
        fields = []
        offset = 0
        for field in node.fields:
            if field.tag is not None:
                continue
            type_ = self._types.resolve_fixed_size(field.type, "the block")
            if type_ is None:
                continue
            default, is_valid = self._default(field, type_)
            if is_valid:
                annotations = read_annotations(field.annotations)
                doc, span = _doc(field.doc), field.name.span
                fields.append(BlockField(field.name.text, type_, offset, default, doc, annotations, span))
            offset += fixed_size(type_) or 0
        if offset > MAXIMUM_FIXED_SIZE:
            self._collector.report(
                Code.TOO_LARGE,
                node.name.span,
                f"the block of message `{node.name.text}` takes {offset} bytes",
                hint=f"at most {MAXIMUM_FIXED_SIZE}; fields with a number do not count",
            )
        return tuple(fields)

    def _tagged(self, field: ast.Field) -> TaggedField | None:
        if field.tag is None:
            return None
        type_ = self._types.resolve(field.type)
        tag = whole_number(field.tag.text)
        if type_ is None or tag is None:
            return None
        default, is_valid = self._default(field, type_)
        if not is_valid:
            return None
        presence = Presence.REQUIRED if default is None else Presence.DEFAULTED
        return TaggedField(
            tag=tag,
            name=field.name.text,
            type=type_,
            presence=Presence.OPTIONAL if field.optional else presence,
            default=default,
            doc=_doc(field.doc),
            annotations=read_annotations(field.annotations),
            span=field.name.span,
        )

    def _default(self, field: ast.Field, type_: Type) -> tuple[Literal | None, bool]:
        """The default, and whether what was written is right."""
        if field.default is None:
            return None, True
        if field.optional is not None:
            self._collector.report(
                Code.OPTIONAL_WITH_DEFAULT,
                field.default.span,
                f"field `{field.name.text}` is optional and has a default",
                hint="without `?` an absent field takes the default; without the default it is none",
            )
            return None, False
        if not isinstance(type_, _SCALAR_TYPES | ListType | MapType):
            kind = "an array" if isinstance(type_, ArrayType) else f"`{type_name(type_)}`"
            self._collector.report(
                Code.DEFAULT_NOT_ALLOWED,
                field.default.span,
                f"a field of {kind} cannot have a default",
                hint="a field with a number may be optional: `?`" if field.tag is not None else None,
            )
            return None, False
        default = self._values.value(field.default, type_)
        return default, default is not None


def enum_declaration(package: str, node: ast.Enum, collector: DiagnosticCollector) -> EnumDeclaration:
    """An enum with the members whose numbers are whole; a wrong base is reported and taken as u8."""
    base = None if node.base is None else node.base.name.text
    bits = enum_bits(node)
    if bits is None:
        place = node.name.span if node.base is None else node.base.span
        message = "an enum needs a base type" if base is None else "this cannot be the base of an enum"
        near = did_you_mean(base, _ENUM_BASES) if base else None
        hint = near or f"u8, u16, u32 or u64: `enum {node.name.text}: u8`"
        collector.report(Code.BAD_ENUM_BASE, place, message, hint=hint)
    members = [
        EnumMember(
            member.name.text, number, _doc(member.doc), read_annotations(member.annotations), member.name.span
        )
        for member in node.members
        if (number := whole_number(member.number.text)) is not None
    ]
    return EnumDeclaration(
        package=package,
        name=node.name.text,
        bits=bits or 8,
        closed=node.closed,
        members=tuple(members),
        reserved=merge_reservations(node.reserved),
        doc=_doc(node.doc),
        annotations=read_annotations(node.annotations),
        span=node.name.span,
    )


def enum_bits(node: ast.Enum) -> int | None:
    """The size of the base of an enum; None if it has none or a wrong one."""
    base = node.base
    if base is None or base.arguments is not None or base.lengths or base.limit is not None:
        return None
    return _ENUM_BASES.get(base.name.text)


def _doc(comment: ast.DocComment | None) -> str:
    return "" if comment is None else comment.text
