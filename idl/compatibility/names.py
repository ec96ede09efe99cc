"""Names that changed while the wire did not."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Surface
from mycelium.idl.compatibility.programs import LANGUAGES
from mycelium.idl.compatibility.recorder import Recorder
from mycelium.idl.schema import Span


def report_renamed(
    recorder: Recorder, element: str, new_name: str, old_span: Span | None, new_span: Span | None
) -> None:
    """Programs and the JSON form use names; the wire does not."""
    recorder.report(
        Code.NAME_CHANGED,
        element,
        f"`{element}` is now called `{new_name}`: the bytes agree, programs and the JSON form use the name",
        surface=Surface.SOURCE,
        languages=LANGUAGES,
        old_span=old_span,
        new_span=new_span,
        mend="keep the name; or change the programs together with it",
    )
