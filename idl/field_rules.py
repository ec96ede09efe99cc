"""Rules of bodies: names said once, the block first, `?` and defaults only where they can mean something."""

from __future__ import annotations

from collections.abc import Sequence

from mycelium.idl import ast
from mycelium.idl.annotations import Place, check_annotations
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector, Label


def check_enum_body(enum: ast.Enum, collector: DiagnosticCollector) -> None:
    """At least one member; every name once."""
    if not enum.members and not enum.damaged:
        collector.report(
            Code.EMPTY_ENUM,
            enum.name.span,
            f"enum `{enum.name.text}` has no members",
            hint="give it one: `NAME = 0;`",
        )
    _check_names(enum.members, Code.DUPLICATE_MEMBER, f"enum `{enum.name.text}`", collector)
    for member in enum.members:
        check_annotations(member.annotations, Place.MEMBER, collector)


def check_struct_body(struct: ast.Struct, collector: DiagnosticCollector) -> None:
    """Plain fields only: no numbers, no defaults, nothing optional, nothing reserved."""
    where = f"struct `{struct.name.text}`"
    _check_names(struct.fields, Code.DUPLICATE_FIELD, where, collector)
    for field in struct.fields:
        check_annotations(field.annotations, Place.FIELD, collector)
        if field.tag is not None:
            collector.report(
                Code.NUMBERED_STRUCT_FIELD,
                field.tag.span,
                "fields of a struct have no numbers",
                hint=f"write `{field.name.text}: ...;`, or make it a message",
            )
        _check_not_optional(field, "a struct always holds all its fields: use a message", collector)
        _check_no_default(field, "a struct never grows, so no field of it is ever absent", collector)
    for statement in struct.reserved:
        collector.report(
            Code.RESERVED_IN_STRUCT,
            statement.span,
            "a struct has nothing to reserve",
            hint="a struct never changes: use a message if it should",
        )


def check_union_body(union: ast.Union, collector: DiagnosticCollector) -> None:
    """At least one variant; each with a tag and nothing else than its type."""
    if not union.fields and not union.damaged:
        collector.report(
            Code.EMPTY_UNION,
            union.name.span,
            f"union `{union.name.text}` has no variants",
            hint="give it one: `1 name: type;`",
        )
    _check_names(union.fields, Code.DUPLICATE_FIELD, f"union `{union.name.text}`", collector)
    for field in union.fields:
        check_annotations(field.annotations, Place.FIELD, collector)
        if field.tag is None:
            collector.report(
                Code.VARIANT_WITHOUT_TAG,
                field.name.span,
                f"variant `{field.name.text}` has no number",
                hint=f"write `{_first_free(union.fields)} {field.name.text}: ...;`",
            )
        _check_not_optional(field, "make the field that holds the union optional", collector)
        _check_no_default(field, "a union always holds one of its variants", collector)


def check_message_body(message: ast.Message, collector: DiagnosticCollector) -> None:
    """The block first; every name once; only tagged fields optional."""
    _check_names(message.fields, Code.DUPLICATE_FIELD, f"message `{message.name.text}`", collector)
    first_tagged: ast.Field | None = None
    for field in message.fields:
        check_annotations(field.annotations, Place.FIELD, collector)
        if field.tag is not None:
            first_tagged = first_tagged or field
            continue
        number = _first_free(message.fields)
        if first_tagged is not None:
            collector.report(
                Code.BLOCK_NOT_FIRST,
                field.name.span,
                f"field `{field.name.text}` has no number but stands after one that has",
                related=[Label(first_tagged.name.span, "the first field with a number")],
                hint=f"move it up into the block, or give it a number: the next free one is {number}",
            )
        _check_not_optional(field, f"give it a number: `{number} {field.name.text}: ...?;`", collector)


def _first_free(fields: Sequence[ast.Field]) -> int:
    """A number above all in use; a duplicate or reserved one is another matter."""
    used = [int(field.tag.text) for field in fields if field.tag is not None and field.tag.text.isdecimal()]
    return max(used, default=0) + 1


def _check_names(
    fields: Sequence[ast.Field] | Sequence[ast.Member], code: Code, where: str, collector: DiagnosticCollector
) -> None:
    seen: dict[str, ast.Name] = {}
    for field in fields:
        first = seen.setdefault(field.name.text, field.name)
        if first is not field.name:
            collector.report(
                code,
                field.name.span,
                f"`{field.name.text}` is declared twice in {where}",
                label="declared again here",
                related=[Label(first.span, "first declared here")],
            )


def _check_not_optional(field: ast.Field, hint: str, collector: DiagnosticCollector) -> None:
    if field.optional is not None:
        collector.report(
            Code.OPTIONAL_NOT_TAGGED,
            field.optional,
            f"`{field.name.text}` cannot be optional: only fields of a message with a number can",
            hint=hint,
        )


def _check_no_default(field: ast.Field, hint: str, collector: DiagnosticCollector) -> None:
    if field.default is not None:
        collector.report(
            Code.DEFAULT_NOT_ALLOWED,
            field.default.span,
            f"`{field.name.text}` cannot have a default: only fields of a message can",
            hint=hint,
        )
