"""Names of constants where a value is expected, and the words for what is no value of a type."""

from __future__ import annotations

from collections.abc import Mapping

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector, Label
from mycelium.idl.schema import (
    AsciiType,
    BoolType,
    BytesType,
    Constant,
    DurationType,
    EnumType,
    FixedBytesType,
    ListType,
    Literal,
    MapType,
    StringType,
    TimestampType,
    Type,
    UuidType,
)
from mycelium.idl.symbols import Scope, Symbol
from mycelium.idl.type_names import type_name


class NamedValues:
    """The constants one file can name. Every method gives None after reporting what is wrong."""

    def __init__(
        self, scope: Scope, constants: Mapping[Symbol, Constant | None], collector: DiagnosticCollector
    ) -> None:
        self._scope = scope
        self._constants = constants
        self._collector = collector

    def candidates(self, name: ast.QualifiedName) -> tuple[Symbol, ...]:
        """All declarations the name may mean, nothing reported."""
        return self._scope.candidates(name)

    def constant(self, name: ast.QualifiedName) -> Constant | None:
        """The constant of that name."""
        symbol = self._scope.find_constant(name)
        return None if symbol is None else self._constants.get(symbol)

    def value_of(self, value: ast.Value, type_: Type, kinds: tuple[type[Type], ...]) -> Literal | None:
        """The value of a constant whose type is of one of these kinds, for a place of type ``type_``."""
        if not isinstance(value, ast.QualifiedName):
            self.report_wrong(value, type_)
            return None
        constant = self.constant(value)
        if constant is None:
            return None
        fits = isinstance(constant.type, kinds)
        if fits and isinstance(type_, EnumType) and isinstance(constant.type, EnumType):
            fits = constant.type.name == type_.name
        if not fits:
            self.report_mismatch(value, constant, type_)
            return None
        return constant.value

    def report_wrong(self, value: ast.Value, type_: Type) -> None:
        """This is not a value of that type, and how one is written."""
        self._collector.report(
            Code.WRONG_VALUE, value.span, f"this is not a value of `{type_name(type_)}`", hint=_written(type_)
        )

    def report_mismatch(self, name: ast.QualifiedName, constant: Constant, type_: Type) -> None:
        """The constant is of another type."""
        message = f"`{name.text}` is a `{type_name(constant.type)}`, not a `{type_name(type_)}`"
        self.report_constant(Code.WRONG_VALUE, name, constant, message)

    def report_constant(self, code: Code, name: ast.QualifiedName, constant: Constant, message: str) -> None:
        """Something is wrong with the constant here."""
        related = [] if constant.span is None else [Label(constant.span, "declared here")]
        self._collector.report(code, name.span, message, related=related)


def _written(type_: Type) -> str:
    """How values of a type are written."""
    match type_:
        case BoolType():
            return "write `true` or `false`"
        case StringType() | AsciiType():
            return 'write a string: "text"'
        case BytesType() | FixedBytesType():
            return 'write hexadecimal digits as a string: "00ff"'
        case UuidType():
            return 'write a uuid as a string: "123e4567-e89b-12d3-a456-426614174000"'
        case EnumType():
            return "write the name of a member"
        case ListType():
            return "write `[]`"
        case MapType():
            return "write `{}`"
        case TimestampType() | DurationType():
            return "write nanoseconds as a whole number"
    return "write a number"
