"""Types that refer to one another in a circle: OCaml has to define these together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mycelium.idl.schema import (
    ArrayType,
    Declaration,
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    Package,
    Type,
    UnionDeclaration,
    UnionType,
)


def cycles_of_package(package: Package) -> tuple[tuple[Declaration, ...], ...]:
    """The groups of two or more declarations that reach one another, each in declaration order."""
    declarations = {declaration.qualified_name: declaration for declaration in package.declarations}
    references = {
        name: tuple(reference for reference in references_of(declaration) if reference in declarations)
        for name, declaration in declarations.items()
    }
    order = {name: index for index, name in enumerate(declarations)}
    groups = [sorted(group, key=order.__getitem__) for group in _components(references) if len(group) > 1]
    groups.sort(key=lambda group: order[group[0]])
    return tuple(tuple(declarations[name] for name in group) for group in groups)


def references_of(declaration: Declaration) -> Iterator[str]:
    """Qualified names of the messages and unions a declaration refers to; only these can form circles."""
    match declaration:
        case MessageDeclaration(tagged=tagged):
            for field in tagged:
                yield from _references_of_type(field.type)
        case UnionDeclaration(variants=variants):
            for variant in variants:
                yield from _references_of_type(variant.type)


def _references_of_type(type_: Type) -> Iterator[str]:
    match type_:
        case MessageType(name=name) | UnionType(name=name):
            yield name
        case ListType(element=element) | ArrayType(element=element):
            yield from _references_of_type(element)
        case MapType(value=value):
            yield from _references_of_type(value)


def _components(references: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Strongly connected components, by Tarjan's algorithm with a stack of its own: schemas may be deep."""
    index: dict[str, int] = {}
    lowest: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in references:
        if root in index:
            continue
        work = [(root, iter(references[root]))]
        while work:
            name, rest = work[-1]
            if name not in index:
                index[name] = lowest[name] = len(index)
                stack.append(name)
                on_stack.add(name)
            for reference in rest:
                if reference not in index:
                    work.append((reference, iter(references[reference])))
                    break
                if reference in on_stack:
                    lowest[name] = min(lowest[name], index[reference])
            else:
                work.pop()
                if work:
                    caller = work[-1][0]
                    lowest[caller] = min(lowest[caller], lowest[name])
                if lowest[name] == index[name]:
                    yield _pop_component(name, stack, on_stack)


def _pop_component(root: str, stack: list[str], on_stack: set[str]) -> list[str]:
    component: list[str] = []
    while True:
        name = stack.pop()
        on_stack.discard(name)
        component.append(name)
        if name == root:
            return component
