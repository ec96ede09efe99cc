"""Presence and defaults of one field in two versions."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Surface
from mycelium.idl.compatibility.programs import report_presence
from mycelium.idl.compatibility.recorder import ONLY_NEW_READS, ONLY_OLD_READS, Recorder
from mycelium.idl.schema import BlockField, Presence, TaggedField


def compare_presence(
    recorder: Recorder, element: str, old: BlockField | TaggedField, new: BlockField | TaggedField
) -> None:
    """What absence was, is, and means. The type of the field is the same in both."""
    report_presence(recorder, element, old.presence, new.presence, old.span, new.span)
    match old.presence, new.presence:
        case (Presence.REQUIRED, Presence.OPTIONAL):
            recorder.report(
                Code.REQUIRED_TO_OPTIONAL,
                element,
                f"`{element}` was required and is now optional: older readers refuse messages without it",
                verdict=ONLY_NEW_READS,
                old_span=old.span,
                new_span=new.span,
                mend="give it a default instead; or update every reader before a writer leaves it out",
            )
        case (Presence.OPTIONAL, Presence.REQUIRED):
            recorder.report(
                Code.OPTIONAL_TO_REQUIRED,
                element,
                f"`{element}` was optional and is now required: older writers may leave it out",
                verdict=ONLY_OLD_READS,
                old_span=old.span,
                new_span=new.span,
                mend="leave it optional, or give it a default",
            )
        case (Presence.DEFAULTED, Presence.OPTIONAL) | (Presence.OPTIONAL, Presence.DEFAULTED):
            recorder.report(
                Code.ABSENCE_CHANGED,
                element,
                f"`{element}` was {old.presence.value} and is now {new.presence.value}: none arrives as the default",
                surface=Surface.SEMANTIC,
                old_span=old.span,
                new_span=new.span,
                mend="make sure that the default and none mean the same to every program",
            )
        case (Presence.REQUIRED, Presence.DEFAULTED) | (Presence.DEFAULTED, Presence.REQUIRED):
            recorder.report(
                Code.DEFAULT_ADDED_OR_REMOVED,
                element,
                f"`{element}` was {old.presence.value} and is now {new.presence.value}; it is always written",
                old_span=old.span,
                new_span=new.span,
                mend="nothing to do",
            )
        case (Presence.DEFAULTED, Presence.DEFAULTED) if repr(old.default) != repr(new.default):
            # By their text: 0.0 and -0.0 are equal and still different defaults.
            recorder.report(
                Code.DEFAULT_CHANGED,
                element,
                f"`{element}` has another default: where it is absent it means something else",
                surface=Surface.SEMANTIC,
                old_span=old.span,
                new_span=new.span,
                mend="keep the default, or add a field with the new one",
            )
