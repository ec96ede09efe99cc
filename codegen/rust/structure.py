"""Facts about the types of a schema that Rust needs to know: what contains itself, what can be hashed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mycelium.idl.schema import (
    ArrayType,
    AsciiType,
    BoolType,
    DecimalType,
    Declaration,
    DurationType,
    EnumDeclaration,
    EnumType,
    FloatType,
    IntegerType,
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    NumberType,
    Schema,
    StructDeclaration,
    StructType,
    TimestampType,
    Type,
    UnionDeclaration,
    UnionType,
)


def member_types(declaration: Declaration) -> tuple[Type, ...]:
    """The types a value of this declaration is made of."""
    match declaration:
        case MessageDeclaration() | StructDeclaration():
            return tuple(field.type for field in declaration.fields)
        case UnionDeclaration():
            return tuple(variant.type for variant in declaration.variants)
        case EnumDeclaration():
            return ()


def _named_types(type_: Type) -> Iterator[str]:
    match type_:
        case ArrayType(element=element) | ListType(element=element):
            yield from _named_types(element)
        case MapType(key=key, value=value):
            yield from _named_types(key)
            yield from _named_types(value)
        case EnumType(name=name) | StructType(name=name) | MessageType(name=name) | UnionType(name=name):
            yield name


def _contains_float(type_: Type) -> bool:
    match type_:
        case FloatType():
            return True
        case ArrayType(element=element) | ListType(element=element):
            return _contains_float(element)
        case MapType(key=key, value=value):
            return _contains_float(key) or _contains_float(value)
    return False


def inexact_names(schema: Schema) -> frozenset[str]:
    """The declarations whose values contain floats somewhere, and so have neither ``Eq`` nor ``Hash``."""
    users: dict[str, list[str]] = {}
    pending: list[str] = []
    for declaration in schema.declarations():
        name = declaration.qualified_name
        for type_ in member_types(declaration):
            if _contains_float(type_):
                pending.append(name)
            for used in _named_types(type_):
                users.setdefault(used, []).append(name)
    inexact: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in inexact:
            inexact.add(name)
            pending.extend(users.get(name, ()))
    return frozenset(inexact)


def _held_in_place(declaration: Declaration) -> tuple[str, ...]:
    if not isinstance(declaration, MessageDeclaration | UnionDeclaration):
        return ()
    types = member_types(declaration)
    return tuple(type_.name for type_ in types if isinstance(type_, MessageType | UnionType))


def recursion_groups(schema: Schema) -> Mapping[str, int]:
    """For each message and union the number of the group of those that hold one another in place.

    Two declarations share a group exactly when each can be reached from the other without passing a list or map,
    which keep their elements elsewhere. (Tarjan's algorithm, without recursion, so that long chains are fine.)
    """
    edges = {
        declaration.qualified_name: _held_in_place(declaration)
        for declaration in schema.declarations()
        if isinstance(declaration, MessageDeclaration | UnionDeclaration)
    }
    return _ComponentSearch(edges).run()


@dataclass
class _Visit:
    name: str
    edges: Iterator[str]


class _ComponentSearch:
    def __init__(self, edges: Mapping[str, tuple[str, ...]]) -> None:
        self._edges = edges
        self._order: dict[str, int] = {}
        self._lowest: dict[str, int] = {}
        self._open: list[str] = []
        self._group: dict[str, int] = {}

    def run(self) -> Mapping[str, int]:
        for name in self._edges:
            if name not in self._order:
                self._search(name)
        return self._group

    def _enter(self, name: str) -> _Visit:
        self._order[name] = self._lowest[name] = len(self._order)
        self._open.append(name)
        return _Visit(name, iter(self._edges[name]))

    def _search(self, root: str) -> None:
        path = [self._enter(root)]
        while path:
            visit = path[-1]
            following = next(visit.edges, None)
            if following is None:
                path.pop()
                self._close(visit.name)
                if path:
                    self._lower(path[-1].name, self._lowest[visit.name])
            elif following not in self._order:
                path.append(self._enter(following))
            elif following not in self._group:
                self._lower(visit.name, self._order[following])

    def _lower(self, name: str, value: int) -> None:
        self._lowest[name] = min(self._lowest[name], value)

    def _close(self, name: str) -> None:
        if self._lowest[name] != self._order[name]:
            return
        number = self._order[name]
        while True:
            member = self._open.pop()
            self._group[member] = number
            if member == name:
                return


def is_limited(type_: Type) -> bool:
    """Whether a number's range leaves out something its type could hold."""
    return limits(type_) != (None, None)


def limits(type_: Type) -> tuple[int | float | None, int | float | None]:
    """The ends of a number's range as they are stored, None where they are those of its type."""
    match type_:
        case FloatType(minimum=lowest, maximum=highest):
            return lowest, highest
        case IntegerType(bits=bits, signed=True):
            return _within(type_, -(1 << (bits - 1)), (1 << (bits - 1)) - 1)
        case IntegerType(bits=bits):
            return _within(type_, 0, (1 << bits) - 1)
        case TimestampType() | DurationType() | DecimalType():
            return _within(type_, -(1 << 63), (1 << 63) - 1)
    return None, None


def _within(type_: NumberType, smallest: int, largest: int) -> tuple[int | float | None, int | float | None]:
    minimum = None if type_.minimum is None or type_.minimum <= smallest else type_.minimum
    maximum = None if type_.maximum is None or type_.maximum >= largest else type_.maximum
    return minimum, maximum


def is_checked(schema: Schema, type_: Type) -> bool:
    """Whether some bytes of the right size are no value of this fixed-size type."""
    match type_:
        case BoolType() | AsciiType():
            return True
        case EnumType(closed=closed):
            return closed
        case ArrayType(element=element):
            return is_checked(schema, element)
        case StructType():
            return any(is_checked(schema, field.type) for field in schema.struct(type_).fields)
    return is_limited(type_)
