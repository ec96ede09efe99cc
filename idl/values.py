"""Written values -> stored values of a type: defaults and constants."""

from __future__ import annotations

import re
from collections.abc import Mapping
from uuid import UUID

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector, Label
from mycelium.idl.literals import whole_number
from mycelium.idl.named_values import NamedValues
from mycelium.idl.number_values import NumberReader
from mycelium.idl.schema import (
    AsciiType,
    BoolType,
    BytesType,
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
    Span,
    StringType,
    TimestampType,
    Type,
    UuidType,
)
from mycelium.idl.suggestions import did_you_mean
from mycelium.idl.type_names import type_name

_TEXT_TYPES = (StringType, AsciiType)
_BYTES_TYPES = (BytesType, FixedBytesType)


class ValueReader:
    """Reads the values of one file. Every method gives None after reporting what is wrong."""

    def __init__(
        self,
        names: NamedValues,
        numbers: NumberReader,
        enums: Mapping[str, EnumDeclaration],
        collector: DiagnosticCollector,
    ) -> None:
        self._names = names
        self._numbers = numbers
        self._enums = enums
        self._collector = collector

    def value(self, value: ast.Value, type_: Type) -> Literal | None:
        """A default or the value of a constant, checked against bounds and limits."""
        match type_:
            case IntegerType() | FloatType() | TimestampType() | DurationType() | DecimalType():
                return self._numbers.value(value, type_)
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

    # --- Kinds of values ---------------------------------------------------------------------------------

    def _bool(self, value: ast.Value, type_: Type) -> bool | None:
        if isinstance(value, ast.QualifiedName) and value.text in ("true", "false"):
            return value.text == "true"
        constant = self._names.value_of(value, type_, (BoolType,))
        return constant if isinstance(constant, bool) else None

    def _text(self, value: ast.Value, type_: StringType | AsciiType) -> str | None:
        text = (
            value.text if isinstance(value, ast.String) else self._names.value_of(value, type_, _TEXT_TYPES)
        )
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
            content = self._names.value_of(value, type_, _BYTES_TYPES)
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
        constant = self._names.value_of(value, type_, (UuidType,))
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
            self._names.report_wrong(value, type_)
            return None
        member, owner = value.parts[-1].text, value.parts[:-1]
        if owner:
            return self._qualified_member(value, type_, numbers)
        if member in numbers:
            return numbers[member]
        if self._names.candidates(value):
            constant = self._names.value_of(value, type_, (EnumType,))
            return constant if isinstance(constant, int) else None
        self._unknown_member(value, declaration)
        return None

    def _qualified_member(
        self, value: ast.QualifiedName, type_: EnumType, numbers: Mapping[str, int]
    ) -> int | None:
        """``Side.BUY`` or ``types.Side.BUY``; or a constant of another package, ``types.DEFAULT_SIDE``."""
        owner_parts = value.parts[:-1]
        owner = ast.QualifiedName(owner_parts, owner_parts[0].span)
        owners = self._names.candidates(owner)
        if owners and owners[0].qualified_name != type_.name and isinstance(owners[0].node, ast.Enum):
            message = f"`{value.text}` is not a member of enum `{type_.name}`"
            self._collector.report(Code.WRONG_VALUE, value.span, message)
            return None
        if not any(symbol.qualified_name == type_.name for symbol in owners):
            constant = self._names.value_of(value, type_, (EnumType,))
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
            self._names.report_wrong(value, type_)
            return None
        kind = "elements" if isinstance(type_, ListType) else "entries"
        return () if self._is_within_bound(0, type_, value.span, kind) else None

    def _is_within_bound(
        self, count: int, type_: StringType | BytesType | ListType | MapType, span: Span, unit: str
    ) -> bool:
        if (type_.minimum or 0) <= count and (type_.maximum is None or count <= type_.maximum):
            return True
        self._collector.report(
            Code.VALUE_OUT_OF_BOUND, span, f"{count} {unit} are outside the bound of `{type_name(type_)}`"
        )
        return False
