"""Which declarations hold which, in both versions: that is how far a change reaches."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import replace

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Finding, Verdict
from mycelium.idl.compatibility.recorder import Recorder

FRAME_CODES = frozenset({Code.TYPE_ID_CHANGED, Code.TYPE_ID_REUSED})
"""What these are about is the frame of one message; bodies that hold the message are as they were."""


def holders(recorder: Recorder, declaration: str) -> set[str]:
    """The declaration and all that hold it, at any depth."""
    return _reached([declaration], recorder.held_by)


def only_what_reaches_bytes(recorder: Recorder) -> list[Finding]:
    """All findings; those about what no message of both versions holds break nothing."""
    holds: dict[str, set[str]] = defaultdict(set)
    for held, by in recorder.held_by.items():
        for holder in by:
            holds[holder].add(held)
    messages = [message.qualified_name for message in recorder.old.messages()]
    held_by_messages = _reached([name for name in messages if recorder.partner(name) is not None], holds)
    return [
        (
            finding
            if finding.declaration in held_by_messages or finding.code in FRAME_CODES or not finding.is_break
            else _without_effect(finding)
        )
        for finding in recorder.findings
    ]


def _without_effect(finding: Finding) -> Finding:
    message = f"{finding.message}; no message holds it"
    return replace(finding, verdict=Verdict(), message=message, mend="nothing to do")


def _reached(names: Iterable[str], edges: dict[str, set[str]]) -> set[str]:
    found = set(names)
    waiting = deque(found)
    while waiting:
        for name in edges.get(waiting.popleft(), set()) - found:
            found.add(name)
            waiting.append(name)
    return found
