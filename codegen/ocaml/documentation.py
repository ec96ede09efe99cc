"""Doc comments of a schema -> documentation comments of OCaml."""

from __future__ import annotations

import re
from itertools import cycle
from textwrap import wrap

from mycelium.codegen.ocaml.line_breaking import WIDTH

_MARKUP = re.compile(r"([{}\[\]@\\])")
_QUOTED_STRING = re.compile(r"\{(?=[%\w.\s]*\|)")
_COMMENT_MARK = re.compile(r"\((?=\*)|\*(?=\))")


def comment(text: str, indent: int = 0) -> str:
    """``(** text *)`` with further lines aligned below the first, ``indent`` columns in; "" for no text."""
    if not text.strip():
        return ""
    margin = " " * (indent + 4)
    end = " *)"
    width = WIDTH - len(margin) - len(end)
    lines = [part for line in text.strip().splitlines() for part in wrap(line, width) or [""]]
    return "(** " + "\n".join([lines[0], *(margin + line if line else "" for line in lines[1:])]) + end


def plain(text: str) -> str:
    """A schema's own words, such that neither OCaml nor its documentation tool reads more into them.

    Even in comments OCaml reads string literals, comment marks and ``{id|``: quotation marks become typographic,
    marks get a space inside, and that brace becomes a parenthesis.
    """
    marks = cycle("\u201c\u201d")
    text = re.sub('"', lambda _: next(marks), text)
    text = _QUOTED_STRING.sub("(", text)
    text = _COMMENT_MARK.sub(lambda match: match.group() + " ", text)
    return _MARKUP.sub(r"\\\1", text)


def paragraphs(*texts: str) -> str:
    """The texts that are not empty, with an empty line between them."""
    return "\n\n".join(text for text in texts if text)
