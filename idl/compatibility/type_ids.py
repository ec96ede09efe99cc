"""Messages as a set: which were added and removed, and what became of their type ids."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Surface
from mycelium.idl.compatibility.programs import report_programs
from mycelium.idl.compatibility.recorder import NEITHER_READS, Recorder
from mycelium.idl.compatibility.reservations import is_reserved
from mycelium.idl.schema import MessageDeclaration, Reserved, Schema


def pair_by_type_id(recorder: Recorder) -> None:
    """A message whose name is gone, and whose type id a new name has, was renamed."""
    by_id = _by_type_id(recorder.new)
    for message in recorder.old.messages():
        if message.type_id in by_id and recorder.partner(message.qualified_name) is None:
            taken_by = by_id[message.type_id]
            if _is_alike(message, taken_by):
                recorder.pair(message.qualified_name, taken_by.qualified_name)


def _is_alike(old: MessageDeclaration, new: MessageDeclaration) -> bool:
    """Whether two messages of one type id can be one message under two names: they share a field, or have none."""
    shared = {field.name for field in old.fields} & {field.name for field in new.fields}
    return bool(shared) or not old.fields or not new.fields


def _by_type_id(schema: Schema) -> dict[int | None, MessageDeclaration]:
    return {message.type_id: message for message in schema.messages() if message.type_id is not None}


def _reservations(schema: Schema) -> list[Reserved]:
    """Type ids are reserved by packages, and count in all of them."""
    return [package.reserved for package in schema.packages if package.reserved.ranges]


def compare_message_sets(recorder: Recorder) -> None:
    """Report messages that were added or removed, and type ids that changed hands.

    A message that got a type id, or lost it, is as good as added or removed: that is what frames can carry.
    """
    new_by_id, old_by_id = _by_type_id(recorder.new), _by_type_id(recorder.old)
    were_reserved = _reservations(recorder.old)
    for message in recorder.old.messages():
        taken_by = new_by_id.get(message.type_id)
        partner = recorder.partner(message.qualified_name)
        after = None if partner is None else recorder.new.find(partner)
        if taken_by is not None and recorder.is_new(taken_by.qualified_name):
            _report_reused(recorder, message, taken_by)
        elif not isinstance(after, MessageDeclaration):
            _report_removed(recorder, message, "is gone")
        elif message.type_id is not None and after.type_id is None:
            _report_removed(recorder, message, "has no type id any more: no frame carries it")
            recorder.begin(message)
            what = "cannot be framed any more"
            report_programs(
                recorder, message.qualified_name, what, old_span=message.span, new_span=after.span
            )
        elif message.type_id is None and after.type_id is not None:
            _report_added(recorder, after, "has a type id now: frames carry it")
    for message in recorder.new.messages():
        if recorder.is_new(message.qualified_name) and message.type_id not in old_by_id:
            _report_added(recorder, message, "is new")
        if any(is_reserved(each, message.type_id or 0) for each in were_reserved):
            _report_reserved(recorder, message)


def _report_reused(recorder: Recorder, old: MessageDeclaration, new: MessageDeclaration) -> None:
    recorder.report(
        Code.TYPE_ID_REUSED,
        old.qualified_name,
        f"the type id {old.type_id} was `{old.qualified_name}` and is now `{new.qualified_name}`",
        verdict=NEITHER_READS,
        declaration=old.qualified_name,
        old_span=old.span,
        new_span=new.span,
        mend=f"give `{new.qualified_name}` a type id that was never used, and reserve {old.type_id}",
    )


def _report_added(recorder: Recorder, message: MessageDeclaration, what: str) -> None:
    recorder.report(
        Code.MESSAGE_ADDED,
        message.qualified_name,
        f"`{message.qualified_name}` {what}",
        declaration=message.qualified_name,
        new_span=message.span,
        mend="nothing to do",
    )


def _report_removed(recorder: Recorder, message: MessageDeclaration, what: str) -> None:
    name, type_id = message.qualified_name, message.type_id
    recorder.report(
        Code.MESSAGE_REMOVED,
        name,
        f"`{name}` {what}",
        declaration=name,
        old_span=message.span,
        mend="nothing to do",
    )
    if type_id is not None and not any(is_reserved(each, type_id) for each in _reservations(recorder.new)):
        recorder.report(
            Code.TYPE_ID_NOT_RESERVED,
            name,
            f"`{name}` was removed and its type id {type_id} is not reserved",
            declaration=name,
            surface=Surface.SEMANTIC,
            old_span=message.span,
            mend=f"add `reserved {type_id};` to a file of the package",
        )


def _report_reserved(recorder: Recorder, message: MessageDeclaration) -> None:
    name = message.qualified_name
    recorder.report(
        Code.RESERVED_REUSED,
        name,
        f"`{name}` uses the type id {message.type_id}, which was reserved: it once was another message",
        declaration=name,
        surface=Surface.RULE,
        new_span=message.span,
        mend="reserve it again, and choose another",
    )
