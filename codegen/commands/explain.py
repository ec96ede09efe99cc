"""``mycelium-gen explain CODE``: what a diagnostic means and how to mend it."""

from __future__ import annotations

import difflib

from mycelium.codegen.commands.console import FINE, Console, UsageError
from mycelium.idl.explanations import EXPLANATIONS


def run(code: str | None, console: Console) -> int:
    """One explanation, or the list of all codes."""
    if code is None:
        for known in EXPLANATIONS.values():
            console.result(f"{known.code}  {known.title}")
        return FINE
    explanation = EXPLANATIONS.get(code.upper())
    if explanation is None:
        close = difflib.get_close_matches(code.upper(), EXPLANATIONS, n=1)
        hint = f"; did you mean {close[0]}?" if close else "; mycelium-gen explain lists them all"
        raise UsageError(f"no diagnostic has the code {code}{hint}")
    console.result(explanation.text())
    return FINE
