"""The block of a message in two versions: it grows at its end, and changes nowhere else."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Surface, Verdict
from mycelium.idl.compatibility.names import report_renamed
from mycelium.idl.compatibility.presence import compare_presence
from mycelium.idl.compatibility.programs import report_gone, report_new_required
from mycelium.idl.compatibility.recorder import BOTH_READ, NEITHER_READS, ONLY_OLD_READS, Recorder
from mycelium.idl.compatibility.sensitivity import compare_sensitivity
from mycelium.idl.compatibility.types import TypeComparison
from mycelium.idl.schema import BlockField, MessageDeclaration


def compare_blocks(recorder: Recorder, old: MessageDeclaration, new: MessageDeclaration) -> None:
    """Field by field, as far as both go, then what was appended or cut off."""
    old_names = {field.name for field in old.fields}
    new_names = {field.name for field in new.fields}
    name = old.qualified_name
    for before, after in zip(old.block, new.block, strict=False):
        if before.name != after.name and (before.name in new_names or after.name in old_names):
            recorder.report(
                Code.BLOCK_CHANGED,
                name,
                f"the block of `{name}` has other fields before its end, or has them in another order",
                verdict=NEITHER_READS,
                old_span=before.span,
                new_span=after.span,
                mend="put the block back in its order; new fields go to its end or get a number",
            )
            return
        _compare_fields(recorder, f"{name}.{before.name}", before, after)
    shared = min(len(old.block), len(new.block))
    for field in new.block[shared:]:
        if field.name not in old_names:
            _report_appended(recorder, old, field)
    for field in old.block[shared:]:
        if field.name not in new_names:
            _report_cut_off(recorder, new, f"{name}.{field.name}", field)


def _compare_fields(recorder: Recorder, element: str, old: BlockField, new: BlockField) -> None:
    if old.name != new.name:
        report_renamed(recorder, element, new.name, old.span, new.span)
    if TypeComparison(recorder, element, old.span, new.span).compare(old.type, new.type):
        compare_presence(recorder, element, old, new)
    compare_sensitivity(recorder, element, old, new)


def _report_appended(recorder: Recorder, old: MessageDeclaration, field: BlockField) -> None:
    element = f"{old.qualified_name}.{field.name}"
    is_required = field.default is None
    recorder.report(
        Code.REQUIRED_FIELD_ADDED if is_required else Code.FIELD_ADDED,
        element,
        f"`{element}` is new at the end of the block"
        + (" and has no default: older writers lack it" if is_required else ", with a default"),
        verdict=ONLY_OLD_READS if is_required else BOTH_READ,
        old_span=old.span,
        new_span=field.span,
        mend="give it a default" if is_required else "nothing to do",
    )
    if is_required:
        report_new_required(recorder, element, old.span, field.span)


def _report_cut_off(recorder: Recorder, new: MessageDeclaration, element: str, field: BlockField) -> None:
    is_required = field.default is None
    recorder.report(
        Code.REQUIRED_FIELD_REMOVED if is_required else Code.FIELD_REMOVED,
        element,
        f"`{element}` is gone from the end of the block"
        + (": older readers need it" if is_required else "; older readers take its default"),
        verdict=Verdict(old_reads_new=not is_required),
        old_span=field.span,
        new_span=new.span,
        mend="keep it, marked `@deprecated`",
    )
    report_gone(recorder, element, field.span, new.span)
    recorder.report(
        Code.BLOCK_CHANGED,
        element,
        f"`{element}` was removed from the block, where nothing can be reserved: a later field would take its place",
        surface=Surface.RULE,
        old_span=field.span,
        new_span=new.span,
        mend="keep it, marked `@deprecated`",
    )
