"""What must hold between the parts of a schema that was read from a descriptor."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import NoReturn

from mycelium.idl.cycles import find_cycles
from mycelium.idl.descriptor.document import DescriptorError
from mycelium.idl.descriptor.form import TYPE_NAMES
from mycelium.idl.descriptor.types import references
from mycelium.idl.diagnostics import DiagnosticCollector
from mycelium.idl.recursion import check_finite_values
from mycelium.idl.schema import (
    MAXIMUM_FIXED_SIZE,
    BlockField,
    Declaration,
    EnumDeclaration,
    EnumType,
    MessageDeclaration,
    MessageType,
    Package,
    ReferenceType,
    Schema,
    StructDeclaration,
    StructField,
    StructType,
    Type,
    UnionDeclaration,
    UnionType,
    fixed_size,
)


def check_schema(schema: Schema) -> None:
    """Raise :class:`DescriptorError` where names repeat, references lead nowhere, or layouts do not add up."""
    _distinct("packages", (package.name for package in schema.packages))
    if [package.name for package in schema.packages] != sorted(package.name for package in schema.packages):
        _refuse("$.packages", "packages are sorted by name")
    for package in schema.packages:
        names = [*package.constants, *package.declarations]
        _distinct(f"declarations of {package.name}", (each.name for each in names))
    messages = list(schema.messages())
    _distinct("type ids", (each.type_id for each in messages if each.type_id is not None))
    for declaration in schema.declarations():
        _check_parts(declaration)
        for type_ in types_of(declaration):
            for reference in references(type_):
                _check_reference(schema, declaration.qualified_name, reference)
        _check_enum_defaults(schema, declaration)
    packages = {package.name for package in schema.packages}
    for package in schema.packages:
        for constant in package.constants:
            for reference in references(constant.type):
                _check_reference(schema, f"{package.name}.{constant.name}", reference)
        if not packages_named_by(package) <= set(package.imports) <= packages - {package.name}:
            _refuse(package.name, "its imports are not the packages it refers to")
        if list(package.imports) != sorted(set(package.imports)):
            _refuse(package.name, "its imports are not sorted")
    _check_cycles(schema)


def packages_named_by(package: Package) -> set[str]:
    """The other packages whose declarations this one refers to."""
    types = [type_ for declaration in package.declarations for type_ in types_of(declaration)]
    types += [constant.type for constant in package.constants]
    named = {reference.name.rpartition(".")[0] for type_ in types for reference in references(type_)}
    return named - {package.name}


def types_of(declaration: Declaration) -> Iterator[Type]:
    """The types of everything a declaration holds."""
    match declaration:
        case MessageDeclaration(fields=fields) | StructDeclaration(fields=fields):
            yield from (field.type for field in fields)
        case UnionDeclaration(variants=variants):
            yield from (variant.type for variant in variants)


def _check_parts(declaration: Declaration) -> None:
    name = declaration.qualified_name
    match declaration:
        case EnumDeclaration(members=members):
            _some(name, members)
            _distinct(f"members of {name}", (member.name for member in members))
            _distinct(f"numbers of {name}", (member.number for member in members))
        case StructDeclaration(fields=fields, size=size):
            _some(name, fields)
            _distinct(f"fields of {name}", (field.name for field in fields))
            if _packed_size(name, fields) != size:
                _refuse(name, "its size is not that of its fields")
        case UnionDeclaration(variants=variants):
            _some(name, variants)
            _distinct(f"variants of {name}", (variant.name for variant in variants))
            _ascending(name, [variant.tag for variant in variants])
        case MessageDeclaration(block=block, tagged=tagged):
            _distinct(f"fields of {name}", (field.name for field in declaration.fields))
            _ascending(name, [field.tag for field in tagged])
            _packed_size(name, block)


def _check_enum_defaults(schema: Schema, declaration: Declaration) -> None:
    """A default is a member, which only the enum can tell; all other defaults are checked where they are read."""
    if isinstance(declaration, MessageDeclaration):
        for field in declaration.fields:
            if isinstance(field.type, EnumType) and field.default is not None:
                numbers = {member.number for member in schema.enum(field.type).members}
                if field.default not in numbers:
                    place = f"{declaration.qualified_name}.{field.name}"
                    _refuse(place, f"its default {field.default!r} is no member of {field.type.name}")


def _packed_size(name: str, fields: tuple[StructField, ...] | tuple[BlockField, ...]) -> int:
    offset = 0
    for field in fields:
        size = fixed_size(field.type)
        if size is None:
            _refuse(f"{name}.{field.name}", "a field without a number is of a fixed size")
        if field.offset != offset:
            _refuse(f"{name}.{field.name}", f"its offset is {offset}, not {field.offset}")
        offset += size
    if offset > MAXIMUM_FIXED_SIZE:
        _refuse(name, f"larger than {MAXIMUM_FIXED_SIZE} bytes")
    return offset


def _check_reference(schema: Schema, holder: str, type_: ReferenceType) -> None:
    match type_:
        case EnumType(name=name, bits=bits, closed=closed):
            found = schema.find(name)
            if isinstance(found, EnumDeclaration) and (found.bits, found.closed) == (bits, closed):
                return
        case StructType(name=name, size=size):
            found = schema.find(name)
            if isinstance(found, StructDeclaration) and found.size == size:
                return
        case MessageType(name=name):
            if isinstance(schema.find(name), MessageDeclaration):
                return
        case UnionType(name=name):
            if isinstance(schema.find(name), UnionDeclaration):
                return
    _refuse(
        holder, f"it refers to the {TYPE_NAMES[type(type_)]} {type_.name}, and no declaration is like that"
    )


def _check_cycles(schema: Schema) -> None:
    edges = {
        struct.qualified_name: [
            reference.name
            for type_ in types_of(struct)
            for reference in references(type_)
            if isinstance(reference, StructType)
        ]
        for struct in schema.declarations()
        if isinstance(struct, StructDeclaration)
    }
    for cycle in find_cycles(edges):
        _refuse(cycle[0], "a struct that holds itself")
    collector = DiagnosticCollector()
    check_finite_values(schema, collector)
    for endless in collector.sorted():
        _refuse("$.packages", endless.message)


def _some(name: str, parts: tuple[object, ...]) -> None:
    if not parts:
        _refuse(name, "it holds nothing")


def _distinct(what: str, values: Iterable[Hashable]) -> None:
    seen: set[Hashable] = set()
    for value in values:
        if value in seen:
            _refuse("$.packages", f"{what}: {value} is there twice")
        seen.add(value)


def _ascending(name: str, tags: list[int]) -> None:
    if any(first >= second for first, second in zip(tags, tags[1:], strict=False)):
        _refuse(name, "its tags do not ascend")


def _refuse(place: str, reason: str) -> NoReturn:
    raise DescriptorError(place, reason)
