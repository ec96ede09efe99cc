"""What the templates print: every class is one construct of the generated crate, every field a text or a flag.

Texts that may need more than one line are laid out already and hold their own indentation.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant or the name of a type: the whole item."""

    documentation: tuple[str, ...]
    item: str


@dataclass(frozen=True, slots=True)
class EnumMember:
    """One variant of an enum. ``name_arm`` is the match arm that gives its name in the schema."""

    documentation: tuple[str, ...]
    name: str
    number: int
    name_arm: str


@dataclass(frozen=True, slots=True)
class Enum:
    """An enum. A closed one has no ``Unknown``."""

    documentation: tuple[str, ...]
    name: str
    number_type: str
    is_closed: bool
    members: tuple[EnumMember, ...]
    wire: str
    option: str


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a struct or message: its declaration, and the line of a ``Debug`` form that shows it."""

    documentation: tuple[str, ...]
    declaration: str
    shown: str


@dataclass(frozen=True, slots=True)
class Struct:
    """A struct. ``checks`` are the statements that find invalid bytes, ``literal`` makes one of bytes.

    Where there are no ``allows``, ``allow_signature`` is "".
    """

    documentation: tuple[str, ...]
    name: str
    derives: str
    is_redacted: bool
    shown_start: str
    size: int
    is_checked: bool
    fields: tuple[Field, ...]
    checks: tuple[str, ...]
    allows: tuple[str, ...]
    puts: tuple[str, ...]
    literal: str
    wire: str
    check_result: str
    allow_signature: str
    put_signature: str
    list: str
    put_all_signature: str


@dataclass(frozen=True, slots=True)
class Range:
    """A type that stands for the range of a number."""

    name: str
    summary: str
    number_type: str
    condition: str
    wire: str


@dataclass(frozen=True, slots=True)
class Alias:
    """``type name = codec``: the whole item."""

    item: str


@dataclass(frozen=True, slots=True)
class Block:
    """The block of a message: the constants that describe it, and the statements that check and write it.

    Where there are no ``allows``, ``allow_result`` is "".
    """

    size: int
    fields: str
    defaults: str
    checks: tuple[str, ...]
    check_result: str
    allows: tuple[str, ...]
    allow_result: str
    puts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlockAlone:
    """What a message without tagged fields is read with where its body is a whole block, as it nearly always is.

    ``validities`` are statements that tell whether its bytes are valid; ``view`` is the signature of a method.
    """

    literal: str
    validities: tuple[str, ...]
    decode_result: str
    view: str


@dataclass(frozen=True, slots=True)
class Setter:
    """A method of a builder."""

    documentation: tuple[str, ...]
    signature: str
    assignment: str


@dataclass(frozen=True, slots=True)
class Builder:
    """A builder. ``start`` and ``finish`` are the struct literals it begins and ends with.

    ``build`` is the signature of the method that ends it.
    """

    name: str
    fields: tuple[str, ...]
    setters: tuple[Setter, ...]
    start: str
    finish: str
    build: str


@dataclass(frozen=True, slots=True)
class Getter:
    """A method of a view, and the line of its ``Debug`` form."""

    documentation: tuple[str, ...]
    signature: str
    value: str
    shown: str


@dataclass(frozen=True, slots=True)
class View:
    """A message in place. ``to_message`` is the signature of the method that takes it out of the bytes."""

    name: str
    fields: tuple[str, ...]
    getters: tuple[Getter, ...]
    literal: str
    is_redacted: bool
    body: str
    to_message: str


@dataclass(frozen=True, slots=True)
class Texts:
    """How the module spells what templates name themselves; ``read_view`` and ``write`` are whole signatures."""

    wire: str
    runtime: str
    option: str
    default: str
    read_view: str
    write: str


@dataclass(frozen=True, slots=True)
class Message:
    """A message. ``default`` is the literal of its ``Default``, where that cannot be derived."""

    documentation: tuple[str, ...]
    name: str
    derives: str
    is_shown_by_hand: bool
    is_redacted: bool
    fields: tuple[Field, ...]
    block: Block | None
    alone: BlockAlone | None
    literal: str
    writes: tuple[str, ...]
    default: str | None
    builder: Builder | None
    view: View
    qualified_name: str
    short_name: str
    shown_start: str
    redacted_text: str
    type_id: str
    topic: str
    wire_digest: str
    full_digest: str
    versions: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of a union: its declarations, the match arms that read and show it, the statement that writes it."""

    documentation: tuple[str, ...]
    declaration: str
    view_declaration: str
    read: str
    read_view: str
    pattern: str
    write: str
    shown: str


@dataclass(frozen=True, slots=True)
class Union:
    """A union."""

    documentation: tuple[str, ...]
    name: str
    view_name: str
    derives: str
    is_redacted: bool
    variants: tuple[Variant, ...]
    tags: str
    unknown_type: str
    unknown_view_type: str
    unknown_view_arm: str
    texts: Texts


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a module and the template that prints it."""

    template: str
    value: Constant | Enum | Struct | Range | Alias | Message | Union


@dataclass(frozen=True, slots=True)
class Module:
    """A file: the module of a package, or one that only holds others."""

    documentation: tuple[str, ...]
    uses: tuple[str, ...]
    modules: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """A message with a type id: what is known of it, the variant that holds it, and the match arms that use it."""

    qualified_name: str
    variant: str
    type_id: int
    information: str
    declaration: str
    decode: str
    encode: str


@dataclass(frozen=True, slots=True)
class Registry:
    """The registry by type id."""

    entries: tuple[RegistryEntry, ...]
    messages: str
    wire_digest: str
    full_digest: str
