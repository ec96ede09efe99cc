"""Rules of whole files and packages: order of statements, names of packages, no circles among them."""

from __future__ import annotations

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.cycles import find_cycles, shown_cycle
from mycelium.idl.diagnostics import MAXIMUM_RELATED, DiagnosticCollector, Label
from mycelium.idl.program import LoadedFile, Program
from mycelium.idl.resolver import Resolution
from mycelium.idl.schema import Span
from mycelium.idl.source import start_of_file
from mycelium.idl.standard_modules import shadowed_module


def check_file(file: LoadedFile, collector: DiagnosticCollector) -> None:
    """The package statement first and once, then imports, then the rest."""
    tree = file.tree
    if tree.package is None:
        _report_missing_package(file, collector)
    else:
        _check_package(tree, tree.package, collector)
    first_declaration: ast.Item | None = None
    for item in tree.items:
        if isinstance(item, ast.Import) and first_declaration is not None:
            collector.report(
                Code.IMPORT_AFTER_DECLARATION,
                item.span,
                "imports stand before all declarations",
                related=[Label(first_declaration.span, "the first declaration")],
            )
        elif not isinstance(item, ast.Import | ast.Package | ast.Broken):
            first_declaration = first_declaration or item


def check_import_cycles(program: Program, collector: DiagnosticCollector) -> None:
    """Each circle of imports once, at its first file."""
    for cycle in _import_cycles(program):
        spans = []
        for name, target in zip(cycle, (*cycle[1:], cycle[0]), strict=True):
            imports = program.by_name[name].imports
            spans.append(next(import_.statement.path.span for import_ in imports if import_.file == target))
        collector.report(
            Code.IMPORT_CYCLE,
            spans[0],
            f"imports in a circle: {shown_cycle(cycle)}",
            related=[Label(span) for span in spans[1:MAXIMUM_RELATED]],
            hint="move what both need into a file of its own",
        )


def check_package_cycles(program: Program, resolution: Resolution, collector: DiagnosticCollector) -> None:
    """Packages that need one another in a circle: their generated modules could not be built in any order."""
    places: dict[str, dict[str, Span]] = {}
    for file in program.files:
        needed = places.setdefault(file.package, {})
        for symbol, name in resolution.used[file.name].items():
            if symbol.package != file.package and not symbol.is_constant:
                needed.setdefault(symbol.package, name.span)
    in_import_cycles = {program.by_name[file].package for cycle in _import_cycles(program) for file in cycle}
    for cycle in find_cycles({package: list(needed) for package, needed in places.items()}):
        if in_import_cycles.issuperset(cycle):
            continue  # the circle of imports is the mistake
        steps = list(zip(cycle, (*cycle[1:], cycle[0]), strict=True))
        labels = [Label(places[one][other], f"{one} needs {other}") for one, other in steps]
        collector.report(
            Code.PACKAGE_CYCLE,
            labels[0].span,
            f"packages need each other in a circle: {shown_cycle(cycle)}",
            label=labels[0].text,
            related=labels[1:MAXIMUM_RELATED],
            hint="move what both need into a package of its own",
        )


def _import_cycles(program: Program) -> list[tuple[str, ...]]:
    return find_cycles(
        {
            file.name: [
                import_.file for import_ in file.imports if import_.file and import_.file != file.name
            ]
            for file in program.files
        }
    )


def _report_missing_package(file: LoadedFile, collector: DiagnosticCollector) -> None:
    items = file.tree.items
    if file.tree.damaged and (not items or isinstance(items[0], ast.Broken)):
        return  # the statement may be there, unreadable
    place = items[0].span if items else start_of_file(file.name)
    collector.report(
        Code.MISSING_PACKAGE,
        place,
        "a file starts with the package it is a part of",
        hint="add `package name;`",
    )


def _check_package(tree: ast.File, package: ast.Package, collector: DiagnosticCollector) -> None:
    first = Label(package.span, "the package of this file")
    for item in tree.items:
        if isinstance(item, ast.Package) and item is not package:
            collector.report(
                Code.REPEATED_PACKAGE,
                item.span,
                "a file is a part of one package",
                related=[first],
                hint="put what follows into a file of its own",
            )
    if tree.items[0] is not package and not isinstance(tree.items[0], ast.Broken):
        collector.report(
            Code.PACKAGE_NOT_FIRST,
            package.span,
            "the package statement comes first",
            related=[Label(tree.items[0].span, "this stands before it")],
        )
    root = package.name.parts[0]
    shadowed = shadowed_module(root.text)
    if shadowed is not None:
        collector.report(
            Code.SHADOWED_STANDARD_MODULE,
            root.span,
            f"package `{package.name.text}` would shadow {shadowed}",
            hint=f"put it below a name of your own, such as `acme.{package.name.text}`",
        )
