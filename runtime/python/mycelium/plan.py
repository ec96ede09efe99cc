"""Plans: the layout of messages as data.

A generated class carries the description of its own wire format as ``__plan__``: every field with its name,
place, type, limits and default. The careful codec, the JSON form and the inspection read plans; nothing here
knows how to encode or decode. Use the module qualified: ``plan.List(plan.Integer(16, False))``.

Types that refer to a declaration hold its Python class, whose own ``__plan__`` is complete once its module is
imported; that is how recursive messages are possible.
"""

from __future__ import annotations

from enum import Enum as _StandardEnum
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from mycelium.wire import KIND_OF_SIZE, VARIABLE_KIND, element_header

if TYPE_CHECKING:
    from mycelium import message as _message

VariantClass: TypeAlias = "type[_message.Variant]"

# --- Types -----------------------------------------------------------------------------------------------


class Boolean(msgspec.Struct, frozen=True):
    """One byte, 0 or 1."""


class Integer(msgspec.Struct, frozen=True):
    """Two's complement of 8..256 ``bits``. Limits are inclusive, None where open."""

    bits: int
    signed: bool
    minimum: int | None = None
    maximum: int | None = None


class Float(msgspec.Struct, frozen=True):
    """IEEE 754 of 32 or 64 ``bits``. Limits are inclusive, None where open."""

    bits: int
    minimum: float | None = None
    maximum: float | None = None


class Timestamp(msgspec.Struct, frozen=True):
    """Nanoseconds since 1970-01-01 UTC, an i64. Limits in nanoseconds."""

    minimum: int | None = None
    maximum: int | None = None


class Duration(msgspec.Struct, frozen=True):
    """Nanoseconds, an i64. Limits in nanoseconds."""

    minimum: int | None = None
    maximum: int | None = None


class Decimal(msgspec.Struct, frozen=True):
    """An i64 mantissa over 10**``scale``. Limits are mantissas."""

    scale: int
    minimum: int | None = None
    maximum: int | None = None


class Uuid(msgspec.Struct, frozen=True):
    """16 bytes in RFC 4122 order."""


class Ascii(msgspec.Struct, frozen=True):
    """Up to ``length`` printable characters, padded with NUL."""

    length: int


class FixedBytes(msgspec.Struct, frozen=True):
    """Exactly ``length`` bytes."""

    length: int


class Array(msgspec.Struct, frozen=True):
    """Exactly ``length`` packed elements of a fixed-size type."""

    element: Type
    length: int


class Enum(msgspec.Struct, frozen=True):
    """A number of an enum class."""

    enum: type[_message.AnyEnum]


class Struct(msgspec.Struct, frozen=True):
    """The packed fields of a struct class."""

    struct: type[_message.Struct]


class String(msgspec.Struct, frozen=True):
    """UTF-8. Bounds in bytes, None where open."""

    minimum: int | None = None
    maximum: int | None = None


class Bytes(msgspec.Struct, frozen=True):
    """A run of bytes. Bounds in bytes, None where open."""

    minimum: int | None = None
    maximum: int | None = None


class List(msgspec.Struct, frozen=True):
    """Elements of one type, packed when it is fixed-size. Bounds in elements, None where open."""

    element: Type
    minimum: int | None = None
    maximum: int | None = None


class Map(msgspec.Struct, frozen=True):
    """Entries ascending by key. Bounds in entries, None where open."""

    key: Type
    value: Type
    minimum: int | None = None
    maximum: int | None = None


class Message(msgspec.Struct, frozen=True):
    """A nested body of a message class."""

    message: type[_message.Message]


class Union(msgspec.Struct, frozen=True):
    """One variant of the union that ``unknown``, its class for unknown variants, belongs to."""

    unknown: type[_message.UnknownVariant]


Type: TypeAlias = (
    Boolean
    | Integer
    | Float
    | Timestamp
    | Duration
    | Decimal
    | Uuid
    | Ascii
    | FixedBytes
    | Array
    | Enum
    | Struct
    | String
    | Bytes
    | List
    | Map
    | Message
    | Union
)


def fixed_size(type_: Type) -> int | None:
    """Packed size in bytes of a fixed-size type, None for a variable one."""
    match type_:
        case Boolean():
            return 1
        case Integer(bits=bits) | Float(bits=bits):
            return bits // 8
        case Timestamp() | Duration() | Decimal():
            return 8
        case Uuid():
            return 16
        case Ascii(length=length) | FixedBytes(length=length):
            return length
        case Enum(enum=enum):
            return enum.__plan__.bits // 8
        case Struct(struct=struct):
            return struct.__plan__.size
        case Array(element=element, length=length):
            return (fixed_size(element) or 0) * length
    return None


# --- Declarations ----------------------------------------------------------------------------------------


class Presence(_StandardEnum):
    """Whether a field may be absent, and what its absence means."""

    REQUIRED = "required"
    DEFAULTED = "defaulted"
    OPTIONAL = "optional"


class EnumPlan(msgspec.Struct, frozen=True):
    """An enum of ``bits`` unsigned bits; a closed one has no numbers but its members'."""

    name: str
    qualified_name: str
    bits: int
    closed: bool
    names: dict[int, str]
    """The schema's name of each member, by number."""

    @property
    def numbers(self) -> dict[str, int]:
        """The number of each member, by the schema's name."""
        return {name: number for number, name in self.names.items()}


class StructField(msgspec.Struct, frozen=True):
    """A packed field; ``attribute`` is the Python name, ``offset`` in bytes from the start of the struct."""

    name: str
    attribute: str
    type: Type
    offset: int
    sensitive: bool = False


class StructPlan(msgspec.Struct, frozen=True):
    """Fields in wire order; ``size`` in bytes."""

    name: str
    qualified_name: str
    size: int
    fields: tuple[StructField, ...]
    sensitive: bool = False


class BlockField(msgspec.Struct, frozen=True):
    """An untagged field. ``offset`` and ``end`` in bytes from the start of the block."""

    name: str
    attribute: str
    type: Type
    offset: int
    default: Any = None
    """The value an absent field takes; None when the field is required."""
    sensitive: bool = False
    end: int = 0

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "end", self.offset + (fixed_size(self.type) or 0))

    @property
    def presence(self) -> Presence:
        """Required or defaulted."""
        return Presence.REQUIRED if self.default is None else Presence.DEFAULTED


class TaggedField(msgspec.Struct, frozen=True):
    """A numbered field. ``kind`` and ``header`` follow from its tag and type; ``size`` is None when variable."""

    tag: int
    name: str
    attribute: str
    type: Type
    presence: Presence = Presence.REQUIRED
    default: Any = None
    """The value an absent field takes, meaningful when ``presence`` is DEFAULTED."""
    sensitive: bool = False
    size: int | None = None
    kind: int = 0
    header: bytes = b""

    def __post_init__(self) -> None:
        size = fixed_size(self.type)
        kind = VARIABLE_KIND if size is None else KIND_OF_SIZE.get(size, VARIABLE_KIND)
        msgspec.structs.force_setattr(self, "size", size)
        msgspec.structs.force_setattr(self, "kind", kind)
        msgspec.structs.force_setattr(self, "header", element_header(self.tag, kind))


class MessagePlan(msgspec.Struct, frozen=True):
    """Block fields in wire order, tagged fields ascending by tag."""

    name: str
    qualified_name: str
    type_id: int | None = None
    block: tuple[BlockField, ...] = ()
    tagged: tuple[TaggedField, ...] = ()
    sensitive: bool = False
    by_tag: dict[int, TaggedField] = {}

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "by_tag", {field.tag: field for field in self.tagged})

    @property
    def block_size(self) -> int:
        """Size of the declared block in bytes, 0 where there is none."""
        return self.block[-1].end if self.block else 0

    @property
    def fields(self) -> tuple[BlockField | TaggedField, ...]:
        """Every field in the order of the wire and of the JSON form."""
        return (*self.block, *self.tagged)


class VariantPlan(msgspec.Struct, frozen=True):
    """One alternative of a union, and the class that holds its value."""

    tag: int
    name: str
    type: Type
    variant: VariantClass
    sensitive: bool = False
    size: int | None = None
    kind: int = 0
    header: bytes = b""

    def __post_init__(self) -> None:
        size = fixed_size(self.type)
        kind = VARIABLE_KIND if size is None else KIND_OF_SIZE.get(size, VARIABLE_KIND)
        msgspec.structs.force_setattr(self, "size", size)
        msgspec.structs.force_setattr(self, "kind", kind)
        msgspec.structs.force_setattr(self, "header", element_header(self.tag, kind))


class UnionPlan(msgspec.Struct, frozen=True):
    """Variants ascending by tag; ``unknown`` is the class that keeps the others."""

    name: str
    qualified_name: str
    variants: tuple[VariantPlan, ...]
    unknown: type[_message.UnknownVariant]
    by_tag: dict[int, VariantPlan] = {}

    def __post_init__(self) -> None:
        msgspec.structs.force_setattr(self, "by_tag", {variant.tag: variant for variant in self.variants})


def integer_limits(bits: int, signed: bool) -> tuple[int, int]:
    """Smallest and largest number of an integer type."""
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
