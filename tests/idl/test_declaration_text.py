"""Printed declarations are the schema: compiled again they mean the same, laid out as the formatter would."""

from __future__ import annotations

from pathlib import Path

import pytest

from mycelium.idl.compiler import compile_schemas
from mycelium.idl.declaration_text import print_constant, print_declaration, reserved_text
from mycelium.idl.digest import message_digests
from mycelium.idl.formatter import format_source
from mycelium.idl.lock.recorded_schema import recorded_schema
from mycelium.idl.schema import Package, Reserved, Schema
from mycelium.idl.source import Source

REPOSITORY = Path(__file__).resolve().parents[2]
VALID = Path(__file__).with_name("cases") / "valid"
SCHEMAS = [
    *sorted(path for path in VALID.iterdir() if path.suffix == ".myc" or path.is_dir()),
    *sorted((REPOSITORY / "tests" / "evolution").rglob("*.myc")),
    REPOSITORY / "schemas",
]


def package_text(package: Package, schema: Schema) -> str:
    """A whole file."""
    parts = [f"package {package.name};\n"]
    parts += ["".join(f'import "{name}.myc";\n' for name in package.imports)] if package.imports else []
    if package.constants:
        parts.append("".join(print_constant(constant, schema).text() for constant in package.constants))
    parts += [print_declaration(declaration, schema).text() for declaration in package.declarations]
    parts += [f"{reserved_text(package.reserved)}\n"] if package.reserved != Reserved() else []
    return "\n".join(parts)


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_what_is_printed_compiles_to_the_same(path: Path, tmp_path: Path) -> None:
    schema = compile_schemas(path if path.is_dir() else path.parent, None if path.is_dir() else [path]).schema
    assert schema is not None
    for package in schema.packages:
        text = package_text(package, schema)
        (tmp_path / f"{package.name}.myc").write_text(text)
        assert format_source(Source(package.name, text)) == (text, ())
    again = compile_schemas(tmp_path)
    assert again.schema is not None, [found.message for found in again.diagnostics]
    assert message_digests(again.schema) == message_digests(schema)
    nothing = Schema(())
    assert repr(recorded_schema(again.schema, nothing)) == repr(recorded_schema(schema, nothing))


@pytest.mark.parametrize("path", SCHEMAS[:1] + SCHEMAS[-1:], ids=lambda path: path.name)
def test_places_are_those_of_the_names(path: Path) -> None:
    schema = compile_schemas(path if path.is_dir() else path.parent, None if path.is_dir() else [path]).schema
    assert schema is not None
    for declaration in schema.declarations():
        printed = print_declaration(declaration, schema)
        named = {declaration.name: printed.name} | printed.parts
        for name, span in named.items():
            assert printed.lines[span.line - 1][span.column - 1 : span.end_column - 1] == name
