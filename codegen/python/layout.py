"""Python text laid out as black would leave it, without the time black takes.

An expression is text, or a bracketed group of expressions. What fits on a line stays on it; a group that does not
gets one line per item and a comma after the last, which black keeps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

LINE_WIDTH = 88
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Group:
    """``opening item, item closing``, as in a call, a tuple or a list."""

    opening: str
    items: tuple[Expression, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class Keyword:
    """``name=value`` among the items of a call."""

    name: str
    value: Expression


@dataclass(frozen=True, slots=True)
class Comprehension:
    """``[element clause]``."""

    element: Expression
    clause: str


@dataclass(frozen=True, slots=True)
class Conditional:
    """``value if condition else other``, as the whole right side of an assignment."""

    value: str
    condition: str
    other: str


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal, and the same in parts for when it does not fit its line."""

    whole: str
    parts: tuple[str, ...]


Expression: TypeAlias = str | Group | Keyword | Comprehension | Conditional | Text


def call(function: str, items: Iterable[Expression]) -> Group:
    """``function(items)``."""
    return Group(f"{function}(", tuple(items), ")")


def tuple_of(items: Sequence[Expression]) -> Group:
    """``(items)``, with the comma that one item needs."""
    return Group("(", tuple(items), ",)" if len(items) == 1 else ")")


def flat(expression: Expression) -> str:
    """The expression on one line."""
    match expression:
        case Group(opening=opening, items=items, closing=closing):
            return opening + ", ".join(map(flat, items)) + closing
        case Keyword(name=name, value=value):
            return f"{name}={flat(value)}"
        case Comprehension(element=element, clause=clause):
            return f"[{flat(element)} {clause}]"
        case Conditional(value=text, condition=condition, other=other):
            return f"{text} if {condition} else {other}"
        case Text(whole=whole):
            return whole
    return expression


def _is_within(expression: Expression, room: int) -> bool:
    """Whether the expression on one line is no longer than that; gives up at the first sign."""
    if isinstance(expression, Group):
        pending: list[Expression] = list(expression.items)
        room -= len(expression.opening) + len(expression.closing) + 2 * max(len(pending) - 1, 0)
        while pending and room >= 0:
            item = pending.pop()
            if isinstance(item, Keyword):
                room -= len(item.name) + 1
                item = item.value
            if isinstance(item, Group):
                room -= len(item.opening) + len(item.closing) + 2 * max(len(item.items) - 1, 0)
                pending += item.items
            else:
                room -= len(flat(item))
        return room >= 0
    return len(flat(expression)) <= room


def lay_out(expression: Expression, before: str = "", after: str = "", indent: int = 0) -> list[str]:
    """The lines of ``before expression after``, indented by that many levels."""
    if isinstance(expression, Keyword):
        return lay_out(expression.value, f"{before}{expression.name}=", after, indent)
    margin = INDENT * indent
    room = LINE_WIDTH - len(margin) - len(before) - len(after)
    if isinstance(expression, str) or _is_within(expression, room):
        return [margin + before + flat(expression) + after]
    if isinstance(expression, Conditional):
        return [f"{margin}{before}(", *_conditional_lines(expression, indent + 1), f"{margin}){after}"]
    if isinstance(expression, Comprehension):
        inner = [*lay_out(expression.element, indent=indent + 1), margin + INDENT + expression.clause]
        return [f"{margin}{before}[", *inner, f"{margin}]{after}"]
    if isinstance(expression, Text):
        inner = [margin + INDENT + part for part in expression.parts]
        return [f"{margin}{before}(", *inner, f"{margin}){after}"]
    if not expression.items:
        return [margin + before + flat(expression) + after]
    lines = [margin + before + expression.opening]
    for item in expression.items:
        lines += lay_out(item, "", ",", indent + 1)
    return [*lines, margin + expression.closing.lstrip(",") + after]


def _conditional_lines(expression: Conditional, indent: int) -> list[str]:
    margin = INDENT * indent
    line = margin + flat(expression)
    if len(line) <= LINE_WIDTH:
        return [line]
    return [
        margin + expression.value,
        f"{margin}if {expression.condition}",
        f"{margin}else {expression.other}",
    ]


def refuse_if(conditions: Sequence[str], indent: int) -> list[str]:
    """``if`` statements that raise when any condition holds, as few as fit their lines."""
    lines: list[str] = []
    room = LINE_WIDTH - len(INDENT) * indent - len("if :")
    group: list[str] = []
    for condition in conditions:
        if group and len(" or ".join([*group, condition])) > room:
            lines += _refusal(group, indent)
            group = []
        group.append(condition)
    return lines + _refusal(group, indent) if group else lines


def _refusal(conditions: Sequence[str], indent: int) -> list[str]:
    return [
        f"{INDENT * indent}if {' or '.join(conditions)}:",
        f"{INDENT * (indent + 1)}raise _fast.Unexpected",
    ]
