"""The history of a message -> the class constant ``VERSIONS``."""

from __future__ import annotations

import re

from mycelium.codegen.python.layout import (
    INDENT,
    LINE_WIDTH,
    Expression,
    Keyword,
    Text,
    call,
    lay_out,
    tuple_of,
)
from mycelium.codegen.python.scope import ModuleScope
from mycelium.codegen.python.types import string_text
from mycelium.idl.lock import KnownVersion, MessageHistory

_MODULE = "mycelium.versions"

_PART_WIDTH = LINE_WIDTH - 5 * len(INDENT)
"""A sentence stands in a class, a call, a tuple, a call and parentheses of its own."""

_WORD_START = re.compile(r"(?<= )(?=[^ ])")


def versions_constant(scope: ModuleScope, history: MessageHistory) -> list[str]:
    """The lines in the body of a class; none for a message without history, which has that of its base."""
    if history == MessageHistory():
        return []
    items: list[Expression] = [
        Keyword("version", string_text(history.version)),
        Keyword("same", string_text(history.same)),
    ]
    if history.known:
        items.append(Keyword("known", tuple_of([_known(scope, known) for known in history.known])))
    return lay_out(call(scope.use(_MODULE, "VersionHistory"), items), "VERSIONS = ", "", 1)


def _known(scope: ModuleScope, known: KnownVersion) -> Expression:
    differences = "; ".join(known.differences)
    items: list[Expression] = [
        Keyword("version", string_text(known.version)),
        Keyword("wire_digest", f"0x{known.wire_digest:016X}"),
        Keyword("direction", f"{scope.use(_MODULE, 'Direction')}.{known.direction.name}"),
        Keyword("differences", Text(string_text(differences), _parts(differences))),
    ]
    return call(scope.use(_MODULE, "KnownVersion"), items)


def _parts(text: str) -> tuple[str, ...]:
    """The text as literals that fit a line each."""
    parts = [""]
    for word in _WORD_START.split(text):
        if parts[-1] and len(string_text(parts[-1] + word)) > _PART_WIDTH:
            parts.append("")
        parts[-1] += word
    return tuple(map(string_text, parts))
