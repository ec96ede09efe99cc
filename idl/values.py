"""Written values -> stored values of a type: defaults, constants, sizes and the ends of limits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction
from uuid import UUID

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector, Label
from mycelium.idl.literals import exact_number, whole_number
from mycelium.idl.number_types import DoesNotFit, is_within_limits, storage_range, store
from mycelium.idl.schema import (
    AsciiType,
    BoolType,
    BytesType,
    Constant,
    DecimalType,
    DurationType,
    EnumDeclaration,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    ListType,
    Literal,
    MapType,
    NumberType,
    Span,
    StringType,
    TimestampType,
    Type,
    UuidType,
)
from mycelium.idl.suggestions import did_you_mean
from mycelium.idl.symbols import Scope, Symbol
from mycelium.idl.type_names import base_name, number_text, type_name

_NUMBER_TYPES = (IntegerType, FloatType, TimestampType, DurationType, DecimalType)
_TEXT_TYPES = (StringType, AsciiType)
_BYTES_TYPES = (BytesType, FixedBytesType)


class ValueReader:
    """Reads the values of one file. Every method gives None after reporting what is wrong."""

    def __init__(
        self,
        scope: Scope,
        constants: Mapping[Symbol, Constant | None],
        enums: Mapping[str, EnumDeclaration],
        collector: DiagnosticCollector,
    ) -> None:
        self._scope = scope
        self._constants = constants
        self._enums = enums
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
        constant = self._constant(amount)
        if constant is None:
            return None
        if (
            not isinstance(constant.type, IntegerType)
            or not isinstance(constant.value, int)
            or constant.value < 0
        ):
            is_whole = isinstance(constant.type, IntegerType)
            shown = "negative" if is_whole else f"of type `{type_name(constant.type)}`"
            self._report_constant(
                Code.BAD_SIZE, amount, constant, f"a size cannot be `{amount.text}`: it is {shown}"
            )
            return None
        return constant.value

    def limit_end(self, amount: ast.Amount, type_: NumberType) -> int | float | None:
        """One end of a range, as the type stores it."""
        exact = self._exact(amount, type_)
        return None if exact is None else self._stored(exact, type_, amount.span, Code.RANGE_OUTSIDE_TYPE)

    def value(self, value: ast.Value, type_: Type) -> Literal | None:
        """A default or the value of a constant, checked against bounds and limits."""
        match type_:
            case IntegerType() | FloatType() | TimestampType() | DurationType() | DecimalType():
                return self._number(value, type_)
            case BoolType():
                return self._bool(value, type_)
            case StringType() | AsciiType():
                return self._text(value, type_)
            case BytesType() | FixedBytesType():
                return self._bytes(value, type_)
            case UuidType():
                return self._uuid(value, type_)
            case EnumType():
                return self._enum(value, type_)
            case ListType() | MapType():
                return self._empty(value, type_)
        return None

    # --- Numbers -----------------------------------------------------------------------------------------

    def _number(self, value: ast.Value, type_: NumberType) -> int | float | None:
        if not isinstance(value, ast.Number | ast.QualifiedName):
            self._wrong(value, type_)
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
        if amount.text in ("true", "false") and not self._scope.candidates(amount):
            self._wrong(amount, type_)
            return None
        constant = self._constant(amount)
        if constant is None:
            return None
        given = constant.type
        same_kind = isinstance(given, type(type_)) and isinstance(given, _NUMBER_TYPES)
        if not same_kind and not isinstance(given, IntegerType):
            self._report_type_mismatch(amount, constant, type_)
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

    # --- Everything else ---------------------------------------------------------------------------------

    def _bool(self, value: ast.Value, type_: Type) -> bool | None:
        if isinstance(value, ast.QualifiedName) and value.text in ("true", "false"):
            return value.text == "true"
        constant = self._named(value, type_, (BoolType,))
        return constant if isinstance(constant, bool) else None

    def _text(self, value: ast.Value, type_: StringType | AsciiType) -> str | None:
        text = value.text if isinstance(value, ast.String) else self._named(value, type_, _TEXT_TYPES)
        if not isinstance(text, str):
            return None
        if isinstance(type_, StringType):
            return text if self._is_within_bound(len(text.encode()), type_, value.span, "bytes") else None
        bad = next((character for character in text if not " " <= character <= "~"), None)
        if bad is not None:
            shown = bad if bad.isprintable() else f"U+{ord(bad):04X}"
            self._collector.report(Code.MALFORMED_VALUE, value.span, f"`{shown}` is not printable ASCII")
            return None
        if len(text) > type_.length:
            message = f"{len(text)} characters do not fit into `{type_name(type_)}`"
            self._collector.report(Code.VALUE_OUT_OF_BOUND, value.span, message)
            return None
        return text

    def _bytes(self, value: ast.Value, type_: BytesType | FixedBytesType) -> bytes | None:
        if isinstance(value, ast.String):
            if not re.fullmatch("(?:[0-9A-Fa-f]{2})*", value.text):
                self._collector.report(
                    Code.MALFORMED_VALUE,
                    value.span,
                    "bytes are written as hexadecimal digits, two for each byte",
                    hint='for example "00ff"',
                )
                return None
            content: object = bytes.fromhex(value.text)
        else:
            content = self._named(value, type_, _BYTES_TYPES)
        if not isinstance(content, bytes):
            return None
        if isinstance(type_, BytesType):
            return content if self._is_within_bound(len(content), type_, value.span, "bytes") else None
        if len(content) != type_.length:
            message = f"`{type_name(type_)}` holds exactly {type_.length} bytes, here are {len(content)}"
            self._collector.report(Code.VALUE_OUT_OF_BOUND, value.span, message)
            return None
        return content

    def _uuid(self, value: ast.Value, type_: Type) -> bytes | None:
        if isinstance(value, ast.String):
            if re.fullmatch("[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}", value.text):
                return UUID(value.text).bytes
            self._collector.report(
                Code.MALFORMED_VALUE,
                value.span,
                "this is not a uuid",
                hint='for example "123e4567-e89b-12d3-a456-426614174000"',
            )
            return None
        constant = self._named(value, type_, (UuidType,))
        return constant if isinstance(constant, bytes) else None

    def _enum(self, value: ast.Value, type_: EnumType) -> int | None:
        declaration = self._enums[type_.name]
        numbers = {member.name: member.number for member in declaration.members}
        if isinstance(value, ast.Number):
            names = [
                member.name for member in declaration.members if member.number == whole_number(value.text)
            ]
            hint = f"write `{names[0]}`" if names else None
            self._collector.report(
                Code.WRONG_VALUE,
                value.span,
                f"a value of enum `{declaration.name}` is the name of a member",
                hint=hint,
            )
            return None
        if not isinstance(value, ast.QualifiedName):
            self._wrong(value, type_)
            return None
        member, owner = value.parts[-1].text, value.parts[:-1]
        if owner:
            return self._qualified_member(value, type_, numbers)
        if member in numbers:
            return numbers[member]
        if self._scope.candidates(value):
            constant = self._named(value, type_, (EnumType,))
            return constant if isinstance(constant, int) else None
        self._unknown_member(value, declaration)
        return None

    def _qualified_member(
        self, value: ast.QualifiedName, type_: EnumType, numbers: Mapping[str, int]
    ) -> int | None:
        """``Side.BUY`` or ``types.Side.BUY``; or a constant of another package, ``types.DEFAULT_SIDE``."""
        owner_parts = value.parts[:-1]
        owner = ast.QualifiedName(owner_parts, owner_parts[0].span)
        owners = self._scope.candidates(owner)
        if owners and owners[0].qualified_name != type_.name and isinstance(owners[0].node, ast.Enum):
            message = f"`{value.text}` is not a member of enum `{type_.name}`"
            self._collector.report(Code.WRONG_VALUE, value.span, message)
            return None
        if not any(symbol.qualified_name == type_.name for symbol in owners):
            constant = self._named(value, type_, (EnumType,))
            return constant if isinstance(constant, int) else None
        member = value.parts[-1].text
        if member not in numbers:
            self._unknown_member(value, self._enums[type_.name])
        return numbers.get(member)

    def _unknown_member(self, value: ast.QualifiedName, declaration: EnumDeclaration) -> None:
        if declaration.span is None:
            return
        member = value.parts[-1]
        self._collector.report(
            Code.UNKNOWN_MEMBER,
            member.span,
            f"enum `{declaration.name}` has no member `{member.text}`",
            related=[Label(declaration.span, "declared here")],
            hint=did_you_mean(member.text, [member.name for member in declaration.members]),
        )

    def _empty(self, value: ast.Value, type_: ListType | MapType) -> tuple[()] | None:
        wanted = ast.EmptyList if isinstance(type_, ListType) else ast.EmptyMap
        if not isinstance(value, wanted):
            self._wrong(value, type_)
            return None
        kind = "elements" if isinstance(type_, ListType) else "entries"
        return () if self._is_within_bound(0, type_, value.span, kind) else None

    # --- Shared ------------------------------------------------------------------------------------------

    def _constant(self, name: ast.QualifiedName) -> Constant | None:
        symbol = self._scope.find_constant(name)
        return None if symbol is None else self._constants.get(symbol)

    def _named(self, value: ast.Value, type_: Type, kinds: tuple[type[Type], ...]) -> Literal | None:
        """The value of a constant of one of these types."""
        if not isinstance(value, ast.QualifiedName):
            self._wrong(value, type_)
            return None
        constant = self._constant(value)
        if constant is None:
            return None
        fits = isinstance(constant.type, kinds)
        if fits and isinstance(type_, EnumType) and isinstance(constant.type, EnumType):
            fits = constant.type.name == type_.name
        if not fits:
            self._report_type_mismatch(value, constant, type_)
            return None
        return constant.value

    def _is_within_bound(
        self, count: int, type_: StringType | BytesType | ListType | MapType, span: Span, unit: str
    ) -> bool:
        if (type_.minimum or 0) <= count and (type_.maximum is None or count <= type_.maximum):
            return True
        self._collector.report(
            Code.VALUE_OUT_OF_BOUND, span, f"{count} {unit} are outside the bound of `{type_name(type_)}`"
        )
        return False

    def _wrong(self, value: ast.Value, type_: Type) -> None:
        self._collector.report(
            Code.WRONG_VALUE, value.span, f"this is not a value of `{type_name(type_)}`", hint=_written(type_)
        )

    def _report_type_mismatch(self, name: ast.QualifiedName, constant: Constant, type_: Type) -> None:
        message = f"`{name.text}` is a `{type_name(constant.type)}`, not a `{type_name(type_)}`"
        self._report_constant(Code.WRONG_VALUE, name, constant, message)

    def _report_constant(self, code: Code, name: ast.QualifiedName, constant: Constant, message: str) -> None:
        related = [] if constant.span is None else [Label(constant.span, "declared here")]
        self._collector.report(code, name.span, message, related=related)


def _ends(type_: NumberType) -> str | None:
    ends = storage_range(type_)
    if ends is None:
        return None
    return f"`{base_name(type_)}` holds {number_text(ends[0], type_)} to {number_text(ends[1], type_)}"


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
