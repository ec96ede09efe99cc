"""Resolved declarations -> the text they could have been written as, in the formatter's layout, and where its parts stand.

History keeps descriptors and no texts; people read texts. Comments are not printed, and constants appear as their values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from uuid import UUID

from mycelium.idl.schema import (
    Annotations,
    BlockField,
    Constant,
    Declaration,
    EnumDeclaration,
    EnumMember,
    EnumType,
    Literal,
    MapType,
    MessageDeclaration,
    NumberType,
    Presence,
    Reserved,
    Schema,
    Span,
    StructDeclaration,
    StructField,
    TaggedField,
    Type,
    UnionDeclaration,
    UnionVariant,
    UuidType,
)
from mycelium.idl.type_names import number_text, type_name

_INDENT = "    "
_Part = EnumMember | StructField | BlockField | TaggedField | UnionVariant


@dataclass(slots=True)
class PrintedDeclaration:
    """Lines of text, and the places in them: of the declaration's name, of its parts by name, of what it reserves.

    Spans count lines from 1 and name the file "".
    """

    lines: list[str] = field(default_factory=list)
    name: Span = Span("", 1, 1, 1, 2)
    parts: dict[str, Span] = field(default_factory=dict)
    reserved: Span | None = None

    def text(self) -> str:
        """The lines as one text, each with its end."""
        return "".join(f"{line}\n" for line in self.lines)

    def add(self, before: str, marked: str, behind: str) -> Span:
        """One more line; the place of ``marked`` in it."""
        number, column = len(self.lines) + 1, len(before) + 1
        self.lines.append(f"{before}{marked}{behind}")
        return Span("", number, column, number, column + len(marked))


def print_constant(constant: Constant, schema: Schema) -> PrintedDeclaration:
    """``const NAME: type = value;``."""
    printed = PrintedDeclaration()
    value = _Values(schema, constant.package).text(constant.type, constant.value)
    behind = f": {type_name(constant.type, constant.package)} = {value}{_annotations(constant.annotations)};"
    printed.name = printed.add("const ", constant.name, behind)
    return printed


def print_declaration(declaration: Declaration, schema: Schema) -> PrintedDeclaration:
    """A declaration of that schema."""
    printed = PrintedDeclaration()
    parts = list(_parts(declaration))
    reserved = Reserved() if isinstance(declaration, StructDeclaration) else declaration.reserved
    before, behind = _head(declaration)
    if not parts and reserved == Reserved():
        printed.name = printed.add(before, declaration.name, f"{behind} {{ }}")
        return printed
    printed.name = printed.add(before, declaration.name, f"{behind} {{")
    values = _Values(schema, declaration.package)
    previous: _Part | None = None
    for part in parts:
        if isinstance(part, TaggedField) and isinstance(previous, BlockField):
            printed.lines.append("")
        number, rest = _part(part, values)
        printed.parts[part.name] = printed.add(_INDENT + number, part.name, rest)
        previous = part
    if reserved != Reserved():
        printed.reserved = printed.add(_INDENT, reserved_text(reserved), "")
    printed.lines.append("}")
    return printed


def reserved_text(reserved: Reserved) -> str:
    """``reserved 12, 20..29, "old_name";``."""
    ranges = [str(lower) if lower == upper else f"{lower}..{upper}" for lower, upper in reserved.ranges]
    return f"reserved {', '.join([*ranges, *map(_quoted, reserved.names)])};"


def _head(declaration: Declaration) -> tuple[str, str]:
    """What stands before the name of a declaration, and between it and the brace."""
    annotations = _annotations(declaration.annotations)
    match declaration:
        case EnumDeclaration(bits=bits, closed=closed):
            return "closed enum " if closed else "enum ", f": u{bits}{annotations}"
        case StructDeclaration():
            return "struct ", annotations
        case UnionDeclaration():
            return "union ", annotations
        case MessageDeclaration(type_id=type_id, topic=topic):
            number = "" if type_id is None else f" = {type_id}"
            on_topic = "" if topic is None else f" @topic({_quoted(topic)})"
            return "message ", f"{number}{on_topic}{annotations}"


def _parts(declaration: Declaration) -> Iterator[_Part]:
    match declaration:
        case EnumDeclaration(members=members):
            yield from members
        case UnionDeclaration(variants=variants):
            yield from variants
        case StructDeclaration(fields=fields):
            yield from fields
        case MessageDeclaration(fields=message_fields):
            yield from message_fields


def _part(part: _Part, values: _Values) -> tuple[str, str]:
    """What stands before the name of a part and behind it."""
    annotations = _annotations(part.annotations)
    if isinstance(part, EnumMember):
        return "", f" = {part.number}{annotations};"
    number = f"{part.tag} " if isinstance(part, TaggedField | UnionVariant) else ""
    presence = "?" if isinstance(part, TaggedField) and part.presence is Presence.OPTIONAL else ""
    default = ""
    if isinstance(part, BlockField | TaggedField) and part.default is not None:
        default = f" = {values.text(part.type, part.default)}"
    return number, f": {type_name(part.type, values.package)}{presence}{default}{annotations};"


def _annotations(annotations: Annotations) -> str:
    text = ""
    if annotations.deprecated is not None:
        text += (
            f" @deprecated({_quoted(annotations.deprecated)})" if annotations.deprecated else " @deprecated"
        )
    return text + (" @sensitive" if annotations.sensitive else "")


@dataclass(frozen=True, slots=True)
class _Values:
    """Prints stored values as they are written in one package."""

    schema: Schema
    package: str

    def text(self, type_: Type, value: Literal) -> str:
        """A default or the value of a constant."""
        if isinstance(type_, EnumType):
            return self._member(type_, value)
        match value:
            case bool():
                return "true" if value else "false"
            case int() | float() if isinstance(type_, NumberType):
                return number_text(value, type_)
            case str():
                return _quoted(value)
            case bytes():
                return _quoted(str(UUID(bytes=value)) if isinstance(type_, UuidType) else value.hex())
        return "{}" if isinstance(type_, MapType) else "[]"

    def _member(self, type_: EnumType, number: Literal) -> str:
        names = [member.name for member in self.schema.enum(type_).members if member.number == number]
        return names[0] if names else str(number)


_ESCAPES: Mapping[str, str] = MappingProxyType(
    {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
)


def _quoted(text: str) -> str:
    return f'"{"".join(map(_escaped, text))}"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    return character if character.isprintable() else f"\\u{{{ord(character):X}}}"
