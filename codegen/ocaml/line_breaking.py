"""Where lines of OCaml end: expressions that fit stay on their line, others continue below, indented."""

from __future__ import annotations

from collections.abc import Iterable

WIDTH = 78
"""Of 80 columns two are for the module that all definitions are in."""


def words_of(expression: str) -> tuple[str, ...]:
    """The function and arguments of an application: split at spaces outside brackets and string literals."""
    words: list[str] = []
    current: list[str] = []
    depth = 0
    in_string = escaped = False
    for character in expression:
        if in_string:
            in_string = escaped or character != '"'
            escaped = not escaped and character == "\\"
        elif character == '"':
            in_string = True
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        if character == " " and depth == 0 and not in_string:
            words.append("".join(current))
            current.clear()
        else:
            current.append(character)
    words.append("".join(current))
    return tuple(words)


def fill(words: Iterable[str], indent: int, hanging: int, suffix: str = "") -> str:
    """The words on as few lines as fit, the first at ``indent`` and the others at ``hanging`` columns.

    ``suffix`` follows the last word directly. The text starts with its indentation. A parenthesis too long for a line
    is itself filled.
    """
    remaining = list(words)
    remaining[-1] += suffix
    lines: list[str] = []
    line = " " * indent + remaining[0]
    for word in remaining[1:]:
        if len(line) + 1 + len(word) <= WIDTH:
            line += " " + word
            continue
        lines.append(line)
        line = " " * hanging + word
        if len(line) > WIDTH and word.startswith("("):
            *broken, line = _parenthesis(word, hanging).split("\n")
            lines += broken
    return "\n".join([*lines, line])


def _parenthesis(word: str, indent: int) -> str:
    """``(f a b)``, perhaps with a suffix, at ``indent`` columns."""
    inner, _, end = word[1:].rpartition(")")
    return " " * indent + "(" + fill(words_of(inner), indent + 1, indent + 3, ")" + end).lstrip()


def application(expression: str, indent: int, suffix: str = "") -> str:
    """An application as a statement, its further lines two columns further in."""
    line = " " * indent + expression + suffix
    return line if len(line) <= WIDTH else fill(words_of(expression), indent, indent + 2, suffix)


def binding(name: str, expression: str, indent: int, end: str = " in") -> str:
    """``let name = expression in``, with the expression on lines of its own where it does not fit beside."""
    margin = " " * indent
    line = f"{margin}let {name} = {expression}{end}"
    if len(line) <= WIDTH:
        return line
    body = application(expression, indent + 2)
    return f"{margin}let {name} =\n{body}" + (f"\n{margin}{end.strip()}" if end else "")


def choice(name: str, condition: str, chosen: str, other: str, indent: int) -> str:
    """``let name = if condition then chosen else other in``, on lines of their own."""
    margin = " " * indent
    head = f"{margin}  if {condition} then"
    line = f"{head} {chosen}"
    body = line if len(line) <= WIDTH else f"{head}\n{application(chosen, indent + 4)}"
    return f"{margin}let {name} =\n{body}\n{margin}  else {other}\n{margin}in"


def record(fields: Iterable[str], indent: int) -> str:
    """``{ a; b }``, one field to a line where they do not fit on one."""
    fields = list(fields)
    margin = " " * indent
    line = f"{margin}{{ {'; '.join(fields)} }}"
    if len(line) <= WIDTH:
        return line
    return "\n".join([f"{margin}{{", *(f"{margin}  {field};" for field in fields), f"{margin}}}"])


def list_(prefix: str, items: Iterable[str], indent: int) -> str:
    """``prefix[ a; b ]``, one item to a line where they do not fit on one."""
    items = list(items)
    margin = " " * indent
    line = f"{margin}{prefix}[ {'; '.join(items)} ]" if items else f"{margin}{prefix}[]"
    if len(line) <= WIDTH:
        return line
    inner = margin + "  " if prefix else margin
    lines = [f"{inner}[", *(application(item, len(inner) + 2, ";") for item in items), f"{inner}]"]
    return "\n".join([margin + prefix, *lines] if prefix else lines)


def function(head: str, body: str) -> str:
    """``let f x =`` and its body, on one line where they fit."""
    line = f"{head} {body.strip()}"
    return line if len(line) <= WIDTH and "\n" not in line else f"{head}\n{body}"


def signature(name: str, types: Iterable[str]) -> str:
    """``val name : a -> b``, one type to a line where they do not fit on one."""
    types = list(types)
    line = f"val {name} : {' -> '.join(types)}"
    return line if len(line) <= WIDTH else f"val {name} :\n  " + " ->\n  ".join(types)


def items(definitions: Iterable[str]) -> str:
    """Definitions below one another, those of several lines set apart by empty ones."""
    text = ""
    previous = ""
    for definition in definitions:
        apart = "\n" in previous or "\n" in definition
        text += ("" if not previous else "\n\n" if apart else "\n") + definition
        previous = definition
    return text
