"""The syntax tree: what was written, nothing resolved. Every node is frozen and knows its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from mycelium.idl.schema import Span


@dataclass(frozen=True, slots=True)
class Name:
    """One identifier."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class QualifiedName:
    """One or more identifiers joined by dots."""

    parts: tuple[Name, ...]
    span: Span

    @property
    def text(self) -> str:
        """The name as written, without white space."""
        return ".".join(part.text for part in self.parts)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written: ``1_000``, ``0xFF``, ``-1.5e3``."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class String:
    """A string literal; ``text`` has its escapes decoded."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class EmptyList:
    """``[]``."""

    span: Span


@dataclass(frozen=True, slots=True)
class EmptyMap:
    """``{}``."""

    span: Span


Amount: TypeAlias = Number | QualifiedName
"""A size, bound or limit: a number or the name of a constant."""

Value: TypeAlias = Number | String | QualifiedName | EmptyList | EmptyMap
"""What may stand after ``=`` or in an annotation. ``true`` and ``false`` are names."""


@dataclass(frozen=True, slots=True)
class Range:
    """``lower..upper``; either end may be left out."""

    lower: Amount | None
    upper: Amount | None
    span: Span


@dataclass(frozen=True, slots=True)
class TypeExpression:
    """``name<arguments>[length]... in limit``. ``arguments`` is None where no angle brackets were written."""

    name: QualifiedName
    arguments: tuple[TypeArgument, ...] | None
    lengths: tuple[Amount, ...]
    limit: Range | None
    span: Span


TypeArgument: TypeAlias = TypeExpression | Number | Range


@dataclass(frozen=True, slots=True)
class DocComment:
    """A run of ``///`` lines, joined by newlines, without the slashes and one space after them."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Annotation:
    """``@name(arguments)``; ``arguments`` is None without parentheses."""

    name: Name
    arguments: tuple[Value, ...] | None
    span: Span


@dataclass(frozen=True, slots=True)
class ReservedNumbers:
    """``lower..upper``, or one number (then ``upper`` is None)."""

    lower: Number
    upper: Number | None
    span: Span


@dataclass(frozen=True, slots=True)
class ReservedStatement:
    """``reserved 1, 5..9, "name";``."""

    numbers: tuple[ReservedNumbers, ...]
    names: tuple[String, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Package:
    """``package a.b;``."""

    name: QualifiedName
    doc: DocComment | None
    span: Span


@dataclass(frozen=True, slots=True)
class Import:
    """``import "path";``."""

    path: String
    doc: DocComment | None
    span: Span


@dataclass(frozen=True, slots=True)
class Constant:
    """``const NAME: type = value;``."""

    name: Name
    type: TypeExpression
    value: Value
    annotations: tuple[Annotation, ...]
    doc: DocComment | None
    span: Span


@dataclass(frozen=True, slots=True)
class Member:
    """``NAME = number;`` in an enum."""

    name: Name
    number: Number
    annotations: tuple[Annotation, ...]
    doc: DocComment | None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a message or struct, or a variant of a union. ``optional`` is the place of its ``?``."""

    tag: Number | None
    name: Name
    type: TypeExpression
    optional: Span | None
    default: Value | None
    annotations: tuple[Annotation, ...]
    doc: DocComment | None


@dataclass(frozen=True, slots=True)
class Enum:
    """``[closed] enum Name: base { ... }``; ``damaged`` when some of its body could not be read."""

    name: Name
    closed: bool
    base: TypeExpression | None
    members: tuple[Member, ...]
    reserved: tuple[ReservedStatement, ...]
    annotations: tuple[Annotation, ...]
    doc: DocComment | None
    span: Span
    damaged: bool


@dataclass(frozen=True, slots=True)
class Struct:
    """``struct Name { ... }``."""

    name: Name
    fields: tuple[Field, ...]
    reserved: tuple[ReservedStatement, ...]
    annotations: tuple[Annotation, ...]
    doc: DocComment | None
    span: Span
    damaged: bool


@dataclass(frozen=True, slots=True)
class Message:
    """``message Name = id { ... }``; ``type_id`` is None for nested-only use."""

    name: Name
    type_id: Number | None
    fields: tuple[Field, ...]
    reserved: tuple[ReservedStatement, ...]
    annotations: tuple[Annotation, ...]
    doc: DocComment | None
    span: Span
    damaged: bool


@dataclass(frozen=True, slots=True)
class Union:
    """``union Name { ... }``."""

    name: Name
    fields: tuple[Field, ...]
    reserved: tuple[ReservedStatement, ...]
    annotations: tuple[Annotation, ...]
    doc: DocComment | None
    span: Span
    damaged: bool


@dataclass(frozen=True, slots=True)
class Broken:
    """A statement that could not be read; already reported. ``name`` is what it seems to declare, if anything."""

    name: Name | None
    span: Span


Declaration: TypeAlias = Constant | Enum | Struct | Message | Union
Item: TypeAlias = Package | Import | Declaration | ReservedStatement | Broken


@dataclass(frozen=True, slots=True)
class File:
    """One file. ``doc_comments`` are all of them, attached or not; ``damaged`` when anything could not be read."""

    items: tuple[Item, ...]
    doc_comments: tuple[DocComment, ...]
    damaged: bool

    @property
    def package(self) -> Package | None:
        """The first package statement."""
        return next((item for item in self.items if isinstance(item, Package)), None)

    @property
    def imports(self) -> tuple[Import, ...]:
        """The import statements, in order."""
        return tuple(item for item in self.items if isinstance(item, Import))

    @property
    def declarations(self) -> tuple[Declaration, ...]:
        """Constants, enums, structs, messages and unions, in order."""
        return tuple(
            item for item in self.items if isinstance(item, Constant | Enum | Struct | Message | Union)
        )

    @property
    def reserved(self) -> tuple[ReservedStatement, ...]:
        """The reservations of type ids and message names."""
        return tuple(item for item in self.items if isinstance(item, ReservedStatement))

    @property
    def broken(self) -> tuple[Broken, ...]:
        """The statements at file level that could not be read."""
        return tuple(item for item in self.items if isinstance(item, Broken))
