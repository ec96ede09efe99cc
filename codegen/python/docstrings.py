"""Documentation comments as docstrings, laid out as black leaves them."""

from __future__ import annotations

from collections.abc import Sequence

from mycelium.codegen.python.layout import INDENT


def docstring(paragraphs: Sequence[str], indent: int) -> tuple[str, ...]:
    """The lines of a docstring of these paragraphs, none if there is nothing to say."""
    lines: list[str] = []
    for paragraph in paragraphs:
        cleaned = _cleaned(paragraph)
        if cleaned:
            lines += ["", *cleaned] if lines else cleaned
    if not lines:
        return ()
    margin = INDENT * indent
    if lines[0].startswith('"'):
        lines[0] = f" {lines[0]}"
    if len(lines) == 1:
        return (f'{margin}"""{_safe_end(lines[0])}"""',)
    body = [f'{margin}"""{lines[0]}', *(f"{margin}{line}" if line else "" for line in lines[1:])]
    return (*body, f'{margin}"""')


def _cleaned(paragraph: str) -> list[str]:
    """Lines without what would end the docstring, be read as an escape, or be stripped by a formatter."""
    lines = [_printable(line.expandtabs(4)).rstrip() for line in paragraph.strip().split("\n")]
    while lines and not lines[0]:
        del lines[0]
    shared = min((len(line) - len(line.lstrip()) for line in lines[1:] if line), default=0)
    return [lines[0].strip(), *(line[shared:] for line in lines[1:])] if lines else []


def _printable(line: str) -> str:
    escaped = line.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in escaped
    )


def _safe_end(line: str) -> str:
    """A line that can stand before the closing quotes."""
    return f"{line} " if line.endswith('"') else line
