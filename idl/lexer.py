"""Text -> tokens. Takes out doc comments and reports what can be no token, so that the parser sees words only."""

from __future__ import annotations

from dataclasses import dataclass

from mycelium.idl import ast
from mycelium.idl.ast_builder import Token
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import Diagnostic, DiagnosticCollector, Label
from mycelium.idl.language import scan
from mycelium.idl.literals import decode_string, number_offence
from mycelium.idl.schema import Span
from mycelium.idl.source import Source, join

MAXIMUM_NESTING = 64
"""Deepest nesting of angle brackets, of arrays, and of structs in one another, so that no input exhausts the stack of a later stage."""

_IGNORED = frozenset({"LINE_COMMENT", "BLOCK_COMMENT"})
_OFFENCES = frozenset({"UNTERMINATED_STRING", "UNTERMINATED_COMMENT", "UNKNOWN_CHARACTERS"})


@dataclass(frozen=True, slots=True)
class TokenStream:
    """The tokens of one file, without comments, and all its doc comments.

    ``gaps`` are the indices of tokens before which something was left out after a report; ``strays`` are characters
    that mean nothing, left out before a token, which the parser reports unless they are a part of another mistake.
    """

    tokens: tuple[Token, ...]
    doc_comments: tuple[ast.DocComment, ...]
    gaps: frozenset[int]
    strays: tuple[tuple[int, Diagnostic], ...]


def tokenize(source: Source, collector: DiagnosticCollector) -> TokenStream:
    """All tokens of a file; what can be no token is reported and left out."""
    return _Lexer(source, collector).run()


class _Lexer:
    def __init__(self, source: Source, collector: DiagnosticCollector) -> None:
        self._source = source
        self._collector = collector
        self._tokens: list[Token] = []
        self._doc_comments: list[ast.DocComment] = []
        self._pending: list[ast.DocComment] = []
        self._gaps: set[int] = set()
        self._strays: list[tuple[int, Diagnostic]] = []
        self._nesting = 0

    def run(self) -> TokenStream:
        text, file = self._source.text, self._source.name
        line, line_start, counted_to = 1, 0, 0
        for type_, piece, start in scan(text):
            newlines = text.count("\n", counted_to, start)
            if newlines:
                line += newlines
                line_start = text.rindex("\n", counted_to, start) + 1
            counted_to = start
            if type_ in _IGNORED:
                continue
            column = start - line_start + 1
            # Only comments run over lines, and the place of one that never ends is its start.
            self._take(type_, piece, Span(file, line, column, line, column + len(piece)))
        self._take_doc_comment()
        return TokenStream(
            tuple(self._tokens), tuple(self._doc_comments), frozenset(self._gaps), tuple(self._strays)
        )

    def _take(self, type_: str, piece: str, span: Span) -> None:
        if type_ == "DOC_COMMENT":
            self._keep_doc_comment(ast.DocComment(piece[3:].rstrip().removeprefix(" "), span))
            return
        if type_ in _OFFENCES:
            self._report_offence(type_, piece, span)
            self._gaps.add(len(self._tokens))
            return
        if type_ == "STRING":
            piece = self._decoded(piece, span)
        elif type_ == "NUMBER":
            piece = self._checked_number(piece, span)
        elif type_ in ("LESSTHAN", "MORETHAN", "SEMICOLON", "LBRACE", "RBRACE") and self._is_too_deep(
            type_, span
        ):
            self._gaps.add(len(self._tokens))
            return
        doc = self._take_doc_comment() if self._pending else None
        self._tokens.append(Token(type_, piece, span, doc))

    # --- Doc comments ------------------------------------------------------------------------------------

    def _keep_doc_comment(self, comment: ast.DocComment) -> None:
        if self._tokens and self._tokens[-1].span.end_line == comment.span.line:
            # Behind something on its line it would silently attach to the next declaration.
            self._doc_comments.append(comment)
        else:
            self._pending.append(comment)

    def _take_doc_comment(self) -> ast.DocComment | None:
        if not self._pending:
            return None
        text = "\n".join(comment.text for comment in self._pending).strip("\n")
        doc = ast.DocComment(text, join(self._pending[0].span, self._pending[-1].span))
        self._pending.clear()
        self._doc_comments.append(doc)
        return doc

    # --- Checks ------------------------------------------------------------------------------------------

    def _decoded(self, literal: str, span: Span) -> str:
        text, offences = decode_string(literal)
        for offset, reason in offences:
            column = span.column + offset
            place = Span(span.file, span.line, column, span.line, column + 2)
            self._collector.report(Code.BAD_ESCAPE, place, "this escape is no character", hint=reason)
        return text

    def _checked_number(self, text: str, span: Span) -> str:
        offence = number_offence(text)
        if offence is None:
            return text
        self._collector.report(
            Code.MALFORMED_NUMBER, span, f"`{_shortened(text)}` is not a number", hint=offence
        )
        return "0"

    def _is_too_deep(self, type_: str, span: Span) -> bool:
        if type_ not in ("LESSTHAN", "MORETHAN"):
            self._nesting = 0
            return False
        self._nesting += 1 if type_ == "LESSTHAN" else -1
        if type_ == "LESSTHAN" and self._nesting == MAXIMUM_NESTING + 1:
            message = f"types are nested more than {MAXIMUM_NESTING} deep"
            self._collector.report(Code.NESTED_TOO_DEEPLY, span, message, hint="give the inner types names")
        return self._nesting > MAXIMUM_NESTING

    def _report_offence(self, type_: str, piece: str, span: Span) -> None:
        if type_ == "UNTERMINATED_STRING":
            hint = 'end it with `"` on the same line'
            self._collector.report(Code.UNTERMINATED_STRING, span, "this string never ends", hint=hint)
        elif type_ == "UNTERMINATED_COMMENT":
            opening = Span(span.file, span.line, span.column, span.line, span.column + 2)
            self._collector.report(
                Code.UNTERMINATED_COMMENT, opening, "this comment never ends", hint="end it with `*/`"
            )
        else:
            self._strays.append((len(self._tokens), _stray(piece, span)))


def _stray(piece: str, span: Span) -> Diagnostic:
    shown = piece if piece.isprintable() else f"U+{ord(piece[0]):04X}"
    message = f"unexpected character `{_shortened(shown)}`"
    if len(piece) > 1 and piece.startswith("'"):
        message = f"`{_shortened(shown)}` is not a string"
    return Diagnostic(Code.UNEXPECTED_CHARACTER, message, Label(span), hint=_character_hint(piece))


def _character_hint(piece: str) -> str | None:
    if piece.startswith("'"):
        return 'strings are written in double quotes: "text"'
    if piece == "#":
        return "comments start with `//`"
    if piece.isalpha() or piece == "_":
        return "names are made of the letters a to z and A to Z, digits and `_`, and start with a letter"
    return None


def _shortened(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:37]}..."
