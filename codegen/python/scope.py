"""Names inside one generated module: what its declarations are called, and how it reaches those of others."""

from __future__ import annotations

from collections.abc import Iterable

from mycelium.codegen.python.naming import (
    RESERVED_FOR_FIELDS,
    RESERVED_FOR_TYPES,
    UniqueNames,
    escaped,
    is_function_name,
    module_parts,
    snake,
    upper_camel,
)
from mycelium.idl.schema import (
    Declaration,
    Package,
    Schema,
    UnionDeclaration,
    UnionVariant,
)

UNKNOWN = "Unknown"
"""What the class of a union's unknown variants is called, after the union's name."""


class PublicNames:
    """The public names of every package of a schema; the same wherever they are used."""

    def __init__(self, schema: Schema) -> None:
        self.declarations: dict[str, str] = {}
        self.constants: dict[tuple[str, str], str] = {}
        self.variants: dict[tuple[str, int], str] = {}
        self.unknowns: dict[str, str] = {}
        self.of_package: dict[str, frozenset[str]] = {}
        self.reserved_for_fields: dict[str, frozenset[str]] = {}
        for package in schema.packages:
            self._name_package(package)

    def _name_package(self, package: Package) -> None:
        own = {declaration.name for declaration in package.declarations}
        own |= {constant.name for constant in package.constants}
        names = UniqueNames({escaped(name, RESERVED_FOR_TYPES) for name in own})
        public = {escaped(name, RESERVED_FOR_TYPES) for name in own}
        for constant in package.constants:
            self.constants[package.name, constant.name] = escaped(constant.name, RESERVED_FOR_TYPES)
        for declaration in package.declarations:
            self.declarations[declaration.qualified_name] = escaped(declaration.name, RESERVED_FOR_TYPES)
            if isinstance(declaration, UnionDeclaration):
                public |= self._name_union(declaration, names)
        self.of_package[package.name] = frozenset(public)
        self.reserved_for_fields[package.name] = RESERVED_FOR_FIELDS | public

    def _name_union(self, union: UnionDeclaration, names: UniqueNames) -> set[str]:
        given: set[str] = set()
        for variant in union.variants:
            name = names.take(union.name + upper_camel(variant.name))
            self.variants[union.qualified_name, variant.tag] = name
            given.add(name)
        unknown = names.take(union.name + UNKNOWN)
        self.unknowns[union.qualified_name] = unknown
        return given | {unknown}


class ModuleScope:
    """One module's view of the schema. Remembers which imports its text turned out to need."""

    def __init__(self, schema: Schema, package: Package, public: PublicNames) -> None:
        self.schema = schema
        self.package = package
        self._public = public
        self.own_names = public.of_package[package.name]
        self.imported: dict[tuple[str, str], str] = {}
        self.packages: dict[str, str] = {}
        self._private = UniqueNames({"_fast", "_plan"})
        self._functions: dict[tuple[str, str], str] = {}

    # --- Names of this and other modules -----------------------------------------------------------------

    def use(self, module: str, name: str) -> str:
        """The local name of something public from a library, clear of the schema's own names."""
        local = f"_{name}" if name in self.own_names else name
        self.imported[module, name] = local
        return local

    def _qualifier(self, package: str) -> str:
        if package == self.package.name:
            return ""
        if package not in self.packages:
            self.packages[package] = self.private("_".join(module_parts(package)))
        return self.packages[package] + "."

    def class_of(self, qualified_name: str) -> str:
        """An expression for the class, or union alias, of a declaration."""
        package = qualified_name.rpartition(".")[0]
        return self._qualifier(package) + self._public.declarations[qualified_name]

    def variant_class(self, union: UnionDeclaration, variant: UnionVariant) -> str:
        """An expression for the class of a variant."""
        return self._qualifier(union.package) + self._public.variants[union.qualified_name, variant.tag]

    def unknown_class(self, union: UnionDeclaration) -> str:
        """An expression for the class of a union's unknown variants."""
        return self._qualifier(union.package) + self._public.unknowns[union.qualified_name]

    def constant(self, name: str) -> str:
        """The name of a constant of this package."""
        return self._public.constants[self.package.name, name]

    def is_own(self, declaration: Declaration) -> bool:
        """Whether a declaration belongs to this module's package."""
        return declaration.package == self.package.name

    # --- Names within classes and functions --------------------------------------------------------------

    def attribute(self, name: str, package: str | None = None) -> str:
        """The attribute of a field, of this package unless another is named."""
        return escaped(name, self._public.reserved_for_fields[package or self.package.name])

    def local_names(self, fields: Iterable[str]) -> dict[str, str]:
        """The variables of a function for these fields, clear of everything else the function names."""
        names = UniqueNames(self.own_names, is_taken=is_function_name)
        return {field: names.take(self.attribute(field)) for field in fields}

    def private(self, wanted: str) -> str:
        """A module-level name beginning with an underscore, free until now."""
        return self._private.take(f"_{wanted}")

    def function(self, verb: str, declaration: Declaration) -> str:
        """The private function that does ``verb`` for a declaration; the same at every call."""
        key = (verb, declaration.qualified_name)
        if key not in self._functions:
            owner = declaration.qualified_name.replace(".", "_")
            if self.is_own(declaration):
                owner = declaration.name
            self._functions[key] = self.private(f"{verb}_{snake(owner)}")
        return self._functions[key]
