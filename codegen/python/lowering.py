"""schema.Schema -> model.Module for every package, and the registry over all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import PurePosixPath
from typing import TypeVar

from mycelium.codegen.python.constants import CodecConstants
from mycelium.codegen.python.declarations import DeclarationLowering
from mycelium.codegen.python.docstrings import docstring
from mycelium.codegen.python.layout import Expression, Keyword, call, lay_out
from mycelium.codegen.python.model import Attribute, Module, Registry
from mycelium.codegen.python.module_imports import (
    library_imports,
    package_imports,
    runtime_imports,
)
from mycelium.codegen.python.naming import UniqueNames, module_parts
from mycelium.codegen.python.nesting import Nesting
from mycelium.codegen.python.plans import message_plan, struct_plan, union_plan
from mycelium.codegen.python.readers import MessageReader
from mycelium.codegen.python.scope import ModuleScope, PublicNames
from mycelium.codegen.python.types import annotation, literal, string_text
from mycelium.codegen.python.writers import MessageWriter
from mycelium.idl.digest import MessageDigests, message_digests, schema_digests
from mycelium.idl.lock import MessageHistory
from mycelium.idl.schema import (
    Constant,
    EnumDeclaration,
    MessageDeclaration,
    Package,
    Schema,
    StructDeclaration,
    UnionDeclaration,
)

RUNTIME_PACKAGE = "mycelium"
"""Packages of this name and below are part of the runtime itself."""

REGISTRY_MODULE = "mycelium_registry"


def is_runtime_package(package: str) -> bool:
    """Whether a package belongs to the runtime."""
    return package.split(".")[0] == RUNTIME_PACKAGE


def lower(
    schema: Schema, inside_runtime: bool, histories: Mapping[str, MessageHistory]
) -> tuple[tuple[Module, ...], Registry | None]:
    """The modules to write, and the registry over them, which the runtime's own packages have none of."""
    public = PublicNames(schema)
    nesting = Nesting(schema)
    digests = message_digests(schema)
    names = [package.name for package in schema.packages if not is_runtime_package(package.name)]
    modules: list[Module] = []
    for package in schema.packages:
        if is_runtime_package(package.name) is not inside_runtime:
            continue
        path = _inside_runtime_path(package) if inside_runtime else module_path(package.name, names)
        lowering = _ModuleLowering(schema, package, public, nesting, digests, histories)
        modules.append(lowering.module(path))
    return tuple(modules), None if inside_runtime else _registry(schema, public, digests)


def module_path(package: str, packages: Iterable[str]) -> PurePosixPath:
    """The file of a package: a plain module, or a folder's where other packages live below it."""
    parts = module_parts(package)
    has_children = any(other.startswith(package + ".") for other in packages)
    return PurePosixPath(*parts, "__init__.py") if has_children else PurePosixPath(*parts).with_suffix(".py")


def parent_folders(packages: Iterable[str]) -> list[tuple[str, PurePosixPath]]:
    """Folders that hold packages without being one, with the package name each stands for."""
    names = set(packages)
    parents = {
        ".".join(package.split(".")[:depth])
        for package in names
        for depth in range(1, len(package.split(".")))
    }
    return [(name, PurePosixPath(*module_parts(name), "__init__.py")) for name in sorted(parents - names)]


def _inside_runtime_path(package: Package) -> PurePosixPath:
    return PurePosixPath(*module_parts(package.name)[1:]).with_suffix(".py")


class _ModuleLowering:
    """One package on its way to a module."""

    def __init__(
        self,
        schema: Schema,
        package: Package,
        public: PublicNames,
        nesting: Nesting,
        digests: Mapping[str, MessageDigests],
        histories: Mapping[str, MessageHistory],
    ) -> None:
        self._package = package
        self._nesting = nesting
        self._scope = ModuleScope(schema, package, public)
        self._constants = CodecConstants(self._scope)
        self._declarations = DeclarationLowering(self._scope, digests, histories)
        self._whole: set[str] = set()

    def module(self, path: PurePosixPath) -> Module:
        """The module, its imports worked out last, when all its text has asked for what it needs."""
        package, scope = self._package, self._scope
        enums = [self._declarations.enum(each) for each in _of(EnumDeclaration, package)]
        constants = [self._constant(constant) for constant in package.constants]
        definitions = [
            self._declarations.definition(each)
            for each in package.declarations
            if not isinstance(each, EnumDeclaration)
        ]
        functions = self._functions()
        struct_plans = [line for each in _of(StructDeclaration, package) for line in self._struct_plan(each)]
        plans = [line for each in _of(UnionDeclaration, package) for line in self._union_plan(each)]
        plans += [line for each in _of(MessageDeclaration, package) for line in self._message_plan(each)]
        has_plans = bool(enums or struct_plans or plans)
        imports = package_imports(scope, path)
        return Module(
            path=path,
            doc=docstring([package.doc or f"Package ``{package.name}``."], 0),
            library_imports=library_imports(scope),
            runtime_imports=runtime_imports(scope, has_plans, has_functions=bool(functions)),
            package_imports=imports,
            exports=tuple(string_text(name) for name in sorted(scope.own_names)),
            constants=tuple(constants),
            enums=tuple(enums),
            definitions=tuple(definitions),
            struct_plans=tuple(struct_plans),
            codec_constants=self._constants.lines,
            functions=tuple(functions),
            plans=tuple(plans),
        )

    def _constant(self, constant: Constant) -> Attribute:
        text = annotation(constant.type, self._scope)
        final = self._scope.use("typing", "Final")
        value = literal(constant.type, constant.value, self._scope)
        line = f"{self._scope.constant(constant.name)}: {final}[{text}] = {value}"
        return Attribute(line, docstring([constant.doc], 0))

    def _functions(self) -> list[tuple[str, ...]]:
        """Readers and writers of all messages and unions, and of the structs these turn out to use."""
        reader = MessageReader(self._constants, self._nesting)
        writer = MessageWriter(self._constants, self._nesting)
        functions: list[tuple[str, ...]] = []
        for union in _of(UnionDeclaration, self._package):
            functions += [reader.union(union), writer.union(union)]
        for message in _of(MessageDeclaration, self._package):
            functions += [reader.message(message), writer.message(message)]
            whole = reader.whole(message)
            if whole is not None:
                functions.append(whole)
                self._whole.add(message.qualified_name)
        structs: list[tuple[str, ...]] = []
        done: set[str] = set()
        while len(done) < len(self._constants.structs):
            for name, struct in list(self._constants.structs.items()):
                if name not in done:
                    structs += [reader.struct(struct), writer.struct(struct)]
                    done.add(name)
        return structs + functions

    def _struct_plan(self, struct: StructDeclaration) -> list[str]:
        describe = self._scope.use("mycelium.codec", "describe_struct")
        name = self._scope.class_of(struct.qualified_name)
        return lay_out(call(describe, [name, struct_plan(struct, self._scope)]))

    def _union_plan(self, union: UnionDeclaration) -> list[str]:
        describe = self._scope.use("mycelium.codec", "describe_union")
        functions = [Keyword(verb, self._scope.function(verb, union)) for verb in ("read", "write")]
        return lay_out(call(describe, [union_plan(union, self._scope), *functions]))

    def _message_plan(self, message: MessageDeclaration) -> list[str]:
        describe = self._scope.use("mycelium.codec", "describe_message")
        name = self._scope.class_of(message.qualified_name)
        items: list[Expression] = [name, message_plan(message, self._scope)]
        items += [Keyword(verb, self._scope.function(verb, message)) for verb in ("read", "write")]
        if message.qualified_name in self._whole:
            items.append(Keyword("decode", self._scope.function("decode", message)))
        if not self._nesting.is_counted(message):
            items.append(Keyword("counted", "False"))
        return lay_out(call(describe, items))


Wanted = TypeVar("Wanted", EnumDeclaration, StructDeclaration, MessageDeclaration, UnionDeclaration)


def _of(kind: type[Wanted], package: Package) -> list[Wanted]:
    return [declaration for declaration in package.declarations if isinstance(declaration, kind)]


def _registry(schema: Schema, public: PublicNames, messages: Mapping[str, MessageDigests]) -> Registry:
    packages = [package.name for package in schema.packages if not is_runtime_package(package.name)]
    roots = UniqueNames({module_parts(package)[0] for package in packages})
    name = roots.take(REGISTRY_MODULE)
    entries = [
        (
            message.type_id,
            ".".join(module_parts(message.package)),
            public.declarations[message.qualified_name],
        )
        for message in schema.messages()
        if message.type_id is not None and not is_runtime_package(message.package)
    ]
    digests = schema_digests(schema, messages)
    return Registry(
        path=PurePosixPath(f"{name}.py"),
        name=string_text(name),
        entries=tuple(
            f'    {type_id}: ("{module}", "{class_name}"),' for type_id, module, class_name in sorted(entries)
        ),
        wire_digest=string_text(digests.wire.hex()),
        full_digest=string_text(digests.full.hex()),
    )
