"""Digests of resolved schemas: the canonical form ``mycelium-digest-1`` and SHA-256 over it.

The canonical form of a message is one line of text that walks everything the message can contain (its closure),
depth first, tagged fields and variants by tag, enum members by number, block and struct fields in declaration
order. A named type is written out at its first visit and numbered; later visits write the number alone, which
also closes recursion. The *wire* tier holds what decides bytes and validity and no name; the *full* tier adds
names, topics and deprecations. docs/wire.md describes the form; tests pin it with golden digests.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from mycelium.idl.schema import (
    Annotations,
    ArrayType,
    AsciiType,
    BlockField,
    BoolType,
    BytesType,
    DecimalType,
    Declaration,
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

CANONICAL_FORM = "mycelium-digest-1"
"""Name and version of the canonical form; it opens every digested text."""


@dataclass(frozen=True, slots=True)
class MessageDigests:
    """Both digests of one message, 32 bytes each."""

    wire: bytes
    full: bytes

    @property
    def wire_u64(self) -> int:
        """The first 8 bytes of the wire digest, little-endian: what peers exchange."""
        return int.from_bytes(self.wire[:8], "little")

    @property
    def full_u64(self) -> int:
        """The first 8 bytes of the full digest, little-endian."""
        return int.from_bytes(self.full[:8], "little")


@dataclass(frozen=True, slots=True)
class SchemaDigests:
    """Both digests of a set of packages, 32 bytes each."""

    wire: bytes
    full: bytes


def message_digests(schema: Schema) -> Mapping[str, MessageDigests]:
    """The digests of every message of the schema, by qualified name."""
    return {
        message.qualified_name: MessageDigests(
            wire=_sha256(canonical_form(schema, message, with_names=False)),
            full=_sha256(canonical_form(schema, message, with_names=True)),
        )
        for message in schema.messages()
    }


def schema_digests(schema: Schema, messages: Mapping[str, MessageDigests] | None = None) -> SchemaDigests:
    """The digests of the whole set: over the digests of its messages, sorted.

    ``messages`` may pass digests already computed by :func:`message_digests`.
    """
    digests = message_digests(schema) if messages is None else messages
    return SchemaDigests(
        wire=_sha256(_set_form("wire", [digest.wire for digest in digests.values()])),
        full=_sha256(_set_form("full", [digest.full for digest in digests.values()])),
    )


def canonical_form(schema: Schema, message: MessageDeclaration, *, with_names: bool) -> str:
    """The text whose SHA-256 is the digest of the message: the full tier with names, the wire tier without."""
    tier = "full" if with_names else "wire"
    return f"{CANONICAL_FORM} {tier} {_CanonicalWriter(schema, with_names).declaration(message)}\n"


def _set_form(tier: str, digests: list[bytes]) -> str:
    return "\n".join([f"{CANONICAL_FORM} {tier} set", *sorted(digest.hex() for digest in digests), ""])


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


class _CanonicalWriter:
    """Writes one closure; remembers the number each named type got at its first visit."""

    def __init__(self, schema: Schema, with_names: bool) -> None:
        self._schema = schema
        self._with_names = with_names
        self._numbers: dict[str, int] = {}

    def declaration(self, declaration: Declaration) -> str:
        name = declaration.qualified_name
        if name in self._numbers:
            return f"#{self._numbers[name]}"
        number = self._numbers[name] = len(self._numbers)
        label = self._named(declaration.qualified_name, declaration.annotations)
        return f"#{number}{label}={self._content(declaration)}"

    def _content(self, declaration: Declaration) -> str:
        match declaration:
            case EnumDeclaration():
                return self._enum(declaration)
            case StructDeclaration(fields=fields):
                return f"struct{{{';'.join(self._untagged(field) for field in fields)}}}"
            case UnionDeclaration(variants=variants):
                ordered = sorted(variants, key=lambda variant: variant.tag)
                return f"union{{{';'.join(self._variant(variant) for variant in ordered)}}}"
            case MessageDeclaration():
                return self._message(declaration)

    def _enum(self, declaration: EnumDeclaration) -> str:
        openness = "closed" if declaration.closed else "open"
        members = ";".join(
            f"{member.number}{self._named(member.name, member.annotations)}"
            for member in sorted(declaration.members, key=lambda member: member.number)
        )
        return f"{openness}-enum:u{declaration.bits}{{{members}}}"

    def _message(self, declaration: MessageDeclaration) -> str:
        type_id = "" if declaration.type_id is None else f":{declaration.type_id}"
        topic = ""
        if self._with_names and declaration.topic is not None:
            topic = f"@topic({json.dumps(declaration.topic)})"
        block = ";".join(self._untagged(field) for field in declaration.block)
        ordered = sorted(declaration.tagged, key=lambda field: field.tag)
        tagged = ";".join(self._tagged(field) for field in ordered)
        return f"message{type_id}{topic}{{{block}|{tagged}}}"

    def _untagged(self, field: StructField | BlockField) -> str:
        default = ""
        if isinstance(field, BlockField) and field.default is not None:
            default = f"={_literal(field.type, field.default)}"
        return f"{self._named(field.name, field.annotations)}{self._type(field.type)}{default}"

    def _tagged(self, field: TaggedField) -> str:
        suffix = ""
        if field.presence is Presence.OPTIONAL:
            suffix = "?"
        elif field.default is not None:
            suffix = f"={_literal(field.type, field.default)}"
        return f"{field.tag}{self._named(field.name, field.annotations)}:{self._type(field.type)}{suffix}"

    def _variant(self, variant: UnionVariant) -> str:
        return f"{variant.tag}{self._named(variant.name, variant.annotations)}:{self._type(variant.type)}"

    def _named(self, name: str, annotations: Annotations) -> str:
        if not self._with_names:
            return ""
        deprecated = annotations.deprecated
        return f" {name} " if deprecated is None else f" {name} @deprecated({json.dumps(deprecated)}) "

    def _type(self, type_: Type) -> str:
        match type_:
            case ArrayType(element=element, length=length):
                return f"array({self._type(element)},{length})"
            case ListType(element=element, minimum=minimum, maximum=maximum):
                return f"list({self._type(element)}){_bound(minimum, maximum)}"
            case MapType(key=key, value=value, minimum=minimum, maximum=maximum):
                return f"map({self._type(key)},{self._type(value)}){_bound(minimum, maximum)}"
            case EnumType():
                return self.declaration(self._schema.enum(type_))
            case StructType():
                return self.declaration(self._schema.struct(type_))
            case MessageType():
                return self.declaration(self._schema.message(type_))
            case UnionType():
                return self.declaration(self._schema.union(type_))
        return _scalar(type_)


def _scalar(type_: Type) -> str:
    """The canonical form of a type that contains no other."""
    match type_:
        case BoolType():
            return "bool"
        case IntegerType(bits=bits, signed=signed, minimum=minimum, maximum=maximum):
            least, most = (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)
            return f"{'i' if signed else 'u'}{bits}{_limits(minimum, maximum, least, most)}"
        case FloatType(bits=bits, minimum=minimum, maximum=maximum):
            return f"f{bits}{_float_limits(bits, minimum, maximum)}"
        case TimestampType(minimum=minimum, maximum=maximum):
            return f"timestamp{_i64_limits(minimum, maximum)}"
        case DurationType(minimum=minimum, maximum=maximum):
            return f"duration{_i64_limits(minimum, maximum)}"
        case DecimalType(scale=scale, minimum=minimum, maximum=maximum):
            return f"decimal({scale}){_i64_limits(minimum, maximum)}"
        case UuidType():
            return "uuid"
        case AsciiType(length=length):
            return f"ascii({length})"
        case FixedBytesType(length=length):
            return f"fixed-bytes({length})"
        case StringType(minimum=minimum, maximum=maximum):
            return f"string{_bound(minimum, maximum)}"
        case BytesType(minimum=minimum, maximum=maximum):
            return f"bytes{_bound(minimum, maximum)}"
    raise AssertionError(f"not a scalar: {type_}")


def _limits(minimum: int | None, maximum: int | None, least: int, most: int) -> str:
    """Limits as written, less those that exclude nothing."""
    low = "" if minimum is None or minimum <= least else str(minimum)
    high = "" if maximum is None or maximum >= most else str(maximum)
    return f"[{low}..{high}]" if low or high else ""


def _i64_limits(minimum: int | None, maximum: int | None) -> str:
    return _limits(minimum, maximum, -(1 << 63), (1 << 63) - 1)


def _float_limits(bits: int, minimum: float | None, maximum: float | None) -> str:
    """Float limits by their bits; adding 0.0 makes -0.0, which compares equal to 0.0, the same limit."""
    if minimum is None and maximum is None:
        return ""
    low = "" if minimum is None else _float_bits(bits, minimum + 0.0)
    high = "" if maximum is None else _float_bits(bits, maximum + 0.0)
    return f"[{low}..{high}]"


def _float_bits(bits: int, value: float) -> str:
    return struct.pack(">f" if bits == 32 else ">d", value).hex()


def _bound(minimum: int | None, maximum: int | None) -> str:
    """A bound on bytes, elements or entries; "at least 0" says nothing and is left out."""
    low = minimum or ""
    high = "" if maximum is None else maximum
    return f"<{low}..{high}>" if low != "" or high != "" else ""


def _literal(type_: Type, value: Literal) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float():
            return _float_bits(type_.bits if isinstance(type_, FloatType) else 64, value)
        case str():
            return json.dumps(value)
        case bytes():
            return value.hex()
    return "empty"
