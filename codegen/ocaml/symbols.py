"""What every declaration of a schema is called in OCaml: libraries, modules, fields, constructors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from mycelium.codegen.ocaml.definition_order import definition_order
from mycelium.codegen.ocaml.naming import (
    STANDARD_MODULES,
    NameSpace,
    capital_name,
    escape,
    snake_case,
    value_name,
)
from mycelium.idl.schema import (
    Declaration,
    EnumDeclaration,
    MessageDeclaration,
    Package,
    Schema,
    StructDeclaration,
    UnionDeclaration,
)

CONSTANTS_MODULE = "Constants"
UNKNOWN_CONSTRUCTOR = "Unknown"
RUNTIME_PACKAGE = "mycelium"
MODULES_PER_FILE = 100
"""More would be too much for the compiler's stack: it fails somewhere between 500 and 1,000."""

MAXIMUM_ORDINARY_VARIANTS = 245
"""OCaml limits a variant type to 246 constructors with arguments, one of which is ``Unknown``."""


@dataclass(frozen=True, slots=True)
class Symbols:
    """All names of a schema. Types are looked up by qualified name, packages by name.

    ``members`` holds, in declaration order, the names of a declaration's fields, enum members or variants.
    ``cycles`` names the module that defines a type together with others it refers to in a circle.
    """

    libraries: Mapping[str, str]
    modules: Mapping[str, str]
    members: Mapping[str, tuple[str, ...]]
    cycles: Mapping[str, str]
    cycle_members: Mapping[str, tuple[Declaration, ...]]

    def library_module(self, package: str) -> str:
        """The module through which other libraries see a package."""
        return self.libraries[package].capitalize()

    def public_name(self, package: str) -> str:
        """What dune files of any project call a package's library."""
        return package if is_runtime_package(package) else self.libraries[package]

    def local_function(self, verb: str, type_name: str) -> str:
        """What ``read``, ``write`` or ``pp`` of a message or union is called in the file that defines it.

        No field has that name: decoders hold fields in variables of their names.
        """
        cycle = self.cycles.get(type_name)
        if cycle is None:
            return NameSpace(self.members[type_name]).claim(verb)
        group = self.cycle_members[f"{type_name.rpartition('.')[0]}.{cycle}"]
        fields = {name for declaration in group for name in self.members[declaration.qualified_name]}
        return NameSpace(fields).claim(f"{verb}_{self.modules[type_name].lower()}")

    def module_from(self, package: str, type_name: str) -> str:
        """How code of ``package`` calls a type's module."""
        owner = type_name.rpartition(".")[0]
        module = self.modules[type_name]
        return module if owner == package else f"{self.library_module(owner)}.{module}"


def symbols_of(schema: Schema) -> Symbols:
    """Name everything, package by package."""
    libraries = _libraries(schema)
    reserved_modules = {"Stdlib", "Mycelium"} | {library.capitalize() for library in libraries.values()}
    modules: dict[str, str] = {}
    members: dict[str, tuple[str, ...]] = {}
    cycles: dict[str, str] = {}
    cycle_members: dict[str, tuple[Declaration, ...]] = {}
    for package in schema.packages:
        space = NameSpace(_part_names(package))
        if package.constants:
            space.claim(CONSTANTS_MODULE)
        for declaration in package.declarations:
            name = escape(capital_name(declaration.name), reserved_modules)
            modules[declaration.qualified_name] = space.claim(name)
            members[declaration.qualified_name] = _members(declaration)
        for group in definition_order(package):
            if len(group) == 1:
                continue
            cycle = space.claim(f"{modules[group[0].qualified_name]}_cycle")
            cycle_members[f"{package.name}.{cycle}"] = group
            cycles.update({declaration.qualified_name: cycle for declaration in group})
    return Symbols(libraries, modules, members, cycles, cycle_members)


def _libraries(schema: Schema) -> dict[str, str]:
    space = NameSpace()
    names: dict[str, str] = {}
    for package in schema.packages:
        name = "_".join(snake_case(part) for part in package.name.split("."))
        inside_runtime = is_runtime_package(package.name)
        reserved = () if inside_runtime else STANDARD_MODULES
        names[package.name] = space.claim(escape(name.capitalize(), reserved).lower())
    return names


def is_runtime_package(package: str) -> bool:
    """Whether a package belongs to the runtimes' own source trees."""
    return package.split(".")[0] == RUNTIME_PACKAGE


def _part_names(package: Package) -> tuple[str, ...]:
    """Names for the modules a large package is divided into; none for a package that is one file.

    Types that refer to one another stay together, so that parts may be half empty: hence the factor.
    """
    full_parts = len(package.declarations) // MODULES_PER_FILE
    return tuple(part_name(index) for index in range(2 * full_parts + 2)) if full_parts else ()


def part_name(index: int) -> str:
    """The module of a part, counted from 0."""
    return f"Part_{index + 1}"


def is_polymorphic(declaration: Declaration) -> bool:
    """Whether a union has more variants than an ordinary variant type can."""
    return isinstance(declaration, UnionDeclaration) and len(declaration.variants) > MAXIMUM_ORDINARY_VARIANTS


def _members(declaration: Declaration) -> tuple[str, ...]:
    match declaration:
        case MessageDeclaration(fields=fields) | StructDeclaration(fields=fields):
            return NameSpace().claim_all(value_name(field.name) for field in fields)
        case EnumDeclaration(members=members, closed=closed):
            reserved = () if closed else (UNKNOWN_CONSTRUCTOR,)
            return _constructors([member.name for member in members], reserved)
        case UnionDeclaration(variants=variants):
            names = _constructors([variant.name for variant in variants], (UNKNOWN_CONSTRUCTOR,))
            return tuple(f"`{name}" for name in names) if is_polymorphic(declaration) else names


def _constructors(names: list[str], reserved: tuple[str, ...]) -> tuple[str, ...]:
    return NameSpace().claim_all(escape(capital_name(name), reserved) for name in names)
