"""The names of the generated crate: where each declaration lives and how another place spells it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mycelium.codegen.rust.boxing import boxed_fields
from mycelium.codegen.rust.naming import UniqueNames, module_name, type_names, variant_names
from mycelium.codegen.rust.structure import inexact_names
from mycelium.idl.schema import EnumDeclaration, MessageDeclaration, Package, Schema, UnionDeclaration

RUNTIME_PACKAGE = "mycelium"
"""Packages below this one are part of the runtime crate."""

RUNTIME_TYPES = frozenset("""
    Ascii Decimal DecodeError Duration EncodeError Message Timestamp U256 UnknownVariant UnknownVariantView Uuid
    """.split())

STANDARD_PATHS: Mapping[str, str] = {
    "BTreeMap": "::std::collections::BTreeMap",
    "Box": "::std::boxed::Box",
    "Default": "::std::default::Default",
    "Into": "::std::convert::Into",
    "Option": "::std::option::Option",
    "Result": "::std::result::Result",
    "String": "::std::string::String",
    "Vec": "::std::vec::Vec",
}


VIEW = "View"
"""The companion of a message or union that reads it in place."""

BUILDER = "Builder"
"""The companion of a message that makes one field by field."""


def companion_key(qualified_name: str, companion: str) -> str:
    """The key of a companion's name; no qualified name of the schema looks like it."""
    return f"{qualified_name} {companion}" if companion else qualified_name


def is_runtime_package(name: str) -> bool:
    """Whether a package belongs to the runtime itself."""
    return name.split(".")[0] == RUNTIME_PACKAGE


@dataclass(frozen=True)
class Crate:
    """What holds for the whole schema."""

    schema: Schema
    inside_runtime: bool
    types: Mapping[str, str]
    modules: Mapping[str, tuple[str, ...]]
    inexact: frozenset[str]
    boxed: frozenset[tuple[str, str]]
    members: Mapping[str, Mapping[int, str]]

    @property
    def runtime(self) -> str:
        """The path of the runtime crate."""
        return "crate" if self.inside_runtime else "::mycelium"

    def path(self, package: str) -> str:
        """The absolute path of a package's module."""
        modules = self.modules[package]
        if is_runtime_package(package):
            return "::".join((self.runtime, *modules[1:]))
        return "::".join(("crate", *modules))


def crate_of(schema: Schema, *, inside_runtime: bool) -> Crate:
    """Names every declaration and module of a schema."""
    types: dict[str, str] = {}
    members: dict[str, Mapping[int, str]] = {}
    for package in schema.packages:
        names = type_names(declaration.name for declaration in package.declarations)
        for declaration, name in zip(package.declarations, names, strict=True):
            types[declaration.qualified_name] = name
            if isinstance(declaration, EnumDeclaration):
                members[declaration.qualified_name] = _members(declaration)
    return Crate(
        schema,
        inside_runtime,
        types,
        _modules(schema),
        inexact_names(schema),
        boxed_fields(schema),
        members,
    )


def _members(declaration: EnumDeclaration) -> Mapping[int, str]:
    names = variant_names((member.name for member in declaration.members), has_unknown=not declaration.closed)
    return {member.number: name for member, name in zip(declaration.members, names, strict=True)}


def _modules(schema: Schema) -> Mapping[str, tuple[str, ...]]:
    modules: dict[str, tuple[str, ...]] = {"": ()}
    taken: dict[tuple[str, ...], UniqueNames] = {}
    for package in schema.packages:
        segments = package.name.split(".")
        for depth in range(1, len(segments) + 1):
            name, parent = ".".join(segments[:depth]), modules[".".join(segments[: depth - 1])]
            if name not in modules:
                wanted = module_name(segments[depth - 1], at_root=depth == 1)
                modules[name] = (*parent, taken.setdefault(parent, UniqueNames()).claim(wanted))
    return modules


@dataclass
class Scope:
    """One module while it is being lowered: spells names, and collects what they need."""

    crate: Crate
    package: Package
    names: UniqueNames
    declared: frozenset[str]
    wire: str
    uses: set[str] = field(default_factory=set)
    standard_uses: set[str] = field(default_factory=set)
    numbers: Counter[str] = field(default_factory=Counter)
    wide_numbers: dict[int, str] = field(default_factory=dict)

    def runtime_type(self, name: str) -> str:
        """A type of the runtime crate."""
        if name in self.declared:
            return f"{self.crate.runtime}::{name}"
        self.uses.add(name)
        return name

    def standard(self, name: str) -> str:
        """A type or trait of the standard library."""
        if name in self.declared:
            return STANDARD_PATHS[name]
        if name == "BTreeMap":
            self.standard_uses.add(STANDARD_PATHS[name])
        return name

    def declaration(self, qualified_name: str, companion: str = "") -> str:
        """A declared type, or its companion: VIEW or BUILDER."""
        package, _, _ = qualified_name.rpartition(".")
        name = self.crate.types[companion_key(qualified_name, companion)]
        return name if package == self.package.name else f"{self.crate.path(package)}::{name}"

    def numbered(self, kind: str) -> str:
        """A new name in the module: the kind of thing it is for, and a number."""
        self.numbers[kind] += 1
        return self.names.claim(f"{kind}{self.numbers[kind]}")

    def wide_number(self, value: int) -> str:
        """The name of a private constant for a number too long to be spelled where it is used."""
        return self.wide_numbers.setdefault(value, f"WIDE_NUMBER_{len(self.wide_numbers)}")

    def result(self, value: str, error: str) -> str:
        """``Result<value, error>`` with an error of the runtime."""
        return f"{self.standard('Result')}<{value}, {self.runtime_type(error)}>"


def with_derived_types(crate: Crate) -> tuple[Crate, Mapping[str, UniqueNames]]:
    """The crate with the names of views and builders too, which give way to declared names."""
    types = dict(crate.types)
    scopes: dict[str, UniqueNames] = {}
    for package in crate.schema.packages:
        names = UniqueNames({types[declaration.qualified_name] for declaration in package.declarations})
        scopes[package.name] = names
        for declaration in package.declarations:
            name = declaration.qualified_name
            if isinstance(declaration, MessageDeclaration | UnionDeclaration):
                types[companion_key(name, VIEW)] = names.claim(types[name] + VIEW)
            if isinstance(declaration, MessageDeclaration):
                types[companion_key(name, BUILDER)] = names.claim(types[name] + BUILDER)
    return replace(crate, types=types), scopes
