"""Structs in two versions: they never evolve."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Surface
from mycelium.idl.compatibility.names import report_renamed
from mycelium.idl.compatibility.programs import report_programs
from mycelium.idl.compatibility.recorder import NEITHER_READS, Recorder
from mycelium.idl.compatibility.sensitivity import compare_sensitivity
from mycelium.idl.compatibility.types import TypeComparison
from mycelium.idl.schema import StructDeclaration

_MEND = "keep the struct, and declare another for the new layout"


def compare_structs(recorder: Recorder, old: StructDeclaration, new: StructDeclaration) -> None:
    """Fields in order. Only names may change; limits may not even where the bytes would agree."""
    name = old.qualified_name
    old_names = [field.name for field in old.fields]
    new_names = [field.name for field in new.fields]
    if len(old_names) != len(new_names) or _is_reordered(old_names, new_names):
        recorder.report(
            Code.STRUCT_CHANGED,
            name,
            f"`{name}` has other fields, or has them in another order",
            verdict=NEITHER_READS,
            old_span=old.span,
            new_span=new.span,
            mend=_MEND,
        )
        if set(old_names) != set(new_names):
            what = "has other fields"
            report_programs(recorder, name, what, old_span=old.span, new_span=new.span)
        return
    for before, after in zip(old.fields, new.fields, strict=True):
        element = f"{name}.{before.name}"
        if before.name != after.name:
            report_renamed(recorder, element, after.name, before.span, after.span)
        compare_sensitivity(recorder, element, before, after)
        found = len(recorder.findings)
        same = TypeComparison(recorder, element, before.span, after.span).compare(before.type, after.type)
        if same and len(recorder.findings) > found:
            recorder.report(
                Code.STRUCT_CHANGED,
                element,
                f"`{element}` has other limits: a struct never changes",
                surface=Surface.RULE,
                old_span=before.span,
                new_span=after.span,
                mend=_MEND,
            )


def _is_reordered(old: list[str], new: list[str]) -> bool:
    """Whether a name of the one stands at another place of the other."""
    return any(
        before != after and (before in new or after in old) for before, after in zip(old, new, strict=True)
    )
