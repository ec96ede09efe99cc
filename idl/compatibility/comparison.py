"""Two schemas, declaration by declaration."""

from __future__ import annotations

from collections.abc import Mapping

from mycelium.idl.compatibility.constants import compare_constants
from mycelium.idl.compatibility.enums import compare_enums
from mycelium.idl.compatibility.findings import Comparison, Finding, Verdict
from mycelium.idl.compatibility.holders import FRAME_CODES, holders, only_what_reaches_bytes
from mycelium.idl.compatibility.messages import compare_messages
from mycelium.idl.compatibility.names import report_renamed
from mycelium.idl.compatibility.programs import report_programs
from mycelium.idl.compatibility.recorder import Recorder
from mycelium.idl.compatibility.sensitivity import compare_sensitivity
from mycelium.idl.compatibility.structs import compare_structs
from mycelium.idl.compatibility.type_ids import compare_message_sets, pair_by_type_id
from mycelium.idl.compatibility.unions import compare_unions
from mycelium.idl.descriptor.consistency import types_of
from mycelium.idl.descriptor.types import references
from mycelium.idl.schema import (
    Declaration,
    EnumDeclaration,
    MessageDeclaration,
    Schema,
    StructDeclaration,
    UnionDeclaration,
)


def compare(old: Schema, new: Schema, twins: Mapping[int, Declaration] | None = None) -> Comparison:
    """Everything that changed from ``old`` to ``new``, sorted by element, each change once where it was declared.

    Many versions of one schema share most declarations, and those need no look. ``twins`` has, by the id of a declaration
    of ``new``, one that says the same and may be the very object ``old`` has.
    """
    recorder = Recorder(old, new)
    for declaration in old.declarations():
        found = new.find(declaration.qualified_name)
        if type(found) is type(declaration):
            recorder.pair(declaration.qualified_name, declaration.qualified_name)
    pair_by_type_id(recorder)
    while recorder.waiting:
        old_name, new_name = recorder.waiting.popleft()
        before, after = old.find(old_name), new.find(new_name)
        if before is not None and after is not None:
            twin = None if twins is None else twins.get(id(after))
            if not ((before is after or before is twin) and _is_all_the_same(recorder, before)):
                _compare_declarations(recorder, before, after)
    compare_message_sets(recorder)
    _report_gone(recorder)
    compare_constants(recorder)
    ordered = sorted(dict.fromkeys(only_what_reaches_bytes(recorder)), key=_order)
    return Comparison(tuple(ordered), _verdicts(recorder), recorder.partners())


def _is_all_the_same(recorder: Recorder, declaration: Declaration) -> bool:
    """Whether what a declaration refers to is, under the same names, what it was. That it holds it is noted as well."""
    recorder.begin(declaration)
    names = [reference.name for type_ in types_of(declaration) for reference in references(type_)]
    return all(recorder.corresponds(name, name) for name in names)


def _report_gone(recorder: Recorder) -> None:
    """Declarations that became no other; what that means for frames is said by ``compare_message_sets``."""
    for declaration in recorder.old.declarations():
        name = declaration.qualified_name
        if recorder.partner(name) is None:
            recorder.begin(declaration)
            report_programs(recorder, name, "is gone", old_span=declaration.span)


def _order(finding: Finding) -> tuple[str, str, str]:
    return (finding.element, finding.code.value, finding.message)


def _compare_declarations(recorder: Recorder, old: Declaration, new: Declaration) -> None:
    recorder.begin(old)
    if old.qualified_name != new.qualified_name:
        report_renamed(recorder, old.qualified_name, new.qualified_name, old.span, new.span)
    compare_sensitivity(recorder, old.qualified_name, old, new)
    match old, new:
        case (EnumDeclaration(), EnumDeclaration()):
            compare_enums(recorder, old, new)
        case (StructDeclaration(), StructDeclaration()):
            compare_structs(recorder, old, new)
        case (UnionDeclaration(), UnionDeclaration()):
            compare_unions(recorder, old, new)
        case (MessageDeclaration(), MessageDeclaration()):
            compare_messages(recorder, old, new)


def _verdicts(recorder: Recorder) -> Mapping[str, Verdict]:
    """A message reads what everything it holds, in both versions, reads."""
    verdicts = {
        message.qualified_name: Verdict()
        for message in recorder.old.messages()
        if recorder.partner(message.qualified_name) is not None
    }
    for finding in recorder.findings:
        if finding.is_break:
            is_about_frames = finding.code in FRAME_CODES
            touched = {finding.declaration} if is_about_frames else holders(recorder, finding.declaration)
            for name in touched:
                if name in verdicts:
                    verdicts[name] = verdicts[name].both(finding.verdict)
    return verdicts
