"""Doc comments."""

from __future__ import annotations

import re

from mycelium.idl.schema import Annotations

_LIST_ITEM = re.compile(r"\s*([-*+]|\d+[.)])\s")


def documentation(doc: str, annotations: Annotations, otherwise: str = "") -> tuple[str, ...]:
    """The lines of a doc comment, deprecation included; ``otherwise`` where the schema says nothing."""
    lines = _plain_lines(doc)
    lines = _continue_list_items(lines) if any(lines) else [otherwise] if otherwise else []
    if annotations.deprecated is not None:
        notice = f"Deprecated: {annotations.deprecated}" if annotations.deprecated else "Deprecated."
        lines += ["", *_plain_lines(notice)] if lines else _plain_lines(notice)
    return tuple(lines)


_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Characters that change the direction of text: the compiler refuses them in comments, where they can hide code."""


def _plain_lines(text: str) -> list[str]:
    shown = _TURNING.sub(lambda found: f"\\u{{{ord(found.group()):x}}}", text)
    return [line.rstrip().expandtabs(4) for line in shown.splitlines()]


def _continue_list_items(lines: list[str]) -> list[str]:
    """Indents the lines after a list item that go on with it, as documentation tools want them."""
    continued: list[str] = []
    inside_item = False
    for line in lines:
        if _LIST_ITEM.match(line):
            inside_item = True
        elif not line:
            inside_item = False
        elif inside_item:
            line = f"  {line.lstrip()}"
        continued.append(line)
    return continued


def comment(line: str) -> str:
    """One line of a doc comment, after its indentation."""
    return f"/// {line}" if line else "///"
