"""Habits worth having: warnings about names, needless imports, lost doc comments and missed blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.compiler import Compilation
from mycelium.idl.diagnostics import Diagnostic, DiagnosticCollector, Label
from mycelium.idl.program import LoadedFile, Program
from mycelium.idl.resolver import Resolution
from mycelium.idl.schema import (
    VARIABLE_KIND,
    MessageDeclaration,
    Presence,
    TaggedField,
    fixed_size,
    wire_kind,
)

_UPPER_CAMEL = re.compile("[A-Z][A-Za-z0-9]*")
_LOWER_SNAKE = re.compile("[a-z][a-z0-9]*(_[a-z0-9]+)*")
_UPPER_SNAKE = re.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")

_FIRST_LONG_TAG = 31
"""Tags from here take two more bytes (docs/wire.md)."""

_SHORT_LENGTH_MAXIMUM = 253
"""Lengths above take two more bytes (docs/wire.md)."""


def lint(compilation: Compilation) -> tuple[Diagnostic, ...]:
    """All warnings of a schema without errors, sorted; none while there are errors."""
    if compilation.schema is None:
        return ()
    collector = DiagnosticCollector()
    for file in compilation.program.files:
        _check_names(file, collector)
        _check_imports(file, compilation.program, compilation.resolution, collector)
        _check_doc_comments(file, collector)
    for message in compilation.schema.messages():
        _check_block(message, collector)
    return collector.sorted()


# --- Names -----------------------------------------------------------------------------------------------


def _check_names(file: LoadedFile, collector: DiagnosticCollector) -> None:
    package = file.tree.package
    if package is not None and not all(_LOWER_SNAKE.fullmatch(part.text) for part in package.name.parts):
        better = ".".join(_lower_snake(part.text) for part in package.name.parts)
        message = f"packages are named like `trading.market_data`, not `{package.name.text}`"
        collector.report(Code.PACKAGE_NAME_STYLE, package.name.span, message, hint=f"call it `{better}`")
    for declaration in file.tree.declarations:
        if isinstance(declaration, ast.Constant):
            _check_name(
                declaration.name, _UPPER_SNAKE, _upper_snake, Code.MEMBER_NAME_STYLE, "constants", collector
            )
            continue
        _check_name(declaration.name, _UPPER_CAMEL, _upper_camel, Code.TYPE_NAME_STYLE, "types", collector)
        if isinstance(declaration, ast.Enum):
            for member in declaration.members:
                _check_name(
                    member.name, _UPPER_SNAKE, _upper_snake, Code.MEMBER_NAME_STYLE, "enum members", collector
                )
            continue
        kind = "variants" if isinstance(declaration, ast.Union) else "fields"
        for field in declaration.fields:
            _check_name(field.name, _LOWER_SNAKE, _lower_snake, Code.FIELD_NAME_STYLE, kind, collector)


def _check_name(
    name: ast.Name,
    style: re.Pattern[str],
    convert: Callable[[str], str],
    code: Code,
    kind: str,
    collector: DiagnosticCollector,
) -> None:
    if not style.fullmatch(name.text):
        example = convert("some_name")
        collector.report(
            code,
            name.span,
            f"{kind} are named like `{example}`, not `{name.text}`",
            hint=f"call it `{convert(name.text)}`",
        )


def _words(name: str) -> list[str]:
    return re.findall("[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+", name)


def _upper_camel(name: str) -> str:
    return "".join(word.capitalize() for word in _words(name))


def _lower_snake(name: str) -> str:
    return "_".join(word.lower() for word in _words(name))


def _upper_snake(name: str) -> str:
    return _lower_snake(name).upper()


# --- Files -----------------------------------------------------------------------------------------------


def _check_imports(
    file: LoadedFile, program: Program, resolution: Resolution, collector: DiagnosticCollector
) -> None:
    """An import is used if a name means a declaration of its file, or of its package where no other import is nearer."""
    used = resolution.used[file.name]
    used_files = {symbol.file.name for symbol in used}
    imported_files = {import_.file for import_ in file.imports}
    used_packages = {symbol.package for symbol in used if symbol.file.name not in imported_files}
    for import_ in file.imports:
        target = None if import_.file is None else program.by_name[import_.file]
        if target is None or target.name in used_files:
            continue
        if target.package != file.package and target.package in used_packages:
            continue
        collector.report(
            Code.UNUSED_IMPORT,
            import_.statement.span,
            f"nothing of `{import_.statement.path.text}` is used here",
            hint="remove this import",
        )


def _check_doc_comments(file: LoadedFile, collector: DiagnosticCollector) -> None:
    attached = {doc.span for doc in _attached(file.tree)}
    for comment in file.tree.doc_comments:
        if comment.span not in attached:
            collector.report(
                Code.UNATTACHED_DOC_COMMENT,
                comment.span,
                "this doc comment documents nothing",
                hint="put it on the lines above a declaration, field, member or variant, or write `//`",
            )


def _attached(tree: ast.File) -> Iterator[ast.DocComment]:
    items: list[ast.Declaration | ast.Package | ast.Member | ast.Field] = []
    items += [] if tree.package is None else [tree.package]
    for declaration in tree.declarations:
        items.append(declaration)
        if isinstance(declaration, ast.Enum):
            items += declaration.members
        elif not isinstance(declaration, ast.Constant):
            items += declaration.fields
    return (item.doc for item in items if item.doc is not None)


# --- Blocks ----------------------------------------------------------------------------------------------


def _check_block(message: MessageDeclaration, collector: DiagnosticCollector) -> None:
    """Fields that could be in the block: a warning each on a topic, one suggestion for the message elsewhere."""
    fits = [field for field in message.tagged if _fits_block(field)]
    if message.topic is not None:
        for field in fits:
            if field.presence is Presence.REQUIRED:
                collector.report(
                    Code.TAGGED_ON_TOPIC,
                    field.span,
                    f"required fixed-size field `{field.name}` is tagged in a message on a topic",
                    hint="the block is faster; if the message is new, take the number away and put the field first",
                )
    elif not message.block and (saved := _bytes_saved(fits)) > 0:
        names = ", ".join(f"`{field.name}`" for field in fits)
        collector.report(
            Code.BLOCK_SUGGESTED,
            message.span,
            f"a block would save {saved} bytes in every `{message.name}`",
            related=[Label(field.span) for field in fits if field.span is not None],
            hint=f"if the message is new, take the numbers of {names} away and put them first",
        )


def _fits_block(field: TaggedField) -> bool:
    return field.presence is not Presence.OPTIONAL and fixed_size(field.type) is not None


def _bytes_saved(fields: list[TaggedField]) -> int:
    """The headers of the fields less the header of a block."""
    if not fields:
        return 0
    block_size = sum(fixed_size(field.type) or 0 for field in fields)
    return sum(map(_header_size, fields)) - 1 - _length_size(block_size)


def _header_size(field: TaggedField) -> int:
    tag_size = 1 if field.tag < _FIRST_LONG_TAG else 3
    is_short = wire_kind(field.type) != VARIABLE_KIND
    return tag_size if is_short else tag_size + _length_size(fixed_size(field.type) or 0)


def _length_size(length: int) -> int:
    return 1 if length <= _SHORT_LENGTH_MAXIMUM else 3
