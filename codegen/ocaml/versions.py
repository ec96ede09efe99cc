"""The history of a message -> ``let versions`` of its module."""

from __future__ import annotations

import re

from mycelium.codegen.ocaml.line_breaking import WIDTH
from mycelium.codegen.ocaml.literals import digest_literal, string_literal
from mycelium.idl.lock import KnownVersion, MessageHistory

_WORD_START = re.compile(r"(?<= )(?=[^ ])")


def versions_definition(history: MessageHistory) -> str:
    """``let versions = ...``, to stand two columns in."""
    if history == MessageHistory():
        return "let versions = Mycelium.Versions.empty"
    fields = [
        f"version = {string_literal(history.version)};",
        f"same = {string_literal(history.same)};",
        *_known_field(history.known),
    ]
    lines = [
        "let versions =",
        "  Mycelium.Versions.",
        "    {",
        *(f"      {line}" for line in fields),
        "    }",
    ]
    return "\n".join(lines)


def _known_field(known: tuple[KnownVersion, ...]) -> list[str]:
    """At eight columns in the file."""
    if not known:
        return ["known = [];"]
    entries = [line for each in known for line in _entry(each)]
    return ["known =", "  [", *(f"    {line}" for line in entries), "  ];"]


def _entry(known: KnownVersion) -> list[str]:
    """At twelve columns in the file, its fields at fourteen."""
    fields = [
        *_text_field("version", known.version),
        f"wire_digest = {digest_literal(known.wire_digest)};",
        f"direction = {known.direction.name.capitalize()};",
        *_text_field("differences", "; ".join(known.differences)),
    ]
    return ["{", *(f"  {line}" for line in fields), "};"]


def _text_field(name: str, text: str) -> list[str]:
    line = f"{name} = {string_literal(text)};"
    if 14 + len(line) <= WIDTH:
        return [line]
    lines = [""]
    for word in _WORD_START.split(text):
        escaped = string_literal(word)[1:-1]
        if 17 + len(lines[-1]) + len(escaped) + 2 > WIDTH and lines[-1]:
            lines.append("")
        lines[-1] += escaped
    first, *others = [f"{line}\\" for line in lines[:-1]] + [f'{lines[-1]}";']
    return [f"{name} =", f'  "{first}', *(f"   {other}" for other in others)]
