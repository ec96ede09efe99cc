"""JSON laid out for people who read differences: what fits on a line is on one line."""

from __future__ import annotations

import json
from collections.abc import Iterator

MAXIMUM_LINE_LENGTH = 120

_Entries = list[tuple[str, object]]


def laid_out(value: object) -> str:
    """The text, ending in a newline; equal values give equal texts."""
    short: dict[int, str] = {}
    _note_short(value, short)
    return "".join(_pieces(value, "", "", short)) + "\n"


def _entries(value: dict[str, object] | list[object]) -> _Entries:
    if isinstance(value, dict):
        return [(f"{json.dumps(name, ensure_ascii=False)}: ", inside) for name, inside in value.items()]
    return [("", inside) for inside in value]


def _note_short(value: object, short: dict[int, str]) -> str | None:
    """The value on one line, if it fits on any; noted by its id if it is an object or an array."""
    if not isinstance(value, dict | list):
        return json.dumps(value, ensure_ascii=False, allow_nan=False)
    parts = [(name, _note_short(inside, short)) for name, inside in _entries(value)]
    length = sum(len(name) + len(inside or "") + 2 for name, inside in parts)
    if any(inside is None for _, inside in parts) or length > MAXIMUM_LINE_LENGTH:
        return None
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    short[id(value)] = f"{opening}{', '.join(f'{name}{inside}' for name, inside in parts)}{closing}"
    return short[id(value)]


def _pieces(value: object, lead: str, indent: str, short: dict[int, str]) -> Iterator[str]:
    """``lead`` is what already stands on the line, behind the indent."""
    if not isinstance(value, dict | list):
        yield json.dumps(value, ensure_ascii=False, allow_nan=False)
        return
    inline = short.get(id(value))
    if inline is not None and len(indent) + len(lead) + len(inline) < MAXIMUM_LINE_LENGTH:
        yield inline
        return
    inner = f"{indent} "
    separator, closing = "{}" if isinstance(value, dict) else "[]"
    for name, inside in _entries(value):
        yield f"{separator}\n{inner}{name}"
        yield from _pieces(inside, name, inner, short)
        separator = ","
    yield f"\n{indent}{closing}"
