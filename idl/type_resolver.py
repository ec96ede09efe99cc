"""Written types -> resolved types, with their sizes, bounds and limits."""

from __future__ import annotations

from collections.abc import Mapping

from mycelium.idl import ast
from mycelium.idl.bounds import BoundReader, as_amount, may_be_bound
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector
from mycelium.idl.lexer import MAXIMUM_NESTING
from mycelium.idl.number_types import with_limits
from mycelium.idl.number_values import NumberReader
from mycelium.idl.schema import (
    ArrayType,
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
    MapType,
    MessageType,
    NumberType,
    Span,
    StringType,
    StructDeclaration,
    StructType,
    TimestampType,
    Type,
    UnionType,
    UuidType,
    fixed_size,
)
from mycelium.idl.symbols import BUILT_IN_TYPES, Scope
from mycelium.idl.type_names import number_text, type_name

MAXIMUM_SCALE = 18
"""Largest scale of a decimal: 10**18 is the largest power of ten in an i64."""

_PLAIN_TYPES: Mapping[str, Type] = {
    "bool": BoolType(),
    "timestamp": TimestampType(),
    "duration": DurationType(),
    "uuid": UuidType(),
    "f32": FloatType(32),
    "f64": FloatType(64),
    **{f"u{bits}": IntegerType(bits, signed=False) for bits in (8, 16, 32, 64, 128, 256)},
    **{f"i{bits}": IntegerType(bits, signed=True) for bits in (8, 16, 32, 64, 128)},
}

_FORMS = {
    "decimal": "decimal<8>",
    "string": "string`, `string<64>` or `string<1..64>",
    "bytes": "bytes`, `bytes<64>`, `bytes<1..64>` or `bytes[32]",
    "ascii": "ascii[8]",
    "list": "list<T>`, `list<T, 16>` or `list<T, 1..16>",
    "map": "map<K, V>`, `map<K, V, 16>` or `map<K, V, 1..16>",
}
"""How the types with arguments are written."""


class TypeResolver:
    """Resolves the types of one file. Every method gives None after reporting what is wrong."""

    def __init__(
        self,
        scope: Scope,
        numbers: NumberReader,
        enums: Mapping[str, EnumDeclaration],
        structs: Mapping[str, StructDeclaration],
        collector: DiagnosticCollector,
    ) -> None:
        self._scope = scope
        self._numbers = numbers
        self._bounds = BoundReader(numbers, collector)
        self._enums = enums
        self._structs = structs
        self._collector = collector

    def resolve(self, expression: ast.TypeExpression) -> Type | None:
        """The type of a field, element, key, value, variant or constant."""
        lengths = list(expression.lengths)
        if len(lengths) > MAXIMUM_NESTING:
            message = f"arrays are nested more than {MAXIMUM_NESTING} deep"
            self._collector.report(
                Code.NESTED_TOO_DEEPLY, expression.span, message, hint="give the inner types names"
            )
            return None
        type_ = self._primary(expression, lengths)
        for length in lengths:
            if type_ is None:
                return None
            type_ = self._array(expression, type_, length)
        if type_ is None or expression.limit is None:
            return type_
        return self._limited(type_, expression.limit)

    def resolve_fixed_size(self, expression: ast.TypeExpression, place: str) -> Type | None:
        """A type that must be of fixed size, for it stands in ``place``."""
        type_ = self.resolve(expression)
        if type_ is not None and fixed_size(type_) is None:
            self._report_variable(expression.span, type_, place)
            return None
        return type_

    # --- Kinds of types ----------------------------------------------------------------------------------

    def _primary(self, expression: ast.TypeExpression, lengths: list[ast.Amount]) -> Type | None:
        """The type without array lengths; takes the first length where it is a part of the type."""
        name = expression.name.text
        if name not in BUILT_IN_TYPES:
            return self._declared(expression)
        if name in _PLAIN_TYPES:
            if expression.arguments is None:
                return _PLAIN_TYPES[name]
            self._wrong_arguments(expression)
            return None
        if name == "ascii" or (name == "bytes" and lengths and expression.arguments is None):
            return self._sized(expression, lengths)
        if name == "decimal":
            return self._decimal(expression)
        if name in ("list", "map"):
            return self._collection(expression)
        return self._text(expression)

    def _declared(self, expression: ast.TypeExpression) -> Type | None:
        symbol = self._scope.find_type(expression.name)
        if symbol is None:
            return None
        if expression.arguments is not None:
            self._wrong_arguments(expression)
            return None
        name = symbol.qualified_name
        match symbol.node:
            case ast.Message():
                return MessageType(name)
            case ast.Union():
                return UnionType(name)
            case ast.Enum() if name in self._enums:
                declaration = self._enums[name]
                return EnumType(name, declaration.bits, declaration.closed)
            case ast.Struct() if name in self._structs:
                return StructType(name, self._structs[name].size)
        return None  # it was declared wrongly, and that was reported

    def _sized(self, expression: ast.TypeExpression, lengths: list[ast.Amount]) -> Type | None:
        if expression.arguments is not None or not lengths:
            self._wrong_arguments(expression)
            return None
        amount = lengths.pop(0)
        length = self._numbers.size(amount)
        if length is None or not self._bounds.is_valid_size(length, amount.span):
            return None
        return AsciiType(length) if expression.name.text == "ascii" else FixedBytesType(length)

    def _array(self, expression: ast.TypeExpression, element: Type, amount: ast.Amount) -> Type | None:
        size = fixed_size(element)
        if size is None:
            self._report_variable(expression.span, element, "an array")
            return None
        length = self._numbers.size(amount)
        if length is None or not self._bounds.is_valid_size(
            length * size, amount.span, f"{length} x {size} bytes"
        ):
            return None
        return ArrayType(element, length)

    def _decimal(self, expression: ast.TypeExpression) -> Type | None:
        arguments = expression.arguments or ()
        amount = as_amount(arguments[0]) if len(arguments) == 1 else None
        if amount is None:
            self._wrong_arguments(expression)
            return None
        scale = self._numbers.size(amount)
        if scale is None:
            return None
        if scale > MAXIMUM_SCALE:
            self._collector.report(
                Code.BAD_SCALE, amount.span, f"a decimal has a scale of 0 to {MAXIMUM_SCALE}"
            )
            return None
        return DecimalType(scale)

    def _text(self, expression: ast.TypeExpression) -> Type | None:
        arguments = expression.arguments
        is_string = expression.name.text == "string"
        if arguments is None:
            return StringType() if is_string else BytesType()
        if len(arguments) != 1 or not may_be_bound(arguments[0]):
            self._wrong_arguments(expression)
            return None
        bound = self._bounds.bound(arguments[0])
        if bound is None:
            return None
        return StringType(*bound) if is_string else BytesType(*bound)

    def _collection(self, expression: ast.TypeExpression) -> Type | None:
        arguments = expression.arguments or ()
        type_count = 1 if expression.name.text == "list" else 2
        types, bounds = arguments[:type_count], arguments[type_count:]
        if len(types) < type_count or len(bounds) > 1 or not all(map(may_be_bound, bounds)):
            self._wrong_arguments(expression)
            return None
        written = [argument for argument in types if isinstance(argument, ast.TypeExpression)]
        if len(written) < type_count:
            self._wrong_arguments(expression)
            return None
        resolved = [self.resolve(argument) for argument in written]
        bound = self._bounds.bound(bounds[0]) if bounds else (None, None)
        if (
            type_count == 2
            and resolved[0] is not None
            and not self._is_valid_key(resolved[0], written[0].span)
        ):
            return None
        known = [type_ for type_ in resolved if type_ is not None]
        if bound is None or len(known) < type_count:
            return None
        return ListType(known[0], *bound) if type_count == 1 else MapType(known[0], known[1], *bound)

    def _limited(self, type_: Type, limit: ast.Range) -> Type | None:
        if not isinstance(type_, NumberType):
            self._collector.report(
                Code.LIMIT_ON_NON_NUMBER,
                limit.span,
                f"only numbers have limits, `{type_name(type_)}` is none",
                hint=(
                    "a length is bounded by `<..>`"
                    if isinstance(type_, StringType | BytesType | ListType)
                    else None
                ),
            )
            return None
        if limit.lower is None and limit.upper is None:
            self._collector.report(Code.BAD_RANGE, limit.span, "a range has at least one end")
            return None
        lower = None if limit.lower is None else self._numbers.limit_end(limit.lower, type_)
        upper = None if limit.upper is None else self._numbers.limit_end(limit.upper, type_)
        if (lower is None) is not (limit.lower is None) or (upper is None) is not (limit.upper is None):
            return None
        if lower is not None and upper is not None and lower > upper:
            shown = f"{number_text(lower, type_)} is more than {number_text(upper, type_)}"
            self._collector.report(Code.BAD_RANGE, limit.span, f"this range holds nothing: {shown}")
            return None
        return with_limits(type_, lower, upper)

    # --- Parts -------------------------------------------------------------------------------------------

    def _is_valid_key(self, key: Type, span: Span) -> bool:
        if isinstance(key, IntegerType | EnumType | StringType | AsciiType | FixedBytesType):
            return True
        self._collector.report(
            Code.BAD_MAP_KEY,
            span,
            f"`{type_name(key)}` cannot be the key of a map",
            hint="a key is an integer, an enum, a string, an ascii[N] or a bytes[N]",
        )
        return False

    def _report_variable(self, span: Span, type_: Type, place: str) -> None:
        self._collector.report(
            Code.NOT_FIXED_SIZE,
            span,
            f"`{type_name(type_)}` is not of fixed size, so it cannot stand in {place}",
            hint=_fixed_size_hint(type_, place),
        )

    def _wrong_arguments(self, expression: ast.TypeExpression) -> None:
        name = expression.name.text
        if name in _FORMS:
            self._collector.report(
                Code.WRONG_TYPE_ARGUMENTS,
                expression.span,
                f"`{name}` is not written like this",
                hint=f"write `{_FORMS[name]}`",
            )
            return
        self._collector.report(
            Code.WRONG_TYPE_ARGUMENTS, expression.span, f"`{name}` takes nothing in angle brackets"
        )


def _fixed_size_hint(type_: Type, place: str) -> str | None:
    if place == "the block":
        return "give the field a number"
    if isinstance(type_, StringType):
        return "`ascii[N]` is text of fixed size"
    if isinstance(type_, BytesType):
        return "`bytes[N]` are of fixed size"
    if isinstance(type_, ListType) and fixed_size(type_.element) is not None:
        return f"`{type_name(type_.element)}[N]` is of fixed size"
    return "use a list, or fields with numbers"
