"""Rules of numbers: tags, member numbers and type ids, each in its range, used once, not reserved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.declarations import enum_bits
from mycelium.idl.diagnostics import DiagnosticCollector, Label
from mycelium.idl.literals import whole_number
from mycelium.idl.program import LoadedFile, Program
from mycelium.idl.reservations import reserved_range
from mycelium.idl.schema import Span

MAXIMUM_TAG = 65_535
"""Largest tag and largest type id: both are a u16 (docs/wire.md)."""

FIRST_APPLICATION_TYPE_ID = 1000
"""Type ids below belong to Mycelium itself."""


@dataclass(frozen=True, slots=True)
class _Numbered:
    """A name and the number it was given."""

    name: ast.Name
    number: ast.Number


@dataclass(frozen=True, slots=True)
class _Rule:
    """How a kind of number is called and what it may be."""

    noun: str
    minimum: int
    maximum: int
    out_of_range: Code
    duplicate: Code


def check_message_tags(message: ast.Message, collector: DiagnosticCollector) -> None:
    """Tags and reservations of a message."""
    _check_tags(message.fields, message.reserved, collector)


def check_union_tags(union: ast.Union, collector: DiagnosticCollector) -> None:
    """Tags and reservations of a union."""
    _check_tags(union.fields, union.reserved, collector)


def check_enum_numbers(enum: ast.Enum, collector: DiagnosticCollector) -> None:
    """Member numbers and reservations of an enum; their range is that of its base."""
    bits = enum_bits(enum)
    maximum = (1 << (bits or 64)) - 1
    rule = _Rule("member number", 0, maximum, Code.BAD_MEMBER_NUMBER, Code.DUPLICATE_MEMBER_NUMBER)
    members = [_Numbered(member.name, member.number) for member in enum.members]
    reservations = _Reservations(enum.reserved, rule, collector)
    _check_numbers(members, rule, reservations, collector)
    reservations.check_names((member.name for member in enum.members), collector)


def check_type_ids(program: Program, collector: DiagnosticCollector) -> None:
    """Type ids of all messages together, and the reservations at file level: names per package, ids for all."""
    rule = _Rule("type id", 1, MAXIMUM_TAG, Code.BAD_TYPE_ID, Code.DUPLICATE_TYPE_ID)
    statements = [statement for file in program.files for statement in file.tree.reserved]
    reservations = _Reservations(statements, rule, collector)
    numbered = []
    for file in program.files:
        for message in _messages(file):
            if message.type_id is not None and _is_own_range(file, message.type_id, collector):
                numbered.append(_Numbered(message.name, message.type_id))
    _check_numbers(numbered, rule, reservations, collector)
    for package in sorted({file.package for file in program.files}):
        files = [file for file in program.files if file.package == package]
        own = [statement for file in files for statement in file.tree.reserved]
        names = _Reservations(own, rule, DiagnosticCollector())
        names.check_names((message.name for file in files for message in _messages(file)), collector)


def _messages(file: LoadedFile) -> Iterator[ast.Message]:
    return (declaration for declaration in file.tree.declarations if isinstance(declaration, ast.Message))


def _is_own_range(file: LoadedFile, type_id: ast.Number, collector: DiagnosticCollector) -> bool:
    """Whether the id is one this package may use; a malformed one is left to the check of numbers."""
    number = whole_number(type_id.text)
    if number is None or not 1 <= number <= MAXIMUM_TAG:
        return True
    is_mycelium = file.package == "mycelium" or file.package.startswith("mycelium.")
    if is_mycelium == (number < FIRST_APPLICATION_TYPE_ID):
        return True
    if is_mycelium:
        message, hint = f"package {file.package} has type ids below {FIRST_APPLICATION_TYPE_ID}", None
    else:
        message = f"type ids below {FIRST_APPLICATION_TYPE_ID} belong to Mycelium itself"
        hint = "applications use 1000 to 49999, experiments 50000 to 65535"
    collector.report(Code.BAD_TYPE_ID, type_id.span, message, hint=hint)
    return False


def _check_tags(
    fields: Sequence[ast.Field], reserved: Sequence[ast.ReservedStatement], collector: DiagnosticCollector
) -> None:
    rule = _Rule("tag", 1, MAXIMUM_TAG, Code.BAD_TAG, Code.DUPLICATE_TAG)
    reservations = _Reservations(reserved, rule, collector)
    tagged = [_Numbered(field.name, field.tag) for field in fields if field.tag is not None]
    _check_numbers(tagged, rule, reservations, collector)
    reservations.check_names((field.name for field in fields), collector)


def _check_numbers(
    numbered: Sequence[_Numbered], rule: _Rule, reservations: _Reservations, collector: DiagnosticCollector
) -> None:
    used: dict[int, _Numbered] = {}
    repeated: list[tuple[_Numbered, _Numbered]] = []
    for entry in numbered:
        number = whole_number(entry.number.text)
        if number is None or not rule.minimum <= number <= rule.maximum:
            collector.report(
                rule.out_of_range,
                entry.number.span,
                f"`{entry.number.text}` cannot be the {rule.noun} of `{entry.name.text}`",
                hint=f"it is a whole number from {rule.minimum} to {rule.maximum}",
            )
            continue
        first = used.setdefault(number, entry)
        if first is not entry:
            repeated.append((entry, first))
            continue
        reservations.check_number(entry.number.span, number, collector)
    next_free = reservations.next_free(used) if repeated else None
    for entry, first in repeated:
        collector.report(
            rule.duplicate,
            entry.number.span,
            f"{rule.noun} {whole_number(entry.number.text)} is used twice",
            label=f"used again by `{entry.name.text}`",
            related=[Label(first.number.span, f"first used by `{first.name.text}`")],
            hint=None if next_free is None else f"the next free {rule.noun} is {next_free}",
        )


class _Reservations:
    """The numbers and names nothing may use; what is wrong with the statements is reported on the way."""

    def __init__(
        self, statements: Iterable[ast.ReservedStatement], rule: _Rule, collector: DiagnosticCollector
    ) -> None:
        self._rule = rule
        self._ranges: list[tuple[int, int, Span]] = []
        self._names: dict[str, Span] = {}
        for statement in statements:
            for numbers in statement.numbers:
                self._reserve(numbers, collector)
            for name in statement.names:
                if not is_name(name.text):
                    collector.report(
                        Code.BAD_RESERVATION,
                        name.span,
                        f'"{name.text}" could never be a name',
                        hint="remove it",
                    )
                self._names.setdefault(name.text, name.span)
        self._ranges.sort(key=lambda range_: range_[:2])

    def check_number(self, place: Span, number: int, collector: DiagnosticCollector) -> None:
        """Report a number that is reserved."""
        for lower, upper, span in self._ranges:
            if lower <= number <= upper:
                collector.report(
                    Code.RESERVED_NUMBER,
                    place,
                    f"{self._rule.noun} {number} is reserved",
                    related=[Label(span, "reserved here")],
                    hint="choose another; what is reserved was used once and would be misread",
                )
                return

    def check_names(self, names: Iterable[ast.Name], collector: DiagnosticCollector) -> None:
        """Report names that are reserved."""
        if not self._names:
            return
        for name in names:
            if name.text in self._names:
                collector.report(
                    Code.RESERVED_NAME,
                    name.span,
                    f"the name `{name.text}` is reserved",
                    related=[Label(self._names[name.text], "reserved here")],
                    hint="choose another name",
                )

    def next_free(self, used: Iterable[int]) -> int | None:
        """The number after the largest in use that is neither used nor reserved."""
        candidate = max(used, default=self._rule.minimum - 1) + 1
        for lower, upper, _ in self._ranges:
            if lower <= candidate <= upper:
                candidate = upper + 1
        return candidate if candidate <= self._rule.maximum else None

    def _reserve(self, numbers: ast.ReservedNumbers, collector: DiagnosticCollector) -> None:
        range_ = reserved_range(numbers)
        if range_ is not None and self._rule.minimum <= range_[0] and range_[1] <= self._rule.maximum:
            self._ranges.append((*range_, numbers.span))
            return
        collector.report(
            Code.BAD_RESERVATION,
            numbers.span,
            f"`{_written(numbers)}` cannot be reserved",
            hint=f"a {self._rule.noun} is a whole number from {self._rule.minimum} to {self._rule.maximum}, "
            "a range goes from the smaller to the larger",
        )


def _written(numbers: ast.ReservedNumbers) -> str:
    return numbers.lower.text if numbers.upper is None else f"{numbers.lower.text}..{numbers.upper.text}"


def is_name(text: str) -> bool:
    """Whether a text could be a name in a schema."""
    return text.isascii() and text.replace("_", "a").isalnum() and text[0].isalpha()
