"""The rules of the language that need more than one name looked up. Gives diagnostics, changes nothing."""

from __future__ import annotations

from mycelium.idl import ast
from mycelium.idl.annotations import Place, check_annotations
from mycelium.idl.diagnostics import Diagnostic, DiagnosticCollector
from mycelium.idl.field_rules import check_enum_body, check_message_body, check_struct_body, check_union_body
from mycelium.idl.file_rules import check_file, check_import_cycles, check_package_cycles
from mycelium.idl.numbering import check_enum_numbers, check_message_tags, check_type_ids, check_union_tags
from mycelium.idl.program import Program
from mycelium.idl.recursion import check_finite_values
from mycelium.idl.resolver import Resolution


def validate(program: Program, resolution: Resolution, *, is_complete: bool) -> tuple[Diagnostic, ...]:
    """Check all rules. ``is_complete`` tells that nothing is missing from the schema: without that, what needs the
    whole of it is not checked, for a missing field would look like another mistake."""
    collector = DiagnosticCollector()
    for file in program.files:
        check_file(file, collector)
        for declaration in file.tree.declarations:
            _check_declaration(declaration, collector)
    check_type_ids(program, collector)
    check_import_cycles(program, collector)
    check_package_cycles(program, resolution, collector)
    if is_complete:
        check_finite_values(resolution.schema, collector)
    return collector.sorted()


def _check_declaration(declaration: ast.Declaration, collector: DiagnosticCollector) -> None:
    match declaration:
        case ast.Constant():
            check_annotations(declaration.annotations, Place.CONSTANT, collector)
        case ast.Enum():
            check_annotations(declaration.annotations, Place.ENUM, collector)
            check_enum_body(declaration, collector)
            check_enum_numbers(declaration, collector)
        case ast.Struct():
            check_annotations(declaration.annotations, Place.STRUCT, collector)
            check_struct_body(declaration, collector)
        case ast.Union():
            check_annotations(declaration.annotations, Place.UNION, collector)
            check_union_body(declaration, collector)
            check_union_tags(declaration, collector)
        case ast.Message():
            place = Place.NESTED_MESSAGE if declaration.type_id is None else Place.MESSAGE
            check_annotations(declaration.annotations, place, collector)
            check_message_body(declaration, collector)
            check_message_tags(declaration, collector)
