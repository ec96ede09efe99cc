"""Text -> tokens. Takes out doc comments and reports what can be no token, so that the parser sees words only."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import lark

from mycelium.idl import ast
from mycelium.idl.ast_builder import AstBuilder, Token
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector
from mycelium.idl.literals import decode_string, number_offence
from mycelium.idl.schema import Span
from mycelium.idl.source import Source

MAXIMUM_NESTING = 64
"""Deepest nesting of angle brackets, so that no input exhausts the stack of a later stage."""


@dataclass(frozen=True, slots=True)
class TokenStream:
    """The tokens of one file, without comments, and all its doc comments."""

    tokens: tuple[Token, ...]
    doc_comments: tuple[ast.DocComment, ...]


@cache
def language() -> lark.Lark:
    """The compiled grammar; read once, when first needed."""
    grammar = Path(__file__).with_name("grammar.lark").read_text(encoding="utf-8")
    # The words of the language are names too, so what a piece of text is does not depend on where it stands, and
    # the basic lexer does: recovery after an error never has to turn the lexer back.
    return lark.Lark(
        grammar,
        start=["file", "unparsed"],
        parser="lalr",
        lexer="basic",
        transformer=AstBuilder(),
        maybe_placeholders=True,
    )


def raw_tokens(text: str, *, with_comments: bool = False) -> Iterator[lark.Token]:
    """The tokens of a text as the grammar cuts it; any text can be cut."""
    return language().lex(text, dont_ignore=with_comments)


def tokenize(source: Source, collector: DiagnosticCollector) -> TokenStream:
    """All tokens of a file; what can be no token is reported and left out."""
    return _Lexer(source, collector).run()


class _Lexer:
    def __init__(self, source: Source, collector: DiagnosticCollector) -> None:
        self._source = source
        self._collector = collector
        self._tokens: list[Token] = []
        self._doc_comments: list[ast.DocComment] = []
        self._pending: list[lark.Token] = []
        self._last_line = 0
        self._nesting = 0

    def run(self) -> TokenStream:
        for token in raw_tokens(self._source.text):
            if token.type == "DOC_COMMENT":
                self._keep_doc_comment(token)
            elif not self._is_offence(token):
                self._keep(token)
        self._take_doc_comment()
        return TokenStream(tuple(self._tokens), tuple(self._doc_comments))

    def _keep(self, token: lark.Token) -> None:
        text = str(token)
        if token.type == "STRING":
            text = self._decoded(token)
        elif token.type == "NUMBER":
            offence = number_offence(text)
            if offence:
                self._collector.report(
                    Code.MALFORMED_NUMBER,
                    self._span(token),
                    f"`{_shortened(text)}` is not a number",
                    hint=offence,
                )
                text = "0"
        doc = self._take_doc_comment() if self._pending else None
        self._tokens.append(Token(token.type, text, self._span(token), doc))
        self._last_line = token.end_line or 0

    def _span(self, token: lark.Token) -> Span:
        return Span(
            self._source.name, token.line or 1, token.column or 1, token.end_line or 1, token.end_column or 1
        )

    def _decoded(self, token: lark.Token) -> str:
        text, offences = decode_string(str(token))
        for offset, reason in offences:
            line, column = token.line or 1, (token.column or 1) + offset
            span = Span(self._source.name, line, column, line, column + 2)
            self._collector.report(Code.BAD_ESCAPE, span, "unknown escape in a string", hint=reason)
        return text

    def _keep_doc_comment(self, token: lark.Token) -> None:
        if token.line == self._last_line:
            # Behind something on its line it would silently attach to the next declaration.
            self._doc_comments.append(ast.DocComment(_doc_text(token), self._span(token)))
        else:
            self._pending.append(token)

    def _take_doc_comment(self) -> ast.DocComment | None:
        if not self._pending:
            return None
        first, last = self._span(self._pending[0]), self._span(self._pending[-1])
        span = Span(first.file, first.line, first.column, last.end_line, last.end_column)
        doc = ast.DocComment("\n".join(_doc_text(token) for token in self._pending).strip("\n"), span)
        self._pending.clear()
        self._doc_comments.append(doc)
        return doc

    def _is_offence(self, token: lark.Token) -> bool:
        span = self._span(token)
        if token.type == "UNTERMINATED_STRING":
            self._report_unterminated_string(span)
        elif token.type == "UNTERMINATED_COMMENT":
            opening = Span(span.file, span.line, span.column, span.line, span.column + 2)
            self._collector.report(
                Code.UNTERMINATED_COMMENT, opening, "this comment never ends", hint="end it with `*/`"
            )
        elif token.type == "UNKNOWN_CHARACTERS":
            self._report_unknown_characters(str(token), span)
        elif token.type == "LESSTHAN":
            self._nesting += 1
            if self._nesting == MAXIMUM_NESTING + 1:
                self._collector.report(
                    Code.NESTED_TOO_DEEPLY, span, f"types are nested more than {MAXIMUM_NESTING} deep"
                )
            return self._nesting > MAXIMUM_NESTING
        elif token.type in ("SEMICOLON", "LBRACE", "RBRACE"):
            self._nesting = 0
            return False
        elif token.type == "MORETHAN":
            self._nesting -= 1
            return False
        else:
            return False
        return True

    def _report_unterminated_string(self, span: Span) -> None:
        self._collector.report(
            Code.UNTERMINATED_STRING, span, "this string never ends", hint='end it with `"` on the same line'
        )

    def _report_unknown_characters(self, text: str, span: Span) -> None:
        hint = None
        if text == "'":
            hint = 'strings are written in double quotes: "text"'
        elif text == "#":
            hint = "comments start with `//`"
        elif text.isalpha() or text == "_":
            hint = "names are made of the letters a to z and A to Z, digits and `_`, and start with a letter"
        shown = text if text.isprintable() else f"U+{ord(text[0]):04X}"
        self._collector.report(
            Code.UNEXPECTED_CHARACTER, span, f"unexpected character `{_shortened(shown)}`", hint=hint
        )


def _doc_text(token: lark.Token) -> str:
    return str(token)[3:].rstrip().removeprefix(" ")


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
