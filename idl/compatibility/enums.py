"""Enums in two versions."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Verdict
from mycelium.idl.compatibility.names import report_renamed
from mycelium.idl.compatibility.programs import STRICT_MATCHES, report_gone, report_new_case, report_programs
from mycelium.idl.compatibility.recorder import NEITHER_READS, ONLY_NEW_READS, ONLY_OLD_READS, Recorder
from mycelium.idl.compatibility.reservations import report_not_reserved, report_reused
from mycelium.idl.schema import EnumDeclaration, EnumMember


def compare_enums(recorder: Recorder, old: EnumDeclaration, new: EnumDeclaration) -> None:
    """The base, openness, and members by name and then by number."""
    name = old.qualified_name
    if old.bits != new.bits:
        recorder.report(
            Code.ENUM_BASE_CHANGED,
            name,
            f"`{name}` was stored in u{old.bits} and is now stored in u{new.bits}",
            verdict=NEITHER_READS,
            old_span=old.span,
            new_span=new.span,
            mend="keep the base; a new enum may have another",
        )
        languages = ("rust", "ocaml") if 64 in (old.bits, new.bits) else ("rust",)
        what = "has numbers of another type"
        report_programs(recorder, name, what, languages, old_span=old.span, new_span=new.span)
    _compare_openness(recorder, old, new)
    old_by_name = {member.name: member for member in old.members}
    new_by_name = {member.name: member for member in new.members}
    new_by_number = {member.number: member for member in new.members}
    settled: set[str] = set()
    for member in old.members:
        same_name, same_number = new_by_name.get(member.name), new_by_number.get(member.number)
        if same_name is not None:
            settled.add(same_name.name)
            _compare_numbers(recorder, name, member, same_name)
        elif same_number is not None and same_number.name not in old_by_name:
            settled.add(same_number.name)
            report_renamed(recorder, f"{name}.{member.name}", same_number.name, member.span, same_number.span)
        else:
            _report_removed(recorder, old, new, member, is_taken=same_number is not None)
    for member in new.members:
        if member.name not in settled:
            _report_added(recorder, old, member)
        report_reused(recorder, name, old.reserved, member.number, member.name, old.span, member.span)


def _compare_openness(recorder: Recorder, old: EnumDeclaration, new: EnumDeclaration) -> None:
    name = old.qualified_name
    if new.closed and not old.closed:
        recorder.report(
            Code.ENUM_CLOSED,
            name,
            f"`{name}` was open and is now closed: numbers without a name are refused",
            verdict=ONLY_OLD_READS,
            old_span=old.span,
            new_span=new.span,
            mend="leave it open, and handle unknown numbers in the program",
        )
        what = "has no unknown numbers any more"
        report_programs(recorder, name, what, old_span=old.span, new_span=new.span)
    if old.closed and not new.closed:
        recorder.report(
            Code.ENUM_OPENED,
            name,
            f"`{name}` was closed and is now open: older readers refuse numbers they have no name for",
            verdict=ONLY_NEW_READS,
            old_span=old.span,
            new_span=new.span,
            mend="update every reader before a writer sends a new number",
        )
        what = "has unknown numbers now, and a match that names every case lacks them"
        report_programs(recorder, name, what, STRICT_MATCHES, old_span=old.span, new_span=new.span)


def _compare_numbers(recorder: Recorder, enum: str, old: EnumMember, new: EnumMember) -> None:
    if old.number != new.number:
        recorder.report(
            Code.MEMBER_RENUMBERED,
            f"{enum}.{old.name}",
            f"`{enum}.{old.name}` was {old.number} and is now {new.number}",
            verdict=NEITHER_READS,
            old_span=old.span,
            new_span=new.span,
            mend=f"give it back its number {old.number}",
        )


def _report_added(recorder: Recorder, old: EnumDeclaration, member: EnumMember) -> None:
    element = f"{old.qualified_name}.{member.name}"
    report_new_case(recorder, element, old.span, member.span)
    if old.closed:
        recorder.report(
            Code.CLOSED_MEMBER_ADDED,
            element,
            f"`{element}` is new in a closed enum: older readers refuse it",
            verdict=ONLY_NEW_READS,
            old_span=old.span,
            new_span=member.span,
            mend="update every reader before a writer sends it",
        )
    else:
        recorder.report(
            Code.MEMBER_ADDED,
            element,
            f"`{element}` is new; older readers keep its number",
            old_span=old.span,
            new_span=member.span,
            mend="nothing to do",
        )


def _report_removed(
    recorder: Recorder, old: EnumDeclaration, new: EnumDeclaration, member: EnumMember, *, is_taken: bool
) -> None:
    element = f"{old.qualified_name}.{member.name}"
    refused = new.closed and not is_taken
    recorder.report(
        Code.CLOSED_MEMBER_REMOVED if refused else Code.MEMBER_REMOVED,
        element,
        f"`{element}` is gone"
        + (" from a closed enum: where it was written it is refused" if refused else ""),
        verdict=Verdict(new_reads_old=not refused),
        old_span=member.span,
        new_span=new.span,
        mend="keep it, marked `@deprecated`" if refused else "nothing to do",
    )
    report_gone(recorder, element, member.span, new.span)
    if not is_taken:
        report_not_reserved(recorder, element, new.reserved, member.number, None, member.span, new.span)
