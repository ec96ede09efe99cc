"""Every type has a finite value: recursion goes through something that may be absent, empty or another variant."""

from __future__ import annotations

from collections.abc import Iterator

from mycelium.idl.codes import Code
from mycelium.idl.cycles import find_cycles, shown_cycle
from mycelium.idl.diagnostics import MAXIMUM_RELATED, DiagnosticCollector, Label
from mycelium.idl.schema import (
    Declaration,
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    Presence,
    Schema,
    Span,
    Type,
    UnionDeclaration,
    UnionType,
)


def check_finite_values(schema: Schema, collector: DiagnosticCollector) -> None:
    """Report each circle of messages and unions that can never end. Structs are checked when they are sized."""
    needs = {
        declaration.qualified_name: list(_needed(declaration))
        for declaration in schema.declarations()
        if isinstance(declaration, MessageDeclaration | UnionDeclaration)
    }
    endless = _without_finite_value(schema, needs)
    edges = {
        name: [needed for alternative in needs[name] for needed in alternative if needed in endless]
        for name in endless
    }
    for cycle in find_cycles(edges):
        _report(schema, cycle, collector)


def _needed(declaration: MessageDeclaration | UnionDeclaration) -> Iterator[frozenset[str]]:
    """The alternatives of a declaration: each a set of declarations that all must have a finite value."""
    if isinstance(declaration, UnionDeclaration):
        for variant in declaration.variants:
            yield frozenset(_needed_by_type(variant.type))
        return
    required = (field.type for field in declaration.tagged if field.presence is Presence.REQUIRED)
    yield frozenset(name for type_ in required for name in _needed_by_type(type_))


def _needed_by_type(type_: Type) -> Iterator[str]:
    match type_:
        case MessageType(name=name) | UnionType(name=name):
            yield name
        case ListType(element=element, minimum=minimum) if minimum:
            yield from _needed_by_type(element)
        case MapType(key=_, value=value, minimum=minimum) if minimum:
            yield from _needed_by_type(value)


def _without_finite_value(schema: Schema, needs: dict[str, list[frozenset[str]]]) -> list[str]:
    """Names in order of declaration. Works backwards from what is finite at once, each declaration once."""
    missing = {name: [len(alternative) for alternative in needs[name]] for name in needs}
    needed_by: dict[str, list[tuple[str, int]]] = {name: [] for name in needs}
    for name, alternatives in needs.items():
        for index, alternative in enumerate(alternatives):
            for needed in alternative:
                needed_by[needed].append((name, index))
    finite = [name for name in needs if 0 in missing[name]]
    known = set(finite)
    for found in finite:
        for name, index in needed_by[found]:
            missing[name][index] -= 1
            if missing[name][index] == 0 and name not in known:
                known.add(name)
                finite.append(name)
    return [name for name in needs if name not in known]


def _report(schema: Schema, cycle: tuple[str, ...], collector: DiagnosticCollector) -> None:
    spans = [_span_of(schema.find(name)) for name in cycle]
    short = [name.rsplit(".", 1)[-1] for name in cycle]
    collector.report(
        Code.NO_FINITE_VALUE,
        spans[0],
        f"`{short[0]}` has no finite value: {shown_cycle(short)}",
        related=[Label(span) for span in spans[1:MAXIMUM_RELATED] if span is not None],
        hint="let it end: an optional field, a list or map that may be empty, or another variant",
    )


def _span_of(declaration: Declaration | None) -> Span | None:
    return None if declaration is None else declaration.span
