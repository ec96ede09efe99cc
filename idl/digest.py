"""Digests of resolved schemas: the canonical form ``mycelium-digest-1`` and SHA-256 over it.

The canonical form of a declaration is one line of text: tagged fields and variants by tag, enum members by
number, block and struct fields in declaration order. It names another declaration by that one's digest, so the
digest of a message covers everything it can contain (its closure) in time linear in the schema. Declarations
that contain one another in a circle cannot name each other by digest: they are written out together, numbered by
first visit (``#0``, ``#1``, ...). The *wire* tier holds what decides bytes and validity and no name; the *full*
tier adds names, topics and deprecations. docs/wire.md describes the form; tests pin it with golden digests.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from mycelium.idl.cycles import components
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


def message_digests(schema: Schema, memory: DigestMemory | None = None) -> Mapping[str, MessageDigests]:
    """The digests of every message of the schema, by qualified name."""
    wire, full = _declaration_digests(schema, "wire", memory), _declaration_digests(schema, "full", memory)
    return {
        message.qualified_name: MessageDigests(
            wire=wire[message.qualified_name].digest, full=full[message.qualified_name].digest
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


def declaration_digests(schema: Schema, memory: DigestMemory | None = None) -> Mapping[str, str]:
    """The full digest of every declaration, in hex, by qualified name."""
    return {name: found.digest.hex() for name, found in _declaration_digests(schema, "full", memory).items()}


def canonical_forms(schema: Schema, tier: str) -> Mapping[str, str]:
    """The text behind the digest of every declaration, by qualified name; ``tier`` is wire or full."""
    return {name: digested.text for name, digested in _declaration_digests(schema, tier).items()}


def _set_form(tier: str, digests: list[bytes]) -> str:
    return "\n".join([f"{CANONICAL_FORM} {tier} set", *sorted(digest.hex() for digest in digests), ""])


def _sha256(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True)
class _Digested:
    text: str
    digest: bytes


class DigestMemory:
    """Lets many versions of a schema be digested in the time of their differences.

    A declaration that is the very same object as one digested before, and refers to what it referred to then, has the
    digest it had. What a memory knows it keeps alive.
    """

    def __init__(self) -> None:
        self._references: dict[tuple[str, int], list[str]] = {}
        self._digested: dict[tuple[str, int], tuple[list[bytes], _Digested]] = {}
        self._alive: dict[int, Declaration] = {}

    def references(self, form: _Form, declaration: Declaration) -> list[str]:
        """The declarations this one names."""
        key = (form.tier, id(declaration))
        if key not in self._references:
            self._alive[id(declaration)] = declaration
            self._references[key] = form.references(declaration)
        return self._references[key]

    def known(self, tier: str, declaration: Declaration, named: list[bytes]) -> _Digested | None:
        """What it was when it named these digests; None when it never was."""
        found = self._digested.get((tier, id(declaration)))
        return found[1] if found is not None and found[0] == named else None

    def keep(self, tier: str, declaration: Declaration, named: list[bytes], digested: _Digested) -> None:
        """Remember what it was last."""
        self._digested[tier, id(declaration)] = (named, digested)


Reference = Callable[[str], str]
"""How a form names another declaration, given its qualified name."""


def _declaration_digests(
    schema: Schema, tier: str, memory: DigestMemory | None = None
) -> Mapping[str, _Digested]:
    """Every declaration, those it refers to first."""
    memory = memory or DigestMemory()
    form = _Form(tier)
    declarations = {declaration.qualified_name: declaration for declaration in schema.declarations()}
    references = {name: memory.references(form, each) for name, each in declarations.items()}
    found: dict[str, _Digested] = {}
    for circle in components(references):
        members = {name: declarations[name] for name in circle}
        for name in circle:
            if members.keys() & references[name]:
                found[name] = _digested(form, name, members, found)
                continue
            named = [found[each].digest for each in references[name]]
            known = memory.known(tier, declarations[name], named)
            found[name] = known or _digested(form, name, members, found)
            memory.keep(tier, declarations[name], named, found[name])
    return found


def _digested(
    form: _Form, name: str, members: Mapping[str, Declaration], outside: Mapping[str, _Digested]
) -> _Digested:
    text = f"{CANONICAL_FORM} {form.tier} {_circle_form(form, name, members, outside)}\n"
    return _Digested(text, _sha256(text))


def _circle_form(
    form: _Form, root: str, members: Mapping[str, Declaration], outside: Mapping[str, _Digested]
) -> str:
    """The root written out, and with it whatever it contains that contains it, numbered by first visit."""
    numbers = {root: 0}

    def reference(name: str) -> str:
        if name in members:
            return f"#{numbers.setdefault(name, len(numbers))}"
        return outside[name].digest.hex()

    written: list[str] = []
    visited = [root]
    while len(written) < len(visited):
        declaration = members[visited[len(written)]]
        written.append(f"#{len(written)}={form.content(declaration, reference)}")
        visited = list(numbers)
    return " ".join(written)


class _Form:
    """The canonical form of declarations, with or without names."""

    def __init__(self, tier: str) -> None:
        self.tier = tier
        self._with_names = tier == "full"

    def references(self, declaration: Declaration) -> list[str]:
        """The declarations this one names, in order of first visit."""
        found: dict[str, None] = {}

        def note(name: str) -> str:
            found[name] = None
            return ""

        self.content(declaration, note)
        return list(found)

    def content(self, declaration: Declaration, reference: Reference) -> str:
        """One declaration; what it refers to appears as ``reference`` says."""
        named = self._named(declaration.qualified_name, declaration.annotations)
        match declaration:
            case EnumDeclaration():
                return named + self._enum(declaration)
            case StructDeclaration(fields=fields):
                inside = ";".join(self._untagged(field, reference) for field in fields)
                return f"{named}struct{{{inside}}}"
            case UnionDeclaration(variants=variants):
                ordered = sorted(variants, key=lambda variant: variant.tag)
                inside = ";".join(self._variant(variant, reference) for variant in ordered)
                return f"{named}union{{{inside}}}"
            case MessageDeclaration():
                return named + self._message(declaration, reference)

    def _enum(self, declaration: EnumDeclaration) -> str:
        openness = "closed" if declaration.closed else "open"
        members = ";".join(
            f"{self._named(member.name, member.annotations)}{member.number}"
            for member in sorted(declaration.members, key=lambda member: member.number)
        )
        return f"{openness}-enum:u{declaration.bits}{{{members}}}"

    def _message(self, declaration: MessageDeclaration, reference: Reference) -> str:
        type_id = "" if declaration.type_id is None else f":{declaration.type_id}"
        topic = ""
        if self._with_names and declaration.topic is not None:
            topic = f"@topic({json.dumps(declaration.topic)})"
        block = ";".join(self._untagged(field, reference) for field in declaration.block)
        ordered = sorted(declaration.tagged, key=lambda field: field.tag)
        tagged = ";".join(self._tagged(field, reference) for field in ordered)
        return f"message{type_id}{topic}{{{block}|{tagged}}}"

    def _untagged(self, field: StructField | BlockField, reference: Reference) -> str:
        default = ""
        if isinstance(field, BlockField) and field.default is not None:
            default = f"={_literal(field.type, field.default)}"
        return f"{self._named(field.name, field.annotations)}{_type(field.type, reference)}{default}"

    def _tagged(self, field: TaggedField, reference: Reference) -> str:
        suffix = ""
        if field.presence is Presence.OPTIONAL:
            suffix = "?"
        elif field.default is not None:
            suffix = f"={_literal(field.type, field.default)}"
        named = self._named(field.name, field.annotations)
        return f"{named}{field.tag}:{_type(field.type, reference)}{suffix}"

    def _variant(self, variant: UnionVariant, reference: Reference) -> str:
        named = self._named(variant.name, variant.annotations)
        return f"{named}{variant.tag}:{_type(variant.type, reference)}"

    def _named(self, name: str, annotations: Annotations) -> str:
        if not self._with_names:
            return ""
        deprecated = annotations.deprecated
        return f"{name} " if deprecated is None else f"{name} @deprecated({json.dumps(deprecated)}) "


def _type(type_: Type, reference: Reference) -> str:
    match type_:
        case ArrayType(element=element, length=length):
            return f"array({_type(element, reference)},{length})"
        case ListType(element=element, minimum=minimum, maximum=maximum):
            return f"list({_type(element, reference)}){_bound(minimum, maximum)}"
        case MapType(key=key, value=value, minimum=minimum, maximum=maximum):
            return f"map({_type(key, reference)},{_type(value, reference)}){_bound(minimum, maximum)}"
        case EnumType(name=name) | StructType(name=name) | MessageType(name=name) | UnionType(name=name):
            return reference(name)
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
