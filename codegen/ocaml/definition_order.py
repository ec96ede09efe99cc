"""The order in which OCaml can define types, and those it has to define together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from mycelium.idl.schema import (
    ArrayType,
    Declaration,
    EnumType,
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    Package,
    StructDeclaration,
    StructType,
    Type,
    UnionDeclaration,
    UnionType,
)


def definition_order(package: Package) -> tuple[tuple[Declaration, ...], ...]:
    """The declarations such that each comes after those it refers to, otherwise as declared.

    Those that reach one another come together, as a group of two or more; all other groups have one member.
    """
    declarations = {declaration.qualified_name: declaration for declaration in package.declarations}
    references = {
        name: tuple(reference for reference in references_of(declaration) if reference in declarations)
        for name, declaration in declarations.items()
    }
    place = {name: index for index, name in enumerate(declarations)}
    groups = (sorted(group, key=place.__getitem__) for group in _components(references))
    return tuple(tuple(declarations[name] for name in group) for group in groups)


def references_of(declaration: Declaration) -> Iterator[str]:
    """Qualified names of the declarations that one refers to."""
    match declaration:
        case MessageDeclaration(fields=fields) | StructDeclaration(fields=fields):
            for field in fields:
                yield from _references_of_type(field.type)
        case UnionDeclaration(variants=variants):
            for variant in variants:
                yield from _references_of_type(variant.type)


def _references_of_type(type_: Type) -> Iterator[str]:
    match type_:
        case EnumType(name=name) | StructType(name=name) | MessageType(name=name) | UnionType(name=name):
            yield name
        case ListType(element=element) | ArrayType(element=element):
            yield from _references_of_type(element)
        case MapType(key=key, value=value):
            yield from _references_of_type(key)
            yield from _references_of_type(value)


def _components(references: Mapping[str, tuple[str, ...]]) -> Iterator[list[str]]:
    """Strongly connected components, each after those it refers to.

    Tarjan's algorithm, with a stack of its own: schemas may be deep.
    """
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
