"""Written numbers -> stored numbers: sizes, the ends of limits, and values of the number types."""

from __future__ import annotations

from fractions import Fraction

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector
from mycelium.idl.literals import exact_number, whole_number
from mycelium.idl.named_values import NamedValues
from mycelium.idl.number_types import DoesNotFit, is_within_limits, storage_range, store
from mycelium.idl.schema import (
    DecimalType,
    DurationType,
    FloatType,
    IntegerType,
    NumberType,
    Span,
    TimestampType,
)
from mycelium.idl.type_names import base_name, number_text, type_name

_NUMBER_TYPES = (IntegerType, FloatType, TimestampType, DurationType, DecimalType)


class NumberReader:
    """Reads the numbers of one file. Every method gives None after reporting what is wrong."""

    def __init__(self, names: NamedValues, collector: DiagnosticCollector) -> None:
        self._names = names
        self._collector = collector

    def size(self, amount: ast.Amount) -> int | None:
        """A whole number, 0 or more."""
        if isinstance(amount, ast.Number):
            value = whole_number(amount.text)
            if value is None or value < 0:
                self._collector.report(
                    Code.BAD_SIZE, amount.span, f"`{amount.text}` is not a whole number, 0 or more"
                )
                return None
            return value
        constant = self._names.constant(amount)
        if constant is None:
            return None
        if (
            not isinstance(constant.type, IntegerType)
            or not isinstance(constant.value, int)
            or constant.value < 0
        ):
            is_whole = isinstance(constant.type, IntegerType)
            shown = "negative" if is_whole else f"of type `{type_name(constant.type)}`"
            self._names.report_constant(
                Code.BAD_SIZE, amount, constant, f"a size cannot be `{amount.text}`: it is {shown}"
            )
            return None
        return constant.value

    def limit_end(self, amount: ast.Amount, type_: NumberType) -> int | float | None:
        """One end of a range, as the type stores it."""
        exact = self._exact(amount, type_)
        return None if exact is None else self._stored(exact, type_, amount.span, Code.RANGE_OUTSIDE_TYPE)

    def value(self, value: ast.Value, type_: NumberType) -> int | float | None:
        """A number within the limits of its type."""
        if not isinstance(value, ast.Number | ast.QualifiedName):
            self._names.report_wrong(value, type_)
            return None
        exact = self._exact(value, type_)
        if exact is None:
            return None
        stored = self._stored(exact, type_, value.span, Code.VALUE_OUT_OF_RANGE)
        if stored is None:
            return None
        if not is_within_limits(stored, type_):
            self._collector.report(
                Code.VALUE_OUT_OF_RANGE,
                value.span,
                f"`{value.text}` is outside the limits of `{type_name(type_)}`",
            )
            return None
        if (
            stored == 0
            and isinstance(stored, float)
            and isinstance(value, ast.Number)
            and value.text.startswith("-")
        ):
            return -0.0
        return stored

    def _exact(self, amount: ast.Amount, type_: NumberType) -> Fraction | None:
        if isinstance(amount, ast.Number):
            return exact_number(amount.text)
        if amount.text in ("true", "false") and not self._names.candidates(amount):
            self._names.report_wrong(amount, type_)
            return None
        constant = self._names.constant(amount)
        if constant is None:
            return None
        given = constant.type
        same_kind = isinstance(given, type(type_)) and isinstance(given, _NUMBER_TYPES)
        if not same_kind and not isinstance(given, IntegerType):
            self._names.report_mismatch(amount, constant, type_)
            return None
        assert isinstance(constant.value, int | float)
        scale = given.scale if isinstance(given, DecimalType) else 0
        return Fraction(constant.value) / Fraction(10**scale)

    def _stored(
        self, exact: Fraction, type_: NumberType, span: Span, out_of_range: Code
    ) -> int | float | None:
        try:
            return store(exact, type_)
        except DoesNotFit as offence:
            name = base_name(type_)
            if offence.is_exactness and isinstance(type_, DecimalType):
                plural = "digit" if type_.scale == 1 else "digits"
                message = f"`{name}` has only {type_.scale} {plural} after the point"
                self._collector.report(Code.NOT_EXACT, span, message)
            elif offence.is_exactness:
                self._collector.report(Code.WRONG_VALUE, span, f"`{name}` takes whole numbers only")
            else:
                self._collector.report(
                    out_of_range, span, f"this number does not fit into `{name}`", hint=_ends(type_)
                )
        return None


def _ends(type_: NumberType) -> str | None:
    ends = storage_range(type_)
    if ends is None:
        return None
    return f"`{base_name(type_)}` holds {number_text(ends[0], type_)} to {number_text(ends[1], type_)}"
