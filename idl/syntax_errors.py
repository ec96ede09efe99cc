"""Words for syntax errors: what was expected, what was found, and what the writer may have meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mycelium.idl import ast
from mycelium.idl.ast_builder import Token
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector, Label
from mycelium.idl.source import end_of
from mycelium.idl.suggestions import did_you_mean

DECLARATION_WORDS = ("package", "import", "const", "enum", "closed", "struct", "message", "union", "reserved")
"""The words a statement at file level may start with."""

_DECLARATION_TYPES = frozenset(word.upper() for word in DECLARATION_WORDS) - {"RESERVED"}
_NAME_TYPES = frozenset({"NAME", "IN", *(word.upper() for word in DECLARATION_WORDS)})

_SHOWN = {
    "NAME": "a name",
    "NUMBER": "a number",
    "STRING": "a string",
    "SEMICOLON": "`;`",
    "COLON": "`:`",
    "COMMA": "`,`",
    "DOT": "`.`",
    "EQUAL": "`=`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LESSTHAN": "`<`",
    "MORETHAN": "`>`",
    "AT": "`@`",
    "OPTIONAL": "`?`",
    "RANGE_DOTS": "`..`",
    "IN": "`in`",
    "ENUM": "`enum`",
    "$END": "the end of the file",
}

_CONTINUATIONS = frozenset({"DOT", "AT", "LSQB", "LESSTHAN", "IN", "RANGE_DOTS", "OPTIONAL", "LPAR"})
"""What could also stand there, but says little about what is missing."""


@dataclass(frozen=True, slots=True)
class SyntaxErrorSite:
    """Where the parser stopped.

    ``statement`` are the tokens of the statement before ``found``; ``opening`` is the innermost open brace and
    ``header`` the tokens of the declaration it belongs to.
    """

    found: Token
    following: Token
    statement: tuple[Token, ...]
    accepted: frozenset[str]
    opening: Token | None
    header: tuple[Token, ...]

    @property
    def misses_semicolon(self) -> bool:
        """Whether the statement is whole but for its ``;``, and the next one follows."""
        if "SEMICOLON" not in self.accepted or not self.statement:
            return False
        if self.found.type == "$END":
            return self.opening is None
        return self.found.type == "RBRACE" or self.found.span.line > self.statement[-1].span.end_line

    @property
    def starts_next_declaration(self) -> bool:
        """Whether a declaration starts no deeper than the one that is still open."""
        words = [token for token in (*self.statement, self.found) if token.type in _NAME_TYPES]
        if not self.header or len(words) < 2 or words[0].type not in _DECLARATION_TYPES:
            return False
        return self.statement[0] is words[0] and words[0].span.column <= self.header[0].span.column

    @property
    def declared_name(self) -> ast.Name | None:
        """The name the bad statement seems to declare."""
        words = (*self.statement, self.found, self.following)
        index = 2 if words[0].type == "CLOSED" else 1
        if len(words) <= index or any(word.type not in _NAME_TYPES for word in words[: index + 1]):
            return None
        return ast.Name(words[index].text, words[index].span)

    @property
    def body(self) -> str:
        """``message``, ``enum``, ... of the open declaration; "" at file level."""
        return self._declaring_words[0]

    @property
    def body_name(self) -> str:
        """The name of the open declaration."""
        return self._declaring_words[1]

    @property
    def _declaring_words(self) -> tuple[str, str]:
        words = [token.text for token in self.header if token.type != "CLOSED"]
        return ("", "") if len(words) < 2 else (words[0], words[1])


def starts_statement(tokens: Sequence[Token], index: int, at_file_level: bool) -> bool:
    """Whether a new statement seems to start at a token, for it is the first of its line."""
    token, following = tokens[index], tokens[index + 1]
    if token.span.line == tokens[index - 1].span.end_line:
        return False
    if at_file_level:
        return token.type in _DECLARATION_TYPES and following.type in (*_NAME_TYPES, "STRING")
    if token.type == "NUMBER":
        return following.type in _NAME_TYPES
    return token.type in _NAME_TYPES and following.type in ("COLON", "EQUAL")


class SyntaxErrorReporter:
    """Writes the diagnostics of the parser."""

    def __init__(self, collector: DiagnosticCollector) -> None:
        self._collector = collector

    def missing_semicolon(self, error: SyntaxErrorSite) -> None:
        """A statement without its end, and another after it."""
        last = error.statement[-1]
        self._collector.report(
            Code.MISSING_SEMICOLON,
            end_of(last.span),
            f"expected `;` after {_found(last)}",
            label="`;` is missing here",
        )

    def unclosed_brace(self, error: SyntaxErrorSite) -> None:
        """A body without its end."""
        assert error.opening is not None
        related = []
        if error.found.type != "$END":
            related.append(Label(error.statement[0].span, "the next declaration starts here"))
        self._collector.report(
            Code.UNCLOSED_BRACE,
            error.opening.span,
            "this brace is never closed",
            label="opened here",
            related=related,
            hint=f"end {error.body} `{error.body_name}` with `}}`",
        )

    def unexpected(self, error: SyntaxErrorSite) -> None:
        """Anything else."""
        found = error.found
        if error.opening is None and not error.statement:
            self._unknown_statement(error)
        elif error.opening is not None and error.statement and _declares(error):
            self._collector.report(
                Code.NESTED_DECLARATION,
                error.statement[0].span,
                f"{error.statement[0].text} inside a {error.body}",
                hint=f"declare it before the {error.body}, at file level",
            )
        else:
            expected = _expected(error)
            self._collector.report(
                Code.UNEXPECTED_TOKEN,
                found.span,
                f"expected {expected}, found {_found(found)}",
                label=f"expected {expected}",
                hint=_hint(error),
            )

    def _unknown_statement(self, error: SyntaxErrorSite) -> None:
        found = error.found
        if found.type == "RBRACE":
            self._collector.report(
                Code.STRAY_BRACE, found.span, "this brace closes nothing", hint="remove it"
            )
            return
        hint = None
        if found.type == "SEMICOLON":
            hint = "no `;` stands after `}`: remove it"
        elif found.type == "NAME":
            hint = did_you_mean(found.text, DECLARATION_WORDS)
        self._collector.report(
            Code.UNKNOWN_STATEMENT,
            found.span,
            f"no declaration starts with {_found(found)}",
            hint=hint
            or "a file holds package, import, const, enum, struct, message, union and reserved statements",
        )


def _declares(error: SyntaxErrorSite) -> bool:
    first = error.statement[0]
    return first.type in _DECLARATION_TYPES and (error.found.type in (*_NAME_TYPES, "STRING"))


def _found(token: Token) -> str:
    if token.type == "$END":
        return "the end of the file"
    if token.type == "STRING":
        return "a string"
    return f"`{token.text if len(token.text) <= 40 else token.text[:37] + '...'}`"


def _expected(error: SyntaxErrorSite) -> str:
    accepted = error.accepted - {"ERROR"}
    previous = error.statement[-1].type if error.statement else ""
    if not error.statement and error.opening is not None:
        return {"enum": "a member or `}`", "union": "a variant or `}`"}.get(error.body, "a field or `}`")
    if {"NUMBER", "STRING", "NAME"} <= accepted:
        return "a value or `)`" if "RPAR" in accepted else "a value"
    if "NAME" in accepted:
        return (
            "a type"
            if previous in ("COLON", "LESSTHAN")
            else "a number or a name" if "NUMBER" in accepted else "a name"
        )
    if accepted - _CONTINUATIONS:
        accepted -= _CONTINUATIONS
    if "SEMICOLON" in accepted:
        return "`;`"
    shown = [text for type_, text in _SHOWN.items() if type_ in accepted]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _hint(error: SyntaxErrorSite) -> str | None:
    found, statement = error.found.type, [token.type for token in error.statement]
    previous = statement[-1] if statement else ""
    if found == "NUMBER" and error.found.text.startswith("-") and previous == "NUMBER":
        return "a range is written `0..5`"
    if "IN" in statement[1:] and "RANGE_DOTS" in error.accepted:
        return "a limit is a range: `0..18`, `1..` or `..0.5`"
    if found == "COMMA" and "SEMICOLON" in error.accepted:
        return "statements end with `;`, not `,`"
    if found == "OPTIONAL":
        return "`?` stands directly after the type, and only there"
    if found == "EQUAL" and "AT" in statement:
        return "a default stands before the annotations"
    if statement[:1] == ["IMPORT"] and found in _NAME_TYPES:
        return 'the path is written in double quotes: import "folder/file.myc";'
    if previous == "LSQB" and statement[-2:-1] == ["EQUAL"]:
        return "the only list that can be a default is the empty one, `[]`"
    if previous == "LBRACE":
        return "the only map that can be a default is the empty one, `{}`"
    return _body_hint(error, statement)


def _body_hint(error: SyntaxErrorSite, statement: list[str]) -> str | None:
    """How a statement of this kind is written, where the writer seems to follow another language."""
    found = error.found.type
    if error.body == "enum":
        return (
            "every member has a number: `NAME = 1;`" if statement and statement[-1] in _NAME_TYPES else None
        )
    if error.body and "COLON" in error.accepted:
        example = {"struct": "`name: type;`", "union": "`1 name: type;`"}.get(
            error.body, "`1 name: type;`, or `name: type;` in the block"
        )
        return f"it is written {example}"
    if not error.body and statement[:1] == ["MESSAGE"] and found == "NUMBER":
        return f"a type id is written `= {error.found.text}`"
    return None
