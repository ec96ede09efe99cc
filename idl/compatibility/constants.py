"""Constants in two versions. No byte depends on one any more; programs do."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Surface
from mycelium.idl.compatibility.programs import languages_apart, report_programs
from mycelium.idl.compatibility.recorder import Recorder
from mycelium.idl.schema import Constant, Schema


def compare_constants(recorder: Recorder) -> None:
    """By package and name: values that changed, types that changed, and what is gone."""
    now = _by_name(recorder.new)
    for element, old in _by_name(recorder.old).items():
        new = now.get(element)
        recorder.begin_constant(element)
        if new is None:
            report_programs(recorder, element, "is gone", old_span=old.span)
            continue
        if repr(old.value) != repr(new.value):
            recorder.report(
                Code.CONSTANT_CHANGED,
                element,
                f"`{element}` has another value: programs of the two versions count on different ones",
                surface=Surface.SEMANTIC,
                old_span=old.span,
                new_span=new.span,
                mend="make sure that no program relies on both sides having the same",
            )
        apart = languages_apart(old.type, new.type)
        report_programs(recorder, element, "has another type", apart, old_span=old.span, new_span=new.span)


def _by_name(schema: Schema) -> dict[str, Constant]:
    return {f"{each.package}.{each.name}": each for package in schema.packages for each in package.constants}
