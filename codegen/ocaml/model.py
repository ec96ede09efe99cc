"""What the OCaml templates print: text ready to stand in its place, and the few facts they branch on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, TypeAlias


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant as the interface shows it."""

    signature: str
    doc: str


@dataclass(frozen=True, slots=True)
class Component:
    """A field of a record type, or a constructor of a variant type: as the implementation and as the interface has it."""

    plain: str
    documented: str


@dataclass(frozen=True, slots=True)
class TypeDefinition:
    """``type t``. ``manifest`` is the same type in the module of its cycle, "" where it is defined here."""

    components: tuple[Component, ...]
    manifest: str
    is_record: bool = False
    is_polymorphic: bool = False


@dataclass(frozen=True, slots=True)
class Codec:
    """Reading, writing and printing a message or union: its functions and the steps they consist of."""

    type: str
    layout: str
    read: str
    write: str
    pp: str
    layout_block: str
    layout_fields: str
    reader: str
    bytes: str
    start: str
    read_block: tuple[str, ...]
    read_steps: tuple[str, ...]
    result: str
    write_steps: tuple[str, ...]
    printed_name: str
    print_steps: tuple[str, ...]
    prints_value: bool
    is_sensitive: bool


@dataclass(frozen=True, slots=True)
class MessageModule:
    """A message. ``codec`` is None where the module of its cycle has it."""

    kind: ClassVar[str] = "message"

    module: str
    name: str
    doc: str
    type: TypeDefinition
    constants: str
    make_signature: str
    make_definition: str
    codec: Codec | None
    read: str
    write: str
    pp: str
    is_recursive: bool
    wire_digest: str
    full_digest: str
    versions: str
    type_id: int | None
    topic: str


@dataclass(frozen=True, slots=True)
class UnionModule:
    """A union; ``codec`` as for messages."""

    kind: ClassVar[str] = "union"

    module: str
    doc: str
    type: TypeDefinition
    constants: str
    codec: Codec | None
    read: str
    write: str
    pp: str
    is_recursive: bool


@dataclass(frozen=True, slots=True)
class CycleType:
    """One type of a cycle, inside the module of its name."""

    module: str
    type: TypeDefinition


@dataclass(frozen=True, slots=True)
class CycleModule:
    """Types that refer to one another, with their codecs. ``messages`` and ``unions`` together are all of them."""

    kind: ClassVar[str] = "cycle"

    module: str
    types: tuple[CycleType, ...]
    constants: str
    messages: tuple[Codec, ...]
    unions: tuple[Codec, ...]


@dataclass(frozen=True, slots=True)
class StructModule:
    """A struct."""

    kind: ClassVar[str] = "struct"

    module: str
    doc: str
    type: TypeDefinition
    constants: str
    size: int
    layout_fields: str
    bytes: str
    start: str
    get_steps: tuple[str, ...]
    result: str
    set_steps: tuple[str, ...]
    printed_name: str
    print_steps: tuple[str, ...]
    prints_value: bool


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A constructor, its number as a literal, and its name in the schema as a literal."""

    constructor: str
    number: str
    name: str


@dataclass(frozen=True, slots=True)
class EnumModule:
    """An enum. ``number_type`` is ``int``, or ``int64`` for 64 bits; ``number_word`` names it in functions."""

    kind: ClassVar[str] = "enum"

    module: str
    doc: str
    type: TypeDefinition
    members: tuple[EnumMember, ...]
    is_closed: bool
    number_type: str
    base: str
    compare: str
    show: str


@dataclass(frozen=True, slots=True)
class ConstantsModule:
    """The constants of a package, and all their definitions."""

    kind: ClassVar[str] = "constants"

    module: str
    doc: str
    constants: tuple[Constant, ...]
    definitions: str


TypeModule: TypeAlias = MessageModule | UnionModule | StructModule | EnumModule | ConstantsModule


@dataclass(frozen=True, slots=True)
class Group:
    """Modules that are defined together: those of a ``cycle``, or one that is in none."""

    cycle: CycleModule | None
    modules: tuple[TypeModule, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A file of modules. ``earlier`` are the parts it may refer to, ``doc`` is of the interface."""

    file: str
    doc: str
    earlier: tuple[str, ...]
    groups: tuple[Group, ...]


@dataclass(frozen=True, slots=True)
class Library:
    """A package as a dune library; inside the runtime it is a part of the runtime's package.

    It has one part, of the library's name, or, where that would be more than the compiler's stack bears, several:
    then the file of the library's name names all their modules anew.
    """

    package: str
    doc: str
    folder: str
    name: str
    public_name: str
    libraries: tuple[str, ...]
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """All messages with type ids, ascending by them, and the digests of the whole schema as string literals.

    ``messages`` are in parts that the compiler's stack bears: one is in the registry's own file, several have files.
    """

    libraries: tuple[str, ...]
    messages: tuple[tuple[str, ...], ...]
    wire_digest: str
    full_digest: str


@dataclass(frozen=True, slots=True)
class Project:
    """Everything that is generated; ``registry`` is None inside the runtime."""

    libraries: tuple[Library, ...]
    registry: Registry | None
