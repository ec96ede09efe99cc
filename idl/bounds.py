"""What stands in brackets: bounds of texts and collections, sizes of fixed-size types."""

from __future__ import annotations

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector
from mycelium.idl.number_values import NumberReader
from mycelium.idl.schema import MAXIMUM_FIXED_SIZE, Span

MAXIMUM_BOUND = (1 << 32) - 1
"""Largest bound: the largest length the wire can carry."""


class BoundReader:
    """Reads the bounds and sizes of one file; what is wrong is reported."""

    def __init__(self, numbers: NumberReader, collector: DiagnosticCollector) -> None:
        self._numbers = numbers
        self._collector = collector

    def bound(self, argument: ast.TypeArgument) -> tuple[int | None, int | None] | None:
        """(minimum, maximum) of `M` or `m..M`; a minimum of 0 is none."""
        if not isinstance(argument, ast.Range):
            amount = as_amount(argument)
            maximum = None if amount is None else self._numbers.size(amount)
            return self._checked_bound(0, maximum, argument.span)
        if argument.lower is None or argument.upper is None:
            self._collector.report(
                Code.BAD_BOUND,
                argument.span,
                "a bound has both ends",
                hint="write `M` for at most M, or `m..M`",
            )
            return None
        minimum, maximum = self._numbers.size(argument.lower), self._numbers.size(argument.upper)
        return None if minimum is None else self._checked_bound(minimum, maximum, argument.span)

    def _checked_bound(self, minimum: int, maximum: int | None, span: Span) -> tuple[int | None, int] | None:
        if maximum is None:
            return None
        if maximum > MAXIMUM_BOUND:
            self._collector.report(Code.BAD_BOUND, span, f"a bound is at most {MAXIMUM_BOUND}")
            return None
        if minimum > maximum:
            self._collector.report(
                Code.BAD_BOUND, span, f"this bound holds nothing: {minimum} is more than {maximum}"
            )
            return None
        return minimum or None, maximum

    def is_valid_size(self, size: int, span: Span, shown: str = "") -> bool:
        """Whether a fixed-size type may have that many bytes; anything else is reported."""
        if size == 0:
            self._collector.report(
                Code.ZERO_SIZE, span, "types of no size do not exist", hint="the least is 1"
            )
        elif size > MAXIMUM_FIXED_SIZE:
            message = f"{shown or f'{size} bytes'} are too many for a fixed-size type"
            self._collector.report(
                Code.TOO_LARGE,
                span,
                message,
                hint=f"at most {MAXIMUM_FIXED_SIZE} bytes; `list` and `bytes` hold more",
            )
        return 0 < size <= MAXIMUM_FIXED_SIZE


def as_amount(argument: ast.TypeArgument) -> ast.Amount | None:
    """A number, or what looks like a plain type but is the name of a constant."""
    if isinstance(argument, ast.Number):
        return argument
    if isinstance(argument, ast.TypeExpression):
        is_plain = argument.arguments is None and not argument.lengths and argument.limit is None
        return argument.name if is_plain else None
    return None


def may_be_bound(argument: ast.TypeArgument) -> bool:
    """Whether an argument is written like a bound."""
    return isinstance(argument, ast.Range) or as_amount(argument) is not None
