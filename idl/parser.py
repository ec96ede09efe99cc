"""Tokens -> syntax tree. Never raises on any input: (tree, diagnostics), with what could be read in the tree.

Errors are handled as yacc does: the parser's stack is taken back to a place where a statement may start, ERROR stands
for the bad statement, and reading goes on after its end. ``syntax_errors`` finds the words.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import lark

from mycelium.idl import ast
from mycelium.idl.ast_builder import Token
from mycelium.idl.diagnostics import Diagnostic, DiagnosticCollector
from mycelium.idl.language import language
from mycelium.idl.lexer import TokenStream, tokenize
from mycelium.idl.source import Source, end_of, start_of_file
from mycelium.idl.syntax_errors import SyntaxErrorReporter, SyntaxErrorSite, starts_statement

_END = "$END"

_STATEMENT_ENDS = frozenset({"SEMICOLON", "LBRACE", "RBRACE"})

_MAXIMUM_RECOVERIES = 200
"""After so many errors in one file the rest is not worth reading."""


def parse(source: Source) -> tuple[ast.File, tuple[Diagnostic, ...]]:
    """The tree of one file and what is wrong with its syntax."""
    collector = DiagnosticCollector()
    stream = tokenize(source, collector)
    file = _Parser(source, stream, collector).run()
    damaged = file.damaged or len(collector) > 0
    return replace(file, doc_comments=stream.doc_comments, damaged=damaged), collector.sorted()


class _Parser:
    def __init__(self, source: Source, stream: TokenStream, collector: DiagnosticCollector) -> None:
        tokens = stream.tokens
        end = end_of(tokens[-1].span) if tokens else start_of_file(source.name)
        self._tokens = (*tokens, Token(_END, "", end))
        self._gaps = stream.gaps
        self._strays = stream.strays
        self._skipped: list[tuple[int, int]] = []
        self._machine = language().parse_interactive(start="file")
        self._states = self._machine.parser_state.state_stack
        self._values = self._machine.parser_state.value_stack
        self._collector = collector
        self._reporter = SyntaxErrorReporter(collector)
        self._next = 0
        self._recovered_at = -1
        self._recoveries = 0

    def run(self) -> ast.File:
        while True:
            token = self._tokens[self._next]
            try:
                result = self._feed(token)
            except lark.UnexpectedToken:
                self._recover()
                continue
            if token.type == _END:
                self._report_strays()
                return cast(ast.File, result)
            self._next += 1

    def _feed(self, token: Token) -> Any:
        # The machine looks at nothing but the type.
        return self._machine.feed_token(cast(lark.Token, token))

    # --- Recovery ----------------------------------------------------------------------------------------

    def _recover(self) -> None:
        """Report the token that fits nowhere, once per mistake, and bring the machine to where it can go on."""
        self._recoveries += 1
        if self._recoveries > _MAXIMUM_RECOVERIES:
            self._next = len(self._tokens) - 1
        error = self._describe()
        is_silent = self._is_known(error)
        if error.misses_semicolon and not is_silent:
            self._reporter.missing_semicolon(error)
            self._feed(Token("SEMICOLON", ";", error.found.span))
        elif error.opening is not None and (error.found.type == _END or error.starts_next_declaration):
            if not is_silent:
                self._reporter.unclosed_brace(error)
            self._close_body(error)
        else:
            first = self._next
            self._replace_statement(error)
            self._recovered_at = self._next
            if not is_silent:
                self._reporter.unexpected(error)
                self._skipped.append((first, self._next))

    def _is_known(self, error: SyntaxErrorSite) -> bool:
        """Whether this is no new mistake: nothing was read since the last, or something here was already reported."""
        first = self._next - len(error.statement)
        return self._next == self._recovered_at or any(i in self._gaps for i in range(first, self._next + 1))

    def _describe(self) -> SyntaxErrorSite:
        start = self._next
        while start > 0 and not self._ends_statement(start - 1):
            start -= 1
        opening = self._innermost_opening()
        header = () if opening is None else self._values[:opening]
        return SyntaxErrorSite(
            found=self._tokens[self._next],
            following=self._tokens[min(self._next + 1, len(self._tokens) - 1)],
            statement=self._tokens[start : self._next],
            accepted=self._accepted(),
            opening=None if opening is None else self._values[opening],
            header=tuple(value for value in header if isinstance(value, Token)),
        )

    def _ends_statement(self, index: int) -> bool:
        is_map = self._tokens[index].type == "LBRACE" and self._tokens[index - 1].type == "EQUAL"
        return self._tokens[index].type in _STATEMENT_ENDS and not is_map

    def _innermost_opening(self) -> int | None:
        """Where on the stack the brace of the open body lies; bodies just read may lie there, too."""
        closed = 0
        for index in range(len(self._values) - 1, -1, -1):
            if _is_token(self._values[index], "RBRACE"):
                closed += 1
            elif _is_token(self._values[index], "LBRACE") and not _is_token(self._values[index - 1], "EQUAL"):
                if closed == 0:
                    return index
                closed -= 1
        return None

    def _accepted(self) -> frozenset[str]:
        """The types of the tokens that would fit here."""
        accepts = cast(Callable[[], set[str]], self._machine.accepts)
        return frozenset(accepts())

    def _close_body(self, error: SyntaxErrorSite) -> None:
        """Act as if the missing brace stood before the statement at hand."""
        self._unwind()
        self._feed(Token("ERROR", "", error.found.span))
        self._feed(Token("RBRACE", "}", error.found.span))
        if error.found.type != _END:
            self._next -= len(error.statement)

    def _replace_statement(self, error: SyntaxErrorSite) -> None:
        """Put ERROR in place of the statement at hand and step over its rest."""
        depth = self._unwind()
        name = error.declared_name
        self._feed(Token("ERROR", name.text if name else "", name.span if name else error.found.span))
        at_file_level = _END in self._accepted()
        begun = len(error.statement) > 0
        self._next = _end_of_statement(self._tokens, self._next, depth, begun, at_file_level)

    def _report_strays(self) -> None:
        """Characters that mean nothing are mistakes of their own unless a bad statement goes on with them."""
        for index, stray in self._strays:
            if not any(first < index <= last for first, last in self._skipped):
                self._collector.extend([stray])

    def _unwind(self) -> int:
        """Drop what was read of the statement; how many braces it had opened."""
        depth = 0
        states = self._machine.parser_state.parse_conf.states
        while "ERROR" not in states[self._states[-1]]:
            self._states.pop()
            value = self._values.pop()
            depth += _is_token(value, "LBRACE") - _is_token(value, "RBRACE")
        return depth


def _end_of_statement(
    tokens: tuple[Token, ...], index: int, depth: int, has_begun: bool, at_file_level: bool
) -> int:
    """The index of the token after a bad statement whose first unread token is at ``index``."""
    while tokens[index].type != _END:
        token = tokens[index]
        if token.type == "LBRACE":
            depth += 1
        elif token.type == "RBRACE":
            if depth == 0:
                return index + 1 if at_file_level else index
            depth -= 1
            if depth == 0:
                return index + 2 if tokens[index + 1].type == "SEMICOLON" else index + 1
        elif depth == 0:
            if token.type == "SEMICOLON":
                return index + 1
            if has_begun and starts_statement(tokens, index, at_file_level):
                return index
        has_begun = True
        index += 1
    return index


def _is_token(value: object, type_: str) -> bool:
    return isinstance(value, Token) and value.type == type_
