"""The resolved schema: what every later stage reads, and the only thing it reads.

A :class:`Schema` is immutable, knows no target language, and holds no text. All names are resolved, all
constants folded, all sizes computed; a schema that exists is valid. Two schemas are equal when they mean the
same, wherever they were written: source spans and doc comments take no part in comparison of types.

Types are small frozen classes, one per type of the language. A type that refers to a declaration carries its
qualified name (``trading.market.Side``) and the facts needed for layout, so that :func:`fixed_size` and
:func:`wire_kind` need no lookup.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from types import MappingProxyType
from typing import TypeAlias

MAXIMUM_FIXED_SIZE = 65_535
"""Largest fixed-size type or block, in bytes (docs/wire.md, *Values*)."""

VARIABLE_KIND = 6
"""Wire kind of a value preceded by its length."""

_KIND_OF_SIZE: Mapping[int, int] = MappingProxyType({1: 0, 2: 1, 4: 2, 8: 3, 16: 4, 32: 5})


@dataclass(frozen=True, slots=True)
class Span:
    """Where something was written: a file name as shown to people, lines and columns counted from 1.

    ``end_column`` is the column after the last character.
    """

    file: str
    line: int
    column: int
    end_line: int
    end_column: int


# --- Types -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class BoolType:
    """One byte, 0 or 1."""


@dataclass(frozen=True, slots=True)
class IntegerType:
    """Two's complement, little-endian; ``bits`` is 8..256. Limits are inclusive, None where open."""

    bits: int
    signed: bool
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class FloatType:
    """IEEE 754; ``bits`` is 32 or 64. Limits are already rounded to the type."""

    bits: int
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class TimestampType:
    """Nanoseconds since 1970-01-01 UTC in an i64. Limits in nanoseconds."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class DurationType:
    """Nanoseconds in an i64. Limits in nanoseconds."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class DecimalType:
    """An i64 mantissa; value = mantissa / 10**scale, scale 0..18. Limits are mantissas."""

    scale: int
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class UuidType:
    """16 bytes in RFC 4122 order."""


@dataclass(frozen=True, slots=True)
class AsciiType:
    """``ascii[N]``: up to N printable characters, padded with NUL to N bytes."""

    length: int


@dataclass(frozen=True, slots=True)
class FixedBytesType:
    """``bytes[N]``: exactly N bytes."""

    length: int


@dataclass(frozen=True, slots=True)
class ArrayType:
    """``T[N]``: exactly N packed elements of a fixed-size type."""

    element: Type
    length: int


@dataclass(frozen=True, slots=True)
class EnumType:
    """A value of the named enum, stored in ``bits`` (8..64) unsigned bits."""

    name: str
    bits: int
    closed: bool


@dataclass(frozen=True, slots=True)
class StructType:
    """A value of the named struct; ``size`` is its packed size in bytes."""

    name: str
    size: int


@dataclass(frozen=True, slots=True)
class StringType:
    """UTF-8 text. Bounds count bytes; None means no bound (0 for the minimum)."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class BytesType:
    """A run of bytes. Bounds count bytes."""

    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class ListType:
    """Elements of one type: packed when the element is fixed-size. Bounds count elements."""

    element: Type
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class MapType:
    """Entries ascending by key. Bounds count entries."""

    key: Type
    value: Type
    minimum: int | None = None
    maximum: int | None = None


@dataclass(frozen=True, slots=True)
class MessageType:
    """A nested body of the named message."""

    name: str


@dataclass(frozen=True, slots=True)
class UnionType:
    """Exactly one element of the named union."""

    name: str


NumberType: TypeAlias = IntegerType | FloatType | TimestampType | DurationType | DecimalType
BoundedType: TypeAlias = StringType | BytesType | ListType | MapType
ReferenceType: TypeAlias = EnumType | StructType | MessageType | UnionType
Type: TypeAlias = (
    BoolType
    | IntegerType
    | FloatType
    | TimestampType
    | DurationType
    | DecimalType
    | UuidType
    | AsciiType
    | FixedBytesType
    | ArrayType
    | EnumType
    | StructType
    | StringType
    | BytesType
    | ListType
    | MapType
    | MessageType
    | UnionType
)

Literal: TypeAlias = bool | int | float | str | bytes | tuple[()]
"""A default or constant as stored: decimals as mantissas, enums as numbers, uuids as 16 bytes, ascii as text,
timestamps and durations as nanoseconds, f32 already rounded, an empty list or map as ``()``."""


def fixed_size(type_: Type) -> int | None:
    """Packed size in bytes of a fixed-size type, None for a variable one."""
    match type_:
        case BoolType():
            return 1
        case IntegerType(bits=bits) | FloatType(bits=bits) | EnumType(bits=bits):
            return bits // 8
        case TimestampType() | DurationType() | DecimalType():
            return 8
        case UuidType():
            return 16
        case AsciiType(length=length) | FixedBytesType(length=length):
            return length
        case StructType(size=size):
            return size
        case ArrayType(element=element, length=length):
            element_size = fixed_size(element)
            return None if element_size is None else element_size * length
    return None


def wire_kind(type_: Type) -> int:
    """The kind (0..6) of a tagged element of this type."""
    size = fixed_size(type_)
    return VARIABLE_KIND if size is None else _KIND_OF_SIZE.get(size, VARIABLE_KIND)


# --- Declarations ----------------------------------------------------------------------------------------


class Presence(Enum):
    """Whether a field may be absent, and what its absence means."""

    REQUIRED = "required"
    DEFAULTED = "defaulted"
    OPTIONAL = "optional"


@dataclass(frozen=True, slots=True)
class Annotations:
    """What ``@deprecated`` and ``@sensitive`` said. ``deprecated`` is the reason, "" when none was given."""

    deprecated: str | None = None
    sensitive: bool = False


@dataclass(frozen=True, slots=True)
class Reserved:
    """Numbers (inclusive ranges, sorted, merged) and names never to be used again."""

    ranges: tuple[tuple[int, int], ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Constant:
    """``const NAME: type = value``."""

    package: str
    name: str
    type: Type
    value: Literal
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A named number of an enum."""

    name: str
    number: int
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class EnumDeclaration:
    """Members in declaration order; at least one."""

    package: str
    name: str
    bits: int
    closed: bool
    members: tuple[EnumMember, ...]
    reserved: Reserved = Reserved()
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def qualified_name(self) -> str:
        """``package.Name``."""
        return f"{self.package}.{self.name}"


@dataclass(frozen=True, slots=True)
class StructField:
    """A packed field of a struct; ``offset`` in bytes from the start of the struct."""

    name: str
    type: Type
    offset: int
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class StructDeclaration:
    """Fields packed in declaration order; at least one; ``size`` in bytes."""

    package: str
    name: str
    fields: tuple[StructField, ...]
    size: int
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def qualified_name(self) -> str:
        """``package.Name``."""
        return f"{self.package}.{self.name}"


@dataclass(frozen=True, slots=True)
class BlockField:
    """An untagged field, ``offset`` bytes into the block. Never optional; ``default`` is None when required."""

    name: str
    type: Type
    offset: int
    default: Literal | None = None
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def presence(self) -> Presence:
        """Required or defaulted."""
        return Presence.REQUIRED if self.default is None else Presence.DEFAULTED


@dataclass(frozen=True, slots=True)
class TaggedField:
    """A numbered field; ``default`` is set exactly when ``presence`` is DEFAULTED."""

    tag: int
    name: str
    type: Type
    presence: Presence
    default: Literal | None = None
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class MessageDeclaration:
    """Block fields in declaration order, tagged fields ascending by tag. ``type_id`` is None for nested-only use."""

    package: str
    name: str
    type_id: int | None
    topic: str | None
    block: tuple[BlockField, ...]
    tagged: tuple[TaggedField, ...]
    reserved: Reserved = Reserved()
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def qualified_name(self) -> str:
        """``package.Name``."""
        return f"{self.package}.{self.name}"

    @property
    def block_size(self) -> int:
        """Size of the declared block in bytes, 0 where there is none."""
        if not self.block:
            return 0
        last = self.block[-1]
        return last.offset + (fixed_size(last.type) or 0)

    @property
    def fields(self) -> tuple[BlockField | TaggedField, ...]:
        """Block fields, then tagged fields: the order of the wire and of the JSON form."""
        return (*self.block, *self.tagged)


@dataclass(frozen=True, slots=True)
class UnionVariant:
    """One alternative of a union."""

    tag: int
    name: str
    type: Type
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class UnionDeclaration:
    """Variants ascending by tag; at least one."""

    package: str
    name: str
    variants: tuple[UnionVariant, ...]
    reserved: Reserved = Reserved()
    doc: str = ""
    annotations: Annotations = Annotations()
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def qualified_name(self) -> str:
        """``package.Name``."""
        return f"{self.package}.{self.name}"


Declaration: TypeAlias = EnumDeclaration | StructDeclaration | MessageDeclaration | UnionDeclaration


@dataclass(frozen=True, slots=True)
class Package:
    """All declarations of one package, in order of file path, then of place in the file.

    ``imports`` names, sorted, the other packages whose declarations this one refers to. Packages never depend on
    one another in a circle.
    """

    name: str
    doc: str
    imports: tuple[str, ...]
    constants: tuple[Constant, ...]
    declarations: tuple[Declaration, ...]
    reserved: Reserved = Reserved()


@dataclass(frozen=True)
class Schema:
    """A set of packages, sorted by name, that refer to nothing outside it."""

    packages: tuple[Package, ...]

    @cached_property
    def _by_name(self) -> Mapping[str, Declaration]:
        return {
            declaration.qualified_name: declaration
            for package in self.packages
            for declaration in package.declarations
        }

    def declarations(self) -> Iterator[Declaration]:
        """Every declaration, package by package."""
        for package in self.packages:
            yield from package.declarations

    def messages(self) -> Iterator[MessageDeclaration]:
        """Every message, package by package."""
        for declaration in self.declarations():
            if isinstance(declaration, MessageDeclaration):
                yield declaration

    def find(self, qualified_name: str) -> Declaration | None:
        """The declaration of that qualified name, or None."""
        return self._by_name.get(qualified_name)

    def enum(self, type_: EnumType) -> EnumDeclaration:
        """The declaration behind an enum type of this schema."""
        declaration = self._by_name[type_.name]
        assert isinstance(declaration, EnumDeclaration)
        return declaration

    def struct(self, type_: StructType) -> StructDeclaration:
        """The declaration behind a struct type of this schema."""
        declaration = self._by_name[type_.name]
        assert isinstance(declaration, StructDeclaration)
        return declaration

    def message(self, type_: MessageType) -> MessageDeclaration:
        """The declaration behind a message type of this schema."""
        declaration = self._by_name[type_.name]
        assert isinstance(declaration, MessageDeclaration)
        return declaration

    def union(self, type_: UnionType) -> UnionDeclaration:
        """The declaration behind a union type of this schema."""
        declaration = self._by_name[type_.name]
        assert isinstance(declaration, UnionDeclaration)
        return declaration
