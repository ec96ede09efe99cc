"""What is printed as ``<redacted>`` in two versions."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Surface
from mycelium.idl.compatibility.recorder import Recorder
from mycelium.idl.schema import BlockField, Declaration, StructField, TaggedField

_Annotated = Declaration | BlockField | TaggedField | StructField


def compare_sensitivity(recorder: Recorder, element: str, old: _Annotated, new: _Annotated) -> None:
    """``@sensitive`` changes no byte, but what logs show."""
    if old.annotations.sensitive == new.annotations.sensitive:
        return
    is_now = new.annotations.sensitive
    recorder.report(
        Code.SENSITIVITY_CHANGED,
        element,
        f"`{element}` is {'sensitive now: it is' if is_now else 'no longer sensitive: it is not'} redacted where it is"
        " printed",
        surface=Surface.SEMANTIC,
        old_span=old.span,
        new_span=new.span,
        mend=(
            "nothing to do; older programs still print it"
            if is_now
            else "make sure that it may be seen in every log it reaches"
        ),
    )
