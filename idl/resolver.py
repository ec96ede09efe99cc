"""Program -> schema: names looked up, constants folded, sizes computed. Gives (schema, diagnostics), never raises.

Constants and structs are resolved in the order of what they need, without recursion; then everything else in order of
files. What is wrong is reported and left out of the schema, which is whole only if there are no diagnostics.
"""

from __future__ import annotations

from dataclasses import dataclass

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.cycles import dependency_order, find_cycles, shown_cycle
from mycelium.idl.declarations import DeclarationBuilder, enum_declaration
from mycelium.idl.diagnostics import MAXIMUM_RELATED, Diagnostic, DiagnosticCollector, Label
from mycelium.idl.lexer import MAXIMUM_NESTING
from mycelium.idl.named_values import NamedValues
from mycelium.idl.number_values import NumberReader
from mycelium.idl.program import LoadedFile, Program
from mycelium.idl.references import names_in_declaration
from mycelium.idl.reservations import merge_reservations
from mycelium.idl.schema import (
    ArrayType,
    Constant,
    Declaration,
    EnumDeclaration,
    Package,
    Schema,
    StructDeclaration,
    StructType,
    Type,
)
from mycelium.idl.symbols import Scope, Symbol, SymbolTable
from mycelium.idl.type_resolver import TypeResolver
from mycelium.idl.values import ValueReader


@dataclass(frozen=True)
class Resolution:
    """The schema, as far as it could be resolved, and what each file refers to."""

    schema: Schema
    symbols: SymbolTable
    used: dict[str, dict[Symbol, ast.QualifiedName]]


def resolve(program: Program) -> tuple[Resolution, tuple[Diagnostic, ...]]:
    """Resolve all files of a program together."""
    collector = DiagnosticCollector()
    resolution = _Resolver(program, collector).run()
    return resolution, collector.sorted()


class _Resolver:
    def __init__(self, program: Program, collector: DiagnosticCollector) -> None:
        self._program = program
        self._collector = collector
        self._symbols = SymbolTable(program, collector)
        self._constants: dict[Symbol, Constant | None] = {}
        self._enums: dict[str, EnumDeclaration] = {}
        self._structs: dict[str, StructDeclaration] = {}
        self._struct_depths: dict[str, int] = {}
        self._scopes: dict[str, Scope] = {}
        self._builders: dict[str, DeclarationBuilder] = {}
        for file in program.files:
            scope = Scope(self._symbols, file, program, collector)
            names = NamedValues(scope, self._constants, collector)
            numbers = NumberReader(names, collector)
            values = ValueReader(names, numbers, self._enums, collector)
            types = TypeResolver(scope, numbers, self._enums, self._structs, collector)
            self._scopes[file.name] = scope
            self._builders[file.name] = DeclarationBuilder(file, types, values, collector)

    def run(self) -> Resolution:
        for symbol in self._symbols:
            if isinstance(symbol.node, ast.Enum):
                enum = enum_declaration(symbol.package, symbol.node, self._collector)
                if not symbol.node.damaged:
                    self._enums[symbol.qualified_name] = enum
        self._resolve_constants_and_structs()
        packages = [self._package(name, files) for name, files in sorted(self._files_by_package().items())]
        used = {name: scope.used for name, scope in self._scopes.items()}
        return Resolution(Schema(tuple(packages)), self._symbols, used)

    def _files_by_package(self) -> dict[str, list[LoadedFile]]:
        packages: dict[str, list[LoadedFile]] = {}
        for file in self._program.files:
            if file.tree.package is not None:
                packages.setdefault(file.package, []).append(file)
        return packages

    # --- In order of need --------------------------------------------------------------------------------

    def _resolve_constants_and_structs(self) -> None:
        needs = {symbol: self._needs(symbol) for symbol in self._symbols if _is_ordered(symbol)}
        in_circle = {symbol for cycle in find_cycles(needs) for symbol in self._report_cycle(cycle)}
        for symbol in dependency_order(needs):
            builder = self._builders[symbol.file.name]
            if symbol in in_circle:
                continue
            if isinstance(symbol.node, ast.Constant):
                self._constants[symbol] = builder.constant(symbol.node)
            elif isinstance(symbol.node, ast.Struct):
                struct = builder.struct(symbol.node)
                if struct is not None and self._is_shallow(symbol, struct):
                    self._structs[symbol.qualified_name] = struct

    def _is_shallow(self, symbol: Symbol, struct: StructDeclaration) -> bool:
        """Whether structs lie in one another no deeper than types may; every later stage walks them by recursion."""
        depth = 1 + max((self._struct_depth(field.type) for field in struct.fields), default=0)
        self._struct_depths[symbol.qualified_name] = depth
        if depth == MAXIMUM_NESTING + 1:
            self._collector.report(
                Code.NESTED_TOO_DEEPLY,
                symbol.name.span,
                f"structs lie in one another more than {MAXIMUM_NESTING} deep",
                hint="put some of the fields into one struct",
            )
        return depth <= MAXIMUM_NESTING

    def _struct_depth(self, type_: Type) -> int:
        while isinstance(type_, ArrayType):
            type_ = type_.element
        return self._struct_depths[type_.name] if isinstance(type_, StructType) else 0

    def _needs(self, symbol: Symbol) -> list[Symbol]:
        assert isinstance(symbol.node, ast.Constant | ast.Struct)
        scope = self._scopes[symbol.file.name]
        found = (scope.candidates(name) for name in names_in_declaration(symbol.node))
        return [candidates[0] for candidates in found if len(candidates) == 1 and _is_ordered(candidates[0])]

    def _report_cycle(self, cycle: tuple[Symbol, ...]) -> tuple[Symbol, ...]:
        path = shown_cycle([symbol.name.text for symbol in cycle])
        related = [Label(symbol.name.span) for symbol in cycle[1:MAXIMUM_RELATED]]
        if cycle[0].is_constant:
            message = f"constants name each other in a circle: {path}"
            self._collector.report(Code.CONSTANT_CYCLE, cycle[0].name.span, message, related=related)
        else:
            self._collector.report(
                Code.NO_FINITE_VALUE,
                cycle[0].name.span,
                f"a struct cannot hold itself: {path}",
                related=related,
                hint="use messages: an optional field may hold its own message",
            )
        return cycle

    # --- In order of files -------------------------------------------------------------------------------

    def _package(self, name: str, files: list[LoadedFile]) -> Package:
        symbols = [
            symbol
            for file in files
            for node in file.tree.declarations
            if (symbol := self._symbols.find(name, node.name.text)) is not None and symbol.node is node
        ]
        constants = [constant for symbol in symbols if (constant := self._constants.get(symbol)) is not None]
        declarations = [found for symbol in symbols if (found := self._declaration(symbol)) is not None]
        docs = [file.tree.package.doc.text for file in files if file.tree.package and file.tree.package.doc]
        return Package(
            name=name,
            doc="\n\n".join(docs),
            imports=self._imports(name, files),
            constants=tuple(constants),
            declarations=tuple(declarations),
            reserved=merge_reservations(statement for file in files for statement in file.tree.reserved),
        )

    def _declaration(self, symbol: Symbol) -> Declaration | None:
        builder = self._builders[symbol.file.name]
        match symbol.node:
            case ast.Enum():
                return self._enums.get(symbol.qualified_name)
            case ast.Struct():
                return self._structs.get(symbol.qualified_name)
            case ast.Message():
                return builder.message(symbol.node)
            case ast.Union():
                return builder.union(symbol.node)
        return None

    def _imports(self, name: str, files: list[LoadedFile]) -> tuple[str, ...]:
        """Constants are folded, so only types make one package need another."""
        used = (symbol for file in files for symbol in self._scopes[file.name].used if not symbol.is_constant)
        return tuple(sorted({symbol.package for symbol in used if symbol.package != name}))


def _is_ordered(symbol: Symbol) -> bool:
    return isinstance(symbol.node, ast.Constant | ast.Struct)
