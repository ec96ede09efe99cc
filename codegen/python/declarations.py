"""Declarations of a schema -> the classes of a module."""

from __future__ import annotations

from collections.abc import Mapping

from mycelium.codegen.python.docstrings import docstring
from mycelium.codegen.python.layout import INDENT, LINE_WIDTH, call, lay_out
from mycelium.codegen.python.model import Attribute, DataClass, Definition, EnumClass, UnionAlias
from mycelium.codegen.python.naming import RESERVED_FOR_MEMBERS, escaped
from mycelium.codegen.python.plans import enum_plan
from mycelium.codegen.python.scope import ModuleScope
from mycelium.codegen.python.types import annotation, literal, schema_text, string_text
from mycelium.codegen.python.versions import versions_constant
from mycelium.idl.digest import MessageDigests
from mycelium.idl.lock import MessageHistory
from mycelium.idl.schema import (
    Annotations,
    ArrayType,
    BlockField,
    EnumDeclaration,
    EnumMember,
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    Presence,
    StructDeclaration,
    StructField,
    TaggedField,
    Type,
    UnionDeclaration,
    UnionType,
    UnionVariant,
)


class DeclarationLowering:
    """Turns the declarations of one package into classes."""

    def __init__(
        self,
        scope: ModuleScope,
        digests: Mapping[str, MessageDigests],
        histories: Mapping[str, MessageHistory],
    ) -> None:
        self._scope = scope
        self._digests = digests
        self._histories = histories

    def enum(self, enum: EnumDeclaration) -> EnumClass:
        """An enum and its plan."""
        name = self._scope.class_of(enum.qualified_name)
        kind = "A closed enum" if enum.closed else "An open enum: numbers without a name survive"
        return EnumClass(
            name=name,
            base=self._scope.use("mycelium.enums", "ClosedEnum" if enum.closed else "OpenEnum"),
            doc=docstring(_paragraphs(enum.doc or f"{kind}.", enum.annotations), 1),
            members=tuple(_member(member) for member in enum.members),
            plan=tuple(lay_out(enum_plan(enum), f"{name}.__plan__ = ")),
        )

    def definition(
        self, declaration: StructDeclaration | MessageDeclaration | UnionDeclaration
    ) -> Definition:
        """The class of a struct or message, or the classes and alias of a union."""
        match declaration:
            case StructDeclaration():
                return Definition(data=self._struct(declaration))
            case MessageDeclaration():
                return Definition(data=self._message(declaration))
            case UnionDeclaration():
                return Definition(union=self._union(declaration))

    def _struct(self, struct: StructDeclaration) -> DataClass:
        name = self._scope.class_of(struct.qualified_name)
        base = self._scope.use("mycelium.message", "Struct")
        default = f"Struct ``{struct.qualified_name}``, {struct.size} bytes."
        return DataClass(
            header=_header(name, [base, "frozen=True", "gc=False"]),
            doc=docstring(_paragraphs(struct.doc or default, struct.annotations), 1),
            constants=(),
            fields=tuple(
                self._field(field, annotation(field.type, self._scope), "", "") for field in struct.fields
            ),
        )

    def _message(self, message: MessageDeclaration) -> DataClass:
        name = self._scope.class_of(message.qualified_name)
        base = self._scope.use("mycelium.message", "Message")
        default = f"Message ``{message.qualified_name}``."
        return DataClass(
            header=_header(
                name,
                [
                    base,
                    "frozen=True",
                    "kw_only=True",
                    *_collection(*(field.type for field in message.fields)),
                ],
            ),
            doc=docstring(_paragraphs(message.doc or default, message.annotations), 1),
            constants=self._message_constants(message),
            fields=tuple(self._message_field(field) for field in message.fields),
        )

    def _message_constants(self, message: MessageDeclaration) -> tuple[str, ...]:
        digests = self._digests[message.qualified_name]
        lines = [f"NAME = {string_text(message.qualified_name)}"]
        if message.type_id is not None:
            lines.append(f"TYPE_ID = {message.type_id}")
        if message.topic is not None:
            lines.append(f"TOPIC = {string_text(message.topic)}")
        lines.append(f"WIRE_DIGEST = 0x{digests.wire_u64:016X}")
        lines.append(f"FULL_DIGEST = 0x{digests.full_u64:016X}")
        history = self._histories.get(message.qualified_name, MessageHistory())
        return (*(INDENT + line for line in lines), *versions_constant(self._scope, history))

    def _message_field(self, field: BlockField | TaggedField) -> Attribute:
        text = annotation(field.type, self._scope)
        tag = f", tag {field.tag}" if isinstance(field, TaggedField) else ""
        match field.presence:
            case Presence.OPTIONAL:
                return self._field(field, f"{text} | None = None", "?", tag)
            case Presence.DEFAULTED:
                assert field.default is not None
                return self._field(
                    field, f"{text} = {literal(field.type, field.default, self._scope)}", "", tag
                )
        return self._field(field, text, "", tag)

    def _field(
        self, field: StructField | BlockField | TaggedField, text: str, mark: str, tag: str
    ) -> Attribute:
        """A field, beside it its type in the schema where the line has room."""
        line = f"{INDENT}{self._scope.attribute(field.name)}: {text}"
        comment = f"  # {schema_text(field.type)}{mark}{tag}"
        if len(line + comment) <= LINE_WIDTH:
            line += comment
        return Attribute(line, docstring(_paragraphs(field.doc, field.annotations), 1))

    def _union(self, union: UnionDeclaration) -> UnionAlias:
        scope = self._scope
        name = scope.class_of(union.qualified_name)
        variants = [self._variant(union, variant, name) for variant in union.variants]
        unknown = scope.unknown_class(union)
        base = scope.use("mycelium.message", "UnknownVariant")
        variants.append(
            DataClass(
                header=_header(unknown, [base, "frozen=True", "gc=False"]),
                doc=docstring([f"A variant of :data:`{name}` that this schema does not know."], 1),
                constants=(),
                fields=(),
            )
        )
        names = [*(scope.variant_class(union, variant) for variant in union.variants), unknown]
        alias = scope.use("typing", "TypeAlias")
        return UnionAlias(
            variants=tuple(variants),
            lines=tuple(_alternatives(f"{name}: {alias} = ", names)),
            doc=docstring(
                _paragraphs(union.doc or f"Union ``{union.qualified_name}``.", union.annotations), 0
            ),
        )

    def _variant(self, union: UnionDeclaration, variant: UnionVariant, alias: str) -> DataClass:
        name = self._scope.variant_class(union, variant)
        base = self._scope.use("mycelium.message", "Variant")
        default = f"Variant ``{variant.name}`` of :data:`{alias}`."
        line = f"{INDENT}value: {annotation(variant.type, self._scope)}"
        comment = f"  # {schema_text(variant.type)}, tag {variant.tag}"
        return DataClass(
            header=_header(name, [base, "frozen=True", *_collection(variant.type)]),
            doc=docstring(_paragraphs(variant.doc or default, variant.annotations), 1),
            constants=(),
            fields=(Attribute(line + comment if len(line + comment) <= LINE_WIDTH else line),),
        )


def _header(name: str, arguments: list[str]) -> tuple[str, ...]:
    return tuple(lay_out(call(f"class {name}", arguments), "", ":"))


def _collection(*types: Type) -> tuple[str, ...]:
    """``gc=False`` for a class whose values hold no dictionaries and no messages.

    They are immutable down to the last one, so that they are never part of a cycle: the garbage collector need not
    look at them, and they are made and dropped faster.
    """
    return () if any(_may_be_part_of_a_cycle(type_) for type_ in types) else ("gc=False",)


def _may_be_part_of_a_cycle(type_: Type) -> bool:
    match type_:
        case MapType() | MessageType() | UnionType():
            return True
        case ListType(element=element) | ArrayType(element=element):
            return _may_be_part_of_a_cycle(element)
    return False


def _member(member: EnumMember) -> Attribute:
    line = f"{INDENT}{escaped(member.name, RESERVED_FOR_MEMBERS)} = {member.number}"
    return Attribute(line, docstring(_paragraphs(member.doc, member.annotations), 1))


def _paragraphs(doc: str, annotations: Annotations) -> list[str]:
    if annotations.deprecated is None:
        return [doc]
    reason = f": {annotations.deprecated}" if annotations.deprecated else "."
    return [doc, f"Deprecated{reason}"]


def _alternatives(before: str, names: list[str]) -> list[str]:
    """``before A | B | C``, over more lines the way black would break it."""
    line = " | ".join(names)
    if len(before + line) <= LINE_WIDTH:
        return [before + line]
    if len(INDENT + line) <= LINE_WIDTH:
        return [f"{before}(", INDENT + line, ")"]
    return [f"{before}(", INDENT + names[0], *(f"{INDENT}| {name}" for name in names[1:]), ")"]
