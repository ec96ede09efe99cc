"""Source text as rustfmt would lay it out, for the few constructs generated code is made of.

Every function returns text without a newline at its end. ``indent`` is a number of columns.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

LINE_WIDTH = 100
"""rustfmt's ``max_width``."""

CALL_WIDTH = 60
"""rustfmt's ``fn_call_width``: arguments wider than this go on lines of their own."""

ARRAY_WIDTH = 60
"""rustfmt's ``array_width``."""

SHORT_ITEM_WIDTH = 10
"""rustfmt's ``short_array_element_width_threshold``: items up to this width share lines."""

STRUCT_WIDTH = 18
"""rustfmt's ``struct_lit_width``."""

STEP = 4

_SIMPLE = re.compile(r'"[^"]*"|[&*-]*[\w.]+')
"""Literals, variables and fields, perhaps borrowed: rustfmt lets short ones share a line."""


def _fits(line: str) -> bool:
    return len(line) <= LINE_WIDTH


def _vertical(indent: int, opening: str, items: Sequence[str], closing: str) -> str:
    inner = " " * (indent + STEP)
    return "\n".join([opening, *(f"{inner}{item}," for item in items), " " * indent + closing])


def call(indent: int, before: str, callee: str, arguments: Sequence[str], after: str) -> str:
    """``before callee(arguments) after``; the callee may end in a turbofish."""
    start = " " * indent + before + callee
    joined = ", ".join(arguments)
    one_line = f"{start}({joined}){after}"
    if _fits(one_line) and len(joined) <= CALL_WIDTH:
        return one_line
    if not _fits(f"{start}(") and "::<" in callee:
        path, generics = callee.split("::<", 1)
        opening = _vertical(indent, " " * indent + before + path + "::<", [generics[:-1]], ">(")
        if len(joined) <= CALL_WIDTH and _fits(f"{' ' * indent}>({joined}){after}"):
            return f"{opening}{joined}){after}"
    else:
        opening = f"{start}("
    if all(_SIMPLE.fullmatch(argument) and len(argument) <= SHORT_ITEM_WIDTH for argument in arguments):
        lines = _filled(indent + STEP, arguments, LINE_WIDTH)
        return "\n".join([opening, *lines, f"{' ' * indent}){after}"])
    return _vertical(indent, opening, arguments, f"){after}")


def signature(indent: int, head: str, parameters: Sequence[str], result: str) -> str:
    """``head(parameters) -> result {``."""
    start = " " * indent + head
    end = f" -> {result} {{" if result else " {"
    one_line = f"{start}({', '.join(parameters)}){end}"
    return one_line if _fits(one_line) else _vertical(indent, f"{start}(", parameters, f"){end}")


def statement(indent: int, left: str, separator: str, right: str, end: str) -> str:
    """``left separator right end``, the right side on a line of its own where there is no room."""
    one_line = f"{' ' * indent}{left}{separator} {right}{end}"
    if _fits(one_line):
        return one_line
    return f"{' ' * indent}{left}{separator}\n{' ' * (indent + STEP)}{right}{end}"


def struct_literal(indent: int, before: str, name: str, fields: Sequence[str], after: str) -> str:
    """``before Name { fields } after``. Each field is laid out already, indented one step deeper, with its comma."""
    if not fields:
        return f"{' ' * indent}{before}{name} {{}}{after}"
    joined = ", ".join(field.strip().removesuffix(",") for field in fields)
    if "\n" not in joined and len(joined) <= STRUCT_WIDTH:
        return f"{' ' * indent}{before}{name} {{ {joined} }}{after}"
    return "\n".join([f"{' ' * indent}{before}{name} {{", *fields, f"{' ' * indent}}}{after}"])


def moved_field(indent: int, name: str) -> str:
    """A field of a struct literal that takes the field of the same name out of ``self``."""
    one_line = f"{' ' * indent}{name}: self.{name},"
    if _fits(one_line):
        return one_line
    return f"{' ' * indent}{name}: self\n{' ' * (indent + STEP)}.{name},"


def array(indent: int, before: str, items: Sequence[str], after: str) -> str:
    """``before [items] after``. The arguments of an item that is a call hold no comma of their own."""
    start = " " * indent + before
    joined = ", ".join(items)
    one_line = f"{start}[{joined}]{after}"
    if _fits(one_line) and len(joined) <= ARRAY_WIDTH:
        return one_line
    declared, equals, reference = before.rpartition("= ")
    if equals and (len(joined) <= ARRAY_WIDTH or len(items) == 1):
        return f"{' ' * indent}{declared}=\n{' ' * (indent + STEP)}{reference}[{joined}]{after}"
    if len(items) == 1 and items[0].endswith(")"):
        callee, arguments = items[0].removesuffix(")").split("(", 1)
        return _vertical(indent, f"{start}[{callee}(", arguments.split(", "), f")]{after}")
    if all(len(item) <= SHORT_ITEM_WIDTH for item in items):
        lines = _filled(indent + STEP, items, LINE_WIDTH - len(after))
        return "\n".join([f"{start}[", *lines, f"{' ' * indent}]{after}"])
    return _vertical(indent, f"{start}[", items, f"]{after}")


def _filled(indent: int, items: Sequence[str], width: int) -> list[str]:
    lines = [""]
    for item in items:
        longer = f"{lines[-1]} {item}," if lines[-1] else f"{item},"
        if indent + len(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(f"{item},")
    return [" " * indent + line for line in lines]


def tuple_variant(name: str, type_text: str) -> str:
    """A variant of an enum with one value."""
    one_line = f"{' ' * STEP}{name}({type_text}),"
    if _fits(one_line):
        return one_line
    return _vertical(STEP, f"{' ' * STEP}{name}(", [type_text], "),")


def match_arm(indent: int, pattern: str, callee: str, arguments: Sequence[str]) -> str:
    """``pattern => callee(arguments),``, in a block of its own where there is no room."""
    beside = call(indent, f"{pattern} => ", callee, arguments, ",")
    body = call(indent + STEP, "", callee, arguments, "")
    if "\n" not in beside or "\n" in body:
        return beside
    return "\n".join([f"{' ' * indent}{pattern} => {{", body, f"{' ' * indent}}}"])


def use_list(path: str, names: Sequence[str]) -> str:
    """``use path::{names};`` with the names in rustfmt's order."""
    ordered = sorted(set(names), key=lambda name: (_use_rank(name), name))
    if len(ordered) == 1:
        return f"use {path}::{ordered[0]};"
    one_line = f"use {path}::{{{', '.join(ordered)}}};"
    if _fits(one_line):
        return one_line
    lines = _filled(STEP, ordered, LINE_WIDTH)
    return "\n".join([f"use {path}::{{", *lines, "};"])


def _use_rank(name: str) -> int:
    if name[:1].islower():
        return 0
    return 2 if name.upper() == name else 1
