"""Unions in two versions."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.names import report_renamed
from mycelium.idl.compatibility.programs import report_gone, report_new_case
from mycelium.idl.compatibility.recorder import NEITHER_READS, Recorder
from mycelium.idl.compatibility.reservations import report_not_reserved, report_reused
from mycelium.idl.compatibility.types import TypeComparison
from mycelium.idl.schema import UnionDeclaration, UnionVariant


def compare_unions(recorder: Recorder, old: UnionDeclaration, new: UnionDeclaration) -> None:
    """Variants by name and then by tag."""
    name = old.qualified_name
    old_names = {variant.name for variant in old.variants}
    by_name = {variant.name: variant for variant in new.variants}
    by_tag = {variant.tag: variant for variant in new.variants}
    settled: set[str] = set()
    for variant in old.variants:
        same_name, same_tag = by_name.get(variant.name), by_tag.get(variant.tag)
        element = f"{name}.{variant.name}"
        if same_name is not None:
            settled.add(same_name.name)
            _compare_variants(recorder, element, variant, same_name)
        elif same_tag is not None and same_tag.name not in old_names:
            settled.add(same_tag.name)
            report_renamed(recorder, element, same_tag.name, variant.span, same_tag.span)
            _compare_variants(recorder, element, variant, same_tag)
        else:
            _report_removed(recorder, element, variant, new)
    for variant in new.variants:
        if variant.name not in settled:
            recorder.report(
                Code.VARIANT_ADDED,
                f"{name}.{variant.name}",
                f"`{name}.{variant.name}` is new; older readers keep it as an unknown variant",
                old_span=old.span,
                new_span=variant.span,
                mend="nothing to do",
            )
            report_new_case(recorder, f"{name}.{variant.name}", old.span, variant.span)
        report_reused(recorder, name, old.reserved, variant.tag, variant.name, old.span, variant.span)


def _compare_variants(recorder: Recorder, element: str, old: UnionVariant, new: UnionVariant) -> None:
    if old.tag != new.tag:
        recorder.report(
            Code.VARIANT_RENUMBERED,
            element,
            f"`{element}` had tag {old.tag} and now has tag {new.tag}",
            verdict=NEITHER_READS,
            old_span=old.span,
            new_span=new.span,
            mend=f"give it back its tag {old.tag}",
        )
        return
    TypeComparison(recorder, element, old.span, new.span).compare(old.type, new.type)


def _report_removed(recorder: Recorder, element: str, variant: UnionVariant, new: UnionDeclaration) -> None:
    recorder.report(
        Code.VARIANT_REMOVED,
        element,
        f"`{element}` is gone; where it was written it reads as an unknown variant",
        old_span=variant.span,
        new_span=new.span,
        mend="nothing to do",
    )
    report_gone(recorder, element, variant.span, new.span)
    if all(variant.tag != other.tag for other in new.variants):
        report_not_reserved(recorder, element, new.reserved, variant.tag, None, variant.span, new.span)
