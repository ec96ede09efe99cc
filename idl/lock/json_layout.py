"""JSON laid out for people who read differences: what fits on a line is on one line."""

from __future__ import annotations

import json
from collections.abc import Iterator

MAXIMUM_LINE_LENGTH = 120


def laid_out(value: object) -> str:
    """The text, ending in a newline; equal values give equal texts."""
    return "".join(_pieces(value, "", "")) + "\n"


def _pieces(value: object, lead: str, indent: str) -> Iterator[str]:
    """``lead`` is what already stands on the line, behind the indent."""
    inline = json.dumps(value, ensure_ascii=False, allow_nan=False)
    if (
        len(indent) + len(lead) + len(inline) < MAXIMUM_LINE_LENGTH
        or not isinstance(value, dict | list)
        or not value
    ):
        yield inline
        return
    inner = f"{indent} "
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    entries: list[tuple[str, object]]
    if isinstance(value, dict):
        entries = [(f"{json.dumps(name, ensure_ascii=False)}: ", inside) for name, inside in value.items()]
    else:
        entries = [("", inside) for inside in value]
    separator = opening
    for name, inside in entries:
        yield f"{separator}\n{inner}{name}"
        yield from _pieces(inside, name, inner)
        separator = ","
    yield f"\n{indent}{closing}"
