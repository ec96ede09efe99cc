"""Messages in two versions: identity, topic, and tagged fields by name and then by tag."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.blocks import compare_blocks
from mycelium.idl.compatibility.findings import Surface
from mycelium.idl.compatibility.names import report_renamed
from mycelium.idl.compatibility.presence import compare_presence
from mycelium.idl.compatibility.programs import report_gone, report_new_required
from mycelium.idl.compatibility.recorder import (
    BOTH_READ,
    NEITHER_READS,
    ONLY_NEW_READS,
    ONLY_OLD_READS,
    Recorder,
)
from mycelium.idl.compatibility.reservations import report_not_reserved, report_reused
from mycelium.idl.compatibility.sensitivity import compare_sensitivity
from mycelium.idl.compatibility.types import TypeComparison
from mycelium.idl.schema import BlockField, MessageDeclaration, Presence, TaggedField


def compare_messages(recorder: Recorder, old: MessageDeclaration, new: MessageDeclaration) -> None:
    """Everything about one message but what its fields refer to."""
    _compare_identity(recorder, old, new)
    compare_blocks(recorder, old, new)
    settled = _compare_old_fields(recorder, old, new)
    name = old.qualified_name
    old_names = {field.name for field in old.fields}
    for field in new.tagged:
        if field.name not in settled and field.name not in old_names:
            _report_added(recorder, old, field)
        report_reused(recorder, name, old.reserved, field.tag, field.name, old.span, field.span)


def _compare_identity(recorder: Recorder, old: MessageDeclaration, new: MessageDeclaration) -> None:
    name = old.qualified_name
    if None not in (old.type_id, new.type_id) and old.type_id != new.type_id:
        recorder.report(
            Code.TYPE_ID_CHANGED,
            name,
            f"`{name}` had the type id {old.type_id} and now has {new.type_id}",
            verdict=NEITHER_READS,
            old_span=old.span,
            new_span=new.span,
            mend=f"give it back its type id {old.type_id}; what is different is another message",
        )
    if old.topic != new.topic:
        recorder.report(
            Code.TOPIC_CHANGED,
            name,
            f"`{name}` was on {_topic(old.topic)} and is now on {_topic(new.topic)}",
            surface=Surface.SEMANTIC,
            old_span=old.span,
            new_span=new.span,
            mend="keep the topic; or let publishers use both until every subscriber has moved",
        )


def _topic(topic: str | None) -> str:
    return "no topic" if topic is None else f'the topic "{topic}"'


def _compare_old_fields(recorder: Recorder, old: MessageDeclaration, new: MessageDeclaration) -> set[str]:
    """Compare the fields the old version has; the names of those of the new version that answer to them."""
    name = old.qualified_name
    old_names = {field.name for field in old.fields}
    by_name: dict[str, BlockField | TaggedField] = {field.name: field for field in new.fields}
    by_tag = {field.tag: field for field in new.tagged}
    settled: set[str] = set()
    for field in old.fields:
        element = f"{name}.{field.name}"
        same_name = by_name.get(field.name)
        if same_name is not None:
            settled.add(same_name.name)
            _compare_places(recorder, element, field, same_name)
        elif isinstance(field, TaggedField):
            same_tag = by_tag.get(field.tag)
            if same_tag is not None and same_tag.name not in old_names:
                settled.add(same_tag.name)
                report_renamed(recorder, element, same_tag.name, field.span, same_tag.span)
                _compare_tagged(recorder, element, field, same_tag)
            else:
                _report_removed(recorder, element, field, new)
    return settled


def _compare_places(
    recorder: Recorder, element: str, old: BlockField | TaggedField, new: BlockField | TaggedField
) -> None:
    """The same name: the same place as well? Two block fields are compared with their block."""
    if isinstance(old, BlockField) and isinstance(new, BlockField):
        return
    if isinstance(old, TaggedField) and isinstance(new, TaggedField) and old.tag == new.tag:
        _compare_tagged(recorder, element, old, new)
        return
    recorder.report(
        Code.TAG_CHANGED,
        element,
        f"`{element}` {_place(old, 'had', 'was')} and now {_place(new, 'has', 'is')}",
        verdict=NEITHER_READS,
        old_span=old.span,
        new_span=new.span,
        mend="put it back; a field keeps its number, or its place in the block, for ever",
    )


def _place(field: BlockField | TaggedField, has: str, is_: str) -> str:
    return f"{has} tag {field.tag}" if isinstance(field, TaggedField) else f"{is_} in the block"


def _compare_tagged(recorder: Recorder, element: str, old: TaggedField, new: TaggedField) -> None:
    if TypeComparison(recorder, element, old.span, new.span).compare(old.type, new.type):
        compare_presence(recorder, element, old, new)
    compare_sensitivity(recorder, element, old, new)


def _report_added(recorder: Recorder, old: MessageDeclaration, field: TaggedField) -> None:
    element = f"{old.qualified_name}.{field.name}"
    is_required = field.presence is Presence.REQUIRED
    recorder.report(
        Code.REQUIRED_FIELD_ADDED if is_required else Code.FIELD_ADDED,
        element,
        f"`{element}` is new" + (" and required: older writers lack it" if is_required else ""),
        verdict=ONLY_OLD_READS if is_required else BOTH_READ,
        old_span=old.span,
        new_span=field.span,
        mend="make it optional or give it a default" if is_required else "nothing to do",
    )
    if is_required:
        report_new_required(recorder, element, old.span, field.span)


def _report_removed(recorder: Recorder, element: str, field: TaggedField, new: MessageDeclaration) -> None:
    is_required = field.presence is Presence.REQUIRED
    recorder.report(
        Code.REQUIRED_FIELD_REMOVED if is_required else Code.FIELD_REMOVED,
        element,
        f"`{element}` is gone" + (": older readers need it" if is_required else ""),
        verdict=ONLY_NEW_READS if is_required else BOTH_READ,
        old_span=field.span,
        new_span=new.span,
        mend=(
            "keep it; or give it a default, update every reader, then remove it"
            if is_required
            else "nothing to do"
        ),
    )
    report_gone(recorder, element, field.span, new.span)
    report_not_reserved(recorder, element, new.reserved, field.tag, field.name, field.span, new.span)
