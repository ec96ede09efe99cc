"""Schema -> model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mycelium.codegen.ocaml.components import declaration_doc, type_definition
from mycelium.codegen.ocaml.definition_order import definition_order, references_of
from mycelium.codegen.ocaml.documentation import comment, paragraphs, plain
from mycelium.codegen.ocaml.fixed_declarations import constants_of, enum_module, struct_module
from mycelium.codegen.ocaml.line_breaking import binding, items
from mycelium.codegen.ocaml.literals import digest_literal, string_literal
from mycelium.codegen.ocaml.messages import MessageLowering
from mycelium.codegen.ocaml.model import (
    Constant,
    ConstantsModule,
    CycleModule,
    CycleType,
    Group,
    Library,
    MessageModule,
    Part,
    Project,
    Registry,
    TypeModule,
    UnionModule,
)
from mycelium.codegen.ocaml.naming import KEYWORDS, NameSpace, escape, snake_case
from mycelium.codegen.ocaml.scope import Scope
from mycelium.codegen.ocaml.symbols import (
    CONSTANTS_MODULE,
    MODULES_PER_FILE,
    Symbols,
    is_runtime_package,
    part_name,
    symbols_of,
)
from mycelium.codegen.ocaml.types import type_text
from mycelium.codegen.ocaml.unions import union_codec
from mycelium.codegen.ocaml.values import value_expression
from mycelium.codegen.ocaml.versions import versions_definition
from mycelium.idl.digest import MessageDigests, message_digests, schema_digests
from mycelium.idl.lock import MessageHistory
from mycelium.idl.schema import (
    Declaration,
    EnumDeclaration,
    EnumType,
    MessageDeclaration,
    Package,
    Schema,
    StructDeclaration,
    UnionDeclaration,
)

_MODULE_VALUES = ("layout", "read", "write", "pp", "make", "get", "get_four", "set", "codec")
"""Values the module of a type may define: constants get other names."""

_REGISTRY_PART = 100
"""Messages in one file of the registry: the compiler's stack does not bear lists of a thousand modules."""


def lower(schema: Schema, inside_runtime: bool, histories: Mapping[str, MessageHistory]) -> Project:
    """The packages ``mycelium.*`` when ``inside_runtime``, all others when not."""
    lowering = _Lowering(schema, histories)
    packages = [package for package in schema.packages if is_runtime_package(package.name) == inside_runtime]
    libraries = tuple(lowering.library(package) for package in packages)
    return Project(libraries, None if inside_runtime else lowering.registry(packages))


class _Lowering:
    def __init__(self, schema: Schema, histories: Mapping[str, MessageHistory]) -> None:
        self.schema = schema
        self.histories = histories
        self.symbols: Symbols = symbols_of(schema)
        self.digests: Mapping[str, MessageDigests] = message_digests(schema)

    def library(self, package: Package) -> Library:
        name = self.symbols.libraries[package.name]
        inside_runtime = is_runtime_package(package.name)
        doc = comment(paragraphs(plain(package.doc), f"Package [{package.name}]."))
        divided = _divide(tuple(self._groups(package)))
        names = tuple(part_name(index) for index in range(len(divided))) if len(divided) > 1 else ()
        parts = [
            Part(names[index].lower() if names else name, "" if names else doc, names[:index], groups)
            for index, groups in enumerate(divided)
        ]
        return Library(
            package=package.name,
            doc=doc,
            folder=name.removeprefix("mycelium_") if inside_runtime else name,
            name=name,
            public_name=self.symbols.public_name(package.name),
            libraries=("mycelium", *map(self.symbols.public_name, package.imports)),
            parts=tuple(parts),
        )

    def registry(self, packages: list[Package]) -> Registry:
        framed = [
            (declaration.type_id, f"{self.symbols.library_module(package.name)}.{self._module(declaration)}")
            for package in packages
            for declaration in package.declarations
            if isinstance(declaration, MessageDeclaration) and declaration.type_id is not None
        ]
        modules = [module for _, module in sorted(framed)]
        digests = schema_digests(self.schema)
        return Registry(
            libraries=("mycelium", *(self.symbols.public_name(package.name) for package in packages)),
            messages=tuple(
                tuple(modules[start : start + _REGISTRY_PART])
                for start in range(0, max(len(modules), 1), _REGISTRY_PART)
            ),
            wire_digest=string_literal(digests.wire.hex()),
            full_digest=string_literal(digests.full.hex()),
        )

    def _groups(self, package: Package) -> Iterator[Group]:
        """The constants come first, unless some are members of enums."""
        needs_enums = any(isinstance(constant.type, EnumType) for constant in package.constants)
        if package.constants and not needs_enums:
            yield Group(None, (self._constants(package),))
        for declarations in definition_order(package):
            modules = tuple(self._declaration(package, declaration) for declaration in declarations)
            cycle = self._cycle(package, declarations) if len(declarations) > 1 else None
            yield Group(cycle, modules)
        if needs_enums:
            yield Group(None, (self._constants(package),))

    def _module(self, declaration: Declaration) -> str:
        return self.symbols.modules[declaration.qualified_name]

    def _scope(self, package: Package, own: str | None, declarations: tuple[Declaration, ...]) -> Scope:
        taken = {
            name
            for declaration in declarations
            if isinstance(declaration, MessageDeclaration | StructDeclaration)
            for name in self.symbols.members[declaration.qualified_name]
        }
        together = frozenset(declaration.qualified_name for declaration in declarations)
        return Scope(self.symbols, package.name, own, together, NameSpace(taken | set(_MODULE_VALUES)))

    def _declaration(self, package: Package, declaration: Declaration) -> TypeModule:
        scope = self._scope(package, declaration.qualified_name, (declaration,))
        match declaration:
            case MessageDeclaration():
                return self._message(scope, declaration)
            case UnionDeclaration():
                return self._union(scope, declaration)
            case StructDeclaration():
                return struct_module(scope, declaration)
            case EnumDeclaration():
                return enum_module(scope, declaration)

    def _message(self, scope: Scope, declaration: MessageDeclaration) -> MessageModule:
        name = declaration.qualified_name
        lowering = MessageLowering(self.schema, scope, declaration, "")
        cycle = self.symbols.cycles.get(name)
        layout = _layout_name("", lowering.names)
        codec = lowering.codec(layout) if cycle is None else None
        digests = self.digests[name]
        make_definition = lowering.make_definition()
        return MessageModule(
            module=self._module(declaration),
            name=string_literal(name),
            doc=declaration_doc(declaration, _message_facts(declaration)),
            type=type_definition(scope, declaration, self._manifest(declaration)),
            constants=constants_of(scope),
            make_signature=lowering.make_signature(),
            make_definition=make_definition,
            codec=codec,
            read=self._face_function("read", declaration),
            write=self._face_function("write", declaration),
            pp=self._face_function("pp", declaration),
            is_recursive=_is_recursive(declaration),
            wire_digest=digest_literal(digests.wire_u64),
            full_digest=digest_literal(digests.full_u64),
            versions=versions_definition(self.histories.get(name, MessageHistory())),
            type_id=declaration.type_id,
            topic="None" if declaration.topic is None else f"Some {string_literal(declaration.topic)}",
        )

    def _union(self, scope: Scope, declaration: UnionDeclaration) -> UnionModule:
        cycle = self.symbols.cycles.get(declaration.qualified_name)
        codec = union_codec(scope, declaration, "", "layout") if cycle is None else None
        return UnionModule(
            module=self._module(declaration),
            doc=declaration_doc(declaration, f"Union [{declaration.qualified_name}]."),
            type=type_definition(scope, declaration, self._manifest(declaration)),
            constants=constants_of(scope),
            codec=codec,
            read=self._face_function("read", declaration),
            write=self._face_function("write", declaration),
            pp=self._face_function("pp", declaration),
            is_recursive=_is_recursive(declaration),
        )

    def _manifest(self, declaration: Declaration) -> str:
        """The type in the file of its cycle, "" for a type that is in none."""
        cycle = self.symbols.cycles.get(declaration.qualified_name)
        return "" if cycle is None else f"{cycle}.{self._module(declaration)}.t"

    def _face_function(self, verb: str, declaration: Declaration) -> str:
        """What a function of a type is called in the type's own file."""
        name = declaration.qualified_name
        function = self.symbols.local_function(verb, name)
        cycle = self.symbols.cycles.get(name)
        return function if cycle is None else f"{cycle}.{function}"

    def _cycle(self, package: Package, group: tuple[Declaration, ...]) -> CycleModule:
        scope = self._scope(package, None, group)
        names = [name for declaration in group for name in self.symbols.members[declaration.qualified_name]]
        messages = []
        unions = []
        for declaration in group:
            qualifier = f"{self._module(declaration)}."
            layout = _layout_name(f"{self._module(declaration).lower()}_", tuple(names))
            if isinstance(declaration, MessageDeclaration):
                messages.append(MessageLowering(self.schema, scope, declaration, qualifier).codec(layout))
            elif isinstance(declaration, UnionDeclaration):
                unions.append(union_codec(scope, declaration, qualifier, layout))
        return CycleModule(
            module=self.symbols.cycles[group[0].qualified_name],
            types=tuple(
                CycleType(self._module(declaration), type_definition(scope, declaration))
                for declaration in group
            ),
            constants=constants_of(scope),
            messages=tuple(messages),
            unions=tuple(unions),
        )

    def _constants(self, package: Package) -> ConstantsModule:
        scope = self._scope(package, None, ())
        space = NameSpace()
        constants: list[Constant] = []
        definitions: list[str] = []
        for constant in package.constants:
            name = space.claim(escape(snake_case(constant.name), KEYWORDS))
            type_ = type_text(scope, constant.type)
            value = value_expression(self.schema, scope, constant.type, constant.value)
            constants.append(Constant(f"val {name} : {type_}", comment(plain(constant.doc))))
            definitions.append(binding(name, value.removeprefix("(").removesuffix(")"), 0, ""))
        doc = comment(f"Constants of package [{package.name}].")
        return ConstantsModule(CONSTANTS_MODULE, doc, tuple(constants), items(definitions))


def _divide(groups: tuple[Group, ...]) -> tuple[tuple[Group, ...], ...]:
    """The groups of a package in runs of so many modules as a file may have."""
    runs: list[list[Group]] = [[]]
    for group in groups:
        if (
            sum(len(earlier.modules) for earlier in runs[-1]) + len(group.modules) > MODULES_PER_FILE
            and runs[-1]
        ):
            runs.append([])
        runs[-1].append(group)
    return tuple(map(tuple, runs))


def _layout_name(prefix: str, names: tuple[str, ...]) -> str:
    return NameSpace(names).claim(f"{prefix}layout")


def _is_recursive(declaration: Declaration) -> bool:
    return declaration.qualified_name in references_of(declaration)


def _message_facts(declaration: MessageDeclaration) -> str:
    facts = [f"Message [{declaration.qualified_name}]"]
    if declaration.type_id is not None:
        facts.append(f"type id {declaration.type_id}")
    if declaration.topic is not None:
        facts.append(f"topic [{plain(declaration.topic)}]")
    if declaration.annotations.sensitive:
        facts.append("sensitive: prints as [<redacted>]")
    return ", ".join(facts) + "."
