"""``mycelium-gen lint SCHEMAS``: warnings about names and habits, once there are no errors."""

from __future__ import annotations

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console
from mycelium.codegen.commands.schemas import SchemaSelection, refuse_unreadable
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.lint import lint


def run(selection: SchemaSelection, console: Console) -> int:
    """Print errors, or else warnings; either is a problem."""
    compilation = compile_schemas(selection.root, selection.files)
    refuse_unreadable(compilation)
    findings = compilation.diagnostics or lint(compilation)
    console.diagnostics(findings, compilation.sources)
    if not findings:
        console.remark("nothing to mend")
    return PROBLEMS_FOUND if findings else FINE
