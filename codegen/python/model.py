"""What the Python templates print: one module per package, and the registry over all of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath


@dataclass(frozen=True, slots=True)
class Attribute:
    """A line of a class body, and the docstring below it; ``doc`` is whole lines, indented, maybe none."""

    line: str
    doc: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EnumClass:
    """An enum; ``plan`` is the statement that describes it."""

    name: str
    base: str
    doc: tuple[str, ...]
    members: tuple[Attribute, ...]
    plan: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DataClass:
    """A message, struct or variant. ``header`` is the ``class`` line or lines."""

    header: tuple[str, ...]
    doc: tuple[str, ...]
    constants: tuple[str, ...]
    fields: tuple[Attribute, ...]


@dataclass(frozen=True, slots=True)
class UnionAlias:
    """The type that any variant of a union belongs to, after the classes of its variants."""

    variants: tuple[DataClass, ...]
    lines: tuple[str, ...]
    doc: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Definition:
    """One declaration: exactly one of the two is set."""

    data: DataClass | None = None
    union: UnionAlias | None = None


@dataclass(frozen=True, slots=True)
class Module:
    """The module of one package, top to bottom."""

    path: PurePosixPath
    doc: tuple[str, ...]
    library_imports: tuple[str, ...]
    runtime_imports: tuple[str, ...]
    package_imports: tuple[str, ...]
    exports: tuple[str, ...]
    constants: tuple[Attribute, ...]
    enums: tuple[EnumClass, ...]
    definitions: tuple[Definition, ...]
    struct_plans: tuple[str, ...]
    codec_constants: tuple[str, ...]
    functions: tuple[tuple[str, ...], ...]
    plans: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Registry:
    """Every message with a type id, by the module it is in; names and digests as literals."""

    path: PurePosixPath
    name: str
    entries: tuple[str, ...]
    wire_digest: str
    full_digest: str
