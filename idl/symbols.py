"""Names -> declarations: the tables of all packages, and what a name means in one file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector, Label
from mycelium.idl.program import LoadedFile, Program
from mycelium.idl.suggestions import did_you_mean, nearest

MAXIMUM_SUGGESTIONS = 50
"""After so many errors names are no longer compared: more are not shown, and a hostile schema must not be slow."""

BUILT_IN_TYPES = frozenset(
    [
        "bool",
        "u8",
        "u16",
        "u32",
        "u64",
        "u128",
        "u256",
        "i8",
        "i16",
        "i32",
        "i64",
        "i128",
        "f32",
        "f64",
        "timestamp",
        "duration",
        "decimal",
        "uuid",
        "string",
        "bytes",
        "ascii",
        "list",
        "map",
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class Symbol:
    """A declaration and where it lives. ``node`` is Broken when it could not be read but seems to have this name."""

    package: str
    name: ast.Name
    node: ast.Declaration | ast.Broken
    file: LoadedFile

    @property
    def qualified_name(self) -> str:
        """``package.Name``."""
        return f"{self.package}.{self.name.text}"

    @property
    def is_constant(self) -> bool:
        """Whether it is a constant, not a type."""
        return isinstance(self.node, ast.Constant)


class SymbolTable:
    """All declarations of a program by package and name."""

    def __init__(self, program: Program, collector: DiagnosticCollector) -> None:
        self.packages: dict[str, dict[str, Symbol]] = {}
        self._collector = collector
        for file in program.files:
            names = self.packages.setdefault(file.package, {})
            for declaration in file.tree.declarations:
                self._declare(names, Symbol(file.package, declaration.name, declaration, file))
        for file in program.files:
            for broken in file.tree.broken:
                if broken.name is not None:
                    symbol = Symbol(file.package, broken.name, broken, file)
                    self.packages[file.package].setdefault(broken.name.text, symbol)

    def __iter__(self) -> Iterator[Symbol]:
        for names in self.packages.values():
            yield from names.values()

    def find(self, package: str, name: str) -> Symbol | None:
        """The declaration of a package, or None."""
        return self.packages.get(package, {}).get(name)

    def _declare(self, names: dict[str, Symbol], symbol: Symbol) -> None:
        name = symbol.name
        if name.text in BUILT_IN_TYPES and not symbol.is_constant:
            self._collector.report(
                Code.BUILT_IN_NAME,
                name.span,
                f"`{name.text}` is a type of the language",
                hint=f"choose another name, such as `{name.text.capitalize()}`",
            )
        first = names.setdefault(name.text, symbol)
        if first is not symbol:
            self._collector.report(
                Code.DUPLICATE_DECLARATION,
                name.span,
                f"`{name.text}` is declared twice in package {symbol.package}",
                label="declared again here",
                related=[Label(first.name.span, "first declared here")],
            )


class Scope:
    """What names mean in one file: its own package first, then the packages of the files it imports."""

    def __init__(
        self, table: SymbolTable, file: LoadedFile, program: Program, collector: DiagnosticCollector
    ) -> None:
        self.file = file
        self._table = table
        self._collector = collector
        self._packages_may_be_missing = program.packages_may_be_missing
        self._imported = _imported_packages(file, program)
        self._found: dict[str, tuple[Symbol, ...]] = {}
        self.used: dict[Symbol, ast.QualifiedName] = {}

    def candidates(self, name: ast.QualifiedName) -> tuple[Symbol, ...]:
        """All declarations the name may mean; more than one is an ambiguity."""
        text = name.text
        found = self._found.get(text)
        if found is None:
            found = self._found[text] = self._search(name)
        return found

    def find_type(self, name: ast.QualifiedName) -> Symbol | None:
        """The type of that name; anything else is reported."""
        symbol = self._find(name, Code.UNKNOWN_TYPE, "type")
        if symbol is not None and symbol.is_constant:
            self._collector.report(
                Code.NOT_A_TYPE,
                name.span,
                f"`{name.text}` is a constant, not a type",
                related=[Label(symbol.name.span, "declared here")],
            )
            return None
        return self._known(symbol)

    def find_constant(self, name: ast.QualifiedName) -> Symbol | None:
        """The constant of that name; anything else is reported."""
        symbol = self._find(name, Code.UNKNOWN_CONSTANT, "constant")
        if symbol is not None and not symbol.is_constant and not isinstance(symbol.node, ast.Broken):
            self._collector.report(
                Code.NOT_A_CONSTANT,
                name.span,
                f"`{name.text}` is a type, not a constant",
                related=[Label(symbol.name.span, "declared here")],
            )
            return None
        return self._known(symbol)

    @staticmethod
    def _known(symbol: Symbol | None) -> Symbol | None:
        return None if symbol is None or isinstance(symbol.node, ast.Broken) else symbol

    def _find(self, name: ast.QualifiedName, unknown: Code, kind: str) -> Symbol | None:
        found = self.candidates(name)
        if len(found) == 1:
            self.used.setdefault(found[0], name)
            return found[0]
        if found:
            self._report_ambiguous(name, found)
        elif not self.file.names_may_be_missing and not self._packages_may_be_missing:
            self._report_unknown(name, unknown, kind)
        return None

    def _search(self, name: ast.QualifiedName) -> tuple[Symbol, ...]:
        last = name.parts[-1].text
        if len(name.parts) == 1:
            own = self._table.find(self.file.package, last)
            return (own,) if own else self._in_packages(self._imported, last)
        qualifier = name.text[: -len(last) - 1]
        visible = (self.file.package, *self._imported)
        exact = self._table.find(qualifier, last) if qualifier in visible else None
        if exact:
            return (exact,)
        return self._in_packages([package for package in visible if package.endswith(f".{qualifier}")], last)

    def _in_packages(self, packages: Mapping[str, str] | list[str], name: str) -> tuple[Symbol, ...]:
        found = (self._table.find(package, name) for package in packages)
        return tuple(symbol for symbol in found if symbol)

    def _report_ambiguous(self, name: ast.QualifiedName, found: tuple[Symbol, ...]) -> None:
        names = " or ".join(f"`{symbol.qualified_name}`" for symbol in found)
        self._collector.report(
            Code.AMBIGUOUS_NAME,
            name.span,
            f"`{name.text}` is declared in {len(found)} imported packages",
            related=[Label(symbol.name.span, f"in package {symbol.package}") for symbol in found],
            hint=f"write {names}",
        )

    def _report_unknown(self, name: ast.QualifiedName, unknown: Code, kind: str) -> None:
        elsewhere = self._declared_elsewhere(name)
        if elsewhere is not None:
            self._collector.report(
                Code.NOT_IMPORTED,
                name.span,
                f"`{name.text}` is declared in package {elsewhere.package}, which this file does not import",
                related=[Label(elsewhere.name.span, "declared here")],
                hint=f'add `import "{elsewhere.file.name}";`',
            )
            return
        self._collector.report(
            unknown, name.span, f"unknown {kind} `{name.text}`", hint=self._suggestion(name, kind)
        )

    def _declared_elsewhere(self, name: ast.QualifiedName) -> Symbol | None:
        last = name.parts[-1].text
        qualifier = name.text[: -len(last) - 1]
        for package, names in sorted(self._table.packages.items()):
            fits = not qualifier or package == qualifier or package.endswith(f".{qualifier}")
            if fits and last in names and package != self.file.package and package not in self._imported:
                return names[last]
        return None

    def _suggestion(self, name: ast.QualifiedName, kind: str) -> str | None:
        if len(self._collector) > MAXIMUM_SUGGESTIONS:
            return None
        wanted = {
            symbol.name.text
            for package in (self.file.package, *self._imported)
            for symbol in self._table.packages.get(package, {}).values()
            if symbol.is_constant == (kind == "constant")
        }
        if kind == "type" and len(name.parts) == 1:
            if hint := _foreign_type(name.text):
                return hint
            wanted |= BUILT_IN_TYPES
        last = name.parts[-1].text
        if len(name.parts) > 1 and last in wanted:
            packages = (self.file.package, *self._imported)
            qualifiers = {
                ".".join(package.split(".")[i:])
                for package in packages
                for i in range(package.count(".") + 1)
            }
            near = nearest(name.text[: -len(last) - 1], sorted(qualifiers))
            return f"did you mean `{near}.{last}`?" if near else f"did you mean `{last}`?"
        return did_you_mean(last, sorted(wanted))


def _imported_packages(file: LoadedFile, program: Program) -> dict[str, str]:
    """Package name -> file that brought it, in order of import."""
    packages: dict[str, str] = {}
    for import_ in file.imports:
        if import_.file is not None:
            package = program.by_name[import_.file].package
            if package != file.package:
                packages.setdefault(package, import_.file)
    return packages


_FOREIGN_TYPES = {
    "int": "i32` or `i64",
    "int8": "i8",
    "int16": "i16",
    "int32": "i32",
    "int64": "i64",
    "uint": "u32` or `u64",
    "uint8": "u8",
    "uint16": "u16",
    "uint32": "u32",
    "uint64": "u64",
    "byte": "u8",
    "float": "f32` or `f64",
    "float32": "f32",
    "float64": "f64",
    "double": "f64",
    "str": "string",
    "text": "string",
    "boolean": "bool",
    "datetime": "timestamp",
    "array": "list<T>` or `T[N]",
    "vec": "list<T>",
    "dict": "map<K, V>",
    "blob": "bytes",
}


def _foreign_type(name: str) -> str | None:
    """What a type of other languages is called here."""
    here = _FOREIGN_TYPES.get(name.lower())
    return None if here is None else f"it is called `{here}` here"
