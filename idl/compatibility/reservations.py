"""Rules that protect the future: what is gone stays reserved, and what is reserved is not used again."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Surface
from mycelium.idl.compatibility.recorder import Recorder
from mycelium.idl.schema import Reserved, Span


def is_reserved(reserved: Reserved, number: int) -> bool:
    """Whether a number is in one of the ranges."""
    return any(lower <= number <= upper for lower, upper in reserved.ranges)


def report_not_reserved(
    recorder: Recorder,
    element: str,
    reserved: Reserved,
    number: int,
    name: str | None,
    old_span: Span | None,
    new_span: Span | None,
) -> None:
    """Something was removed: report what of it is not reserved; ``name`` is None where numbers suffice."""
    missing = [] if is_reserved(reserved, number) else [str(number)]
    if name is not None and name not in reserved.names:
        missing.append(f'"{name}"')
    if missing:
        recorder.report(
            Code.NOT_RESERVED,
            element,
            f"`{element}` was removed and not reserved: a later version could use it for something else",
            surface=Surface.RULE,
            old_span=old_span,
            new_span=new_span,
            mend=f"add `reserved {', '.join(missing)};`",
        )


def report_reused(
    recorder: Recorder,
    holder: str,
    reserved: Reserved,
    number: int,
    name: str,
    old_span: Span | None,
    new_span: Span | None,
) -> None:
    """Something is there now: report a number or name of it that used to be reserved."""
    used = [str(number)] if is_reserved(reserved, number) else []
    if name in reserved.names:
        used.append(f'"{name}"')
    if used:
        recorder.report(
            Code.RESERVED_REUSED,
            f"{holder}.{name}",
            f"`{holder}.{name}` uses {' and '.join(used)}, which was reserved: it once meant something else",
            surface=Surface.RULE,
            old_span=old_span,
            new_span=new_span,
            mend="reserve it again, and choose another",
        )
