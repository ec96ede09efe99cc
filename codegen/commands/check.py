"""``mycelium-gen check SCHEMAS``: hold the working schemas against their history, or against one other version."""

from __future__ import annotations

from datetime import date

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console
from mycelium.codegen.commands.judgement_report import report_judgement
from mycelium.codegen.commands.schemas import SchemaSelection, refuse_unreadable
from mycelium.codegen.commands.versions import find_versions
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.lock import Mode, judge


def run(
    selection: SchemaSelection, against: str, mode: str, console: Console, *, with_witnesses: bool = False
) -> int:
    """1 when a change breaks the mode or a rule and is not accepted. With witnesses, bytes prove each break shown.

    History is that of a whole root, so the whole root is compared, whichever files were named.
    """
    compilation = compile_schemas(selection.root)
    refuse_unreadable(compilation)
    if compilation.schema is None:
        console.diagnostics(compilation.diagnostics, compilation.sources)
        return PROBLEMS_FOUND
    versions = find_versions(against, selection.root)
    judgement = judge(versions.snapshots, compilation.schema, Mode(mode), versions.acceptances, date.today())
    report_judgement(judgement, versions, compilation, console, with_witnesses=with_witnesses)
    if judgement.errors:
        return PROBLEMS_FOUND
    accepted = sum(each.is_accepted for each in judgement.findings)
    remark = f"; {accepted} accepted" if accepted else ""
    console.remark(f"{selection.root}: {mode} against {against}, nothing breaks{remark}")
    return FINE
