"""Called by the generated parser, once per rule, bottom up: children in, syntax tree node out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import lark

from mycelium.idl import ast
from mycelium.idl.schema import Span
from mycelium.idl.source import join

_Node = TypeVar("_Node")
_Children = list[Any]


@dataclass(frozen=True, slots=True)
class Token:
    """One word. ``text`` of a STRING has its escapes decoded; ``doc`` is the doc comment just before it."""

    type: str
    text: str
    span: Span
    doc: ast.DocComment | None = None


class AstBuilder(lark.Transformer[Any, ast.File]):
    """One method per rule of ``grammar.lark``. Holds no state: one instance serves all files."""

    def file(self, children: _Children) -> ast.File:
        damaged = any(isinstance(child, ast.Broken) or getattr(child, "damaged", False) for child in children)
        return ast.File(tuple(children), (), damaged)

    def broken(self, children: _Children) -> ast.Broken:
        (token,) = children
        name = ast.Name(token.text, token.span) if token.text else None
        return ast.Broken(name, token.span)

    def package(self, children: _Children) -> ast.Package:
        keyword, name = children
        return ast.Package(name, keyword.doc, join(keyword.span, name.span))

    def import_(self, children: _Children) -> ast.Import:
        keyword, path = children
        return ast.Import(ast.String(path.text, path.span), keyword.doc, join(keyword.span, path.span))

    def constant(self, children: _Children) -> ast.Constant:
        keyword, name, type_, value, annotations = children
        return ast.Constant(
            _name(name), type_, _value(value), annotations, keyword.doc, join(keyword.span, name.span)
        )

    def enum(self, children: _Children) -> ast.Enum:
        closed, keyword, name, base, annotations, *items = children
        first = closed or keyword
        return ast.Enum(
            name=_name(name),
            closed=closed is not None,
            base=base,
            members=_only(items, ast.Member),
            reserved=_only(items, ast.ReservedStatement),
            annotations=annotations,
            doc=first.doc,
            span=join(first.span, name.span),
            damaged=bool(_only(items, ast.Broken)),
        )

    def member(self, children: _Children) -> ast.Member:
        name, number, annotations = children
        return ast.Member(_name(name), _number(number), annotations, name.doc)

    def struct(self, children: _Children) -> ast.Struct:
        keyword, name, annotations, *items = children
        return ast.Struct(
            name=_name(name),
            fields=_only(items, ast.Field),
            reserved=_only(items, ast.ReservedStatement),
            annotations=annotations,
            doc=keyword.doc,
            span=join(keyword.span, name.span),
            damaged=bool(_only(items, ast.Broken)),
        )

    def union(self, children: _Children) -> ast.Union:
        keyword, name, annotations, *items = children
        return ast.Union(
            name=_name(name),
            fields=_only(items, ast.Field),
            reserved=_only(items, ast.ReservedStatement),
            annotations=annotations,
            doc=keyword.doc,
            span=join(keyword.span, name.span),
            damaged=bool(_only(items, ast.Broken)),
        )

    def message(self, children: _Children) -> ast.Message:
        keyword, name, type_id, annotations, *items = children
        return ast.Message(
            name=_name(name),
            type_id=None if type_id is None else _number(type_id),
            fields=_only(items, ast.Field),
            reserved=_only(items, ast.ReservedStatement),
            annotations=annotations,
            doc=keyword.doc,
            span=join(keyword.span, name.span),
            damaged=bool(_only(items, ast.Broken)),
        )

    def field(self, children: _Children) -> ast.Field:
        tag, name, type_, optional, default, annotations = children
        return ast.Field(
            tag=None if tag is None else _number(tag),
            name=_name(name),
            type=type_,
            optional=None if optional is None else optional.span,
            default=None if default is None else _value(default),
            annotations=annotations,
            doc=(tag or name).doc,
        )

    def reserved(self, children: _Children) -> ast.ReservedStatement:
        keyword, *reservations = children
        strings = tuple(ast.String(token.text, token.span) for token in _only(reservations, Token))
        return ast.ReservedStatement(
            _only(reservations, ast.ReservedNumbers), strings, join(keyword.span, reservations[-1].span)
        )

    def reserved_numbers(self, children: _Children) -> ast.ReservedNumbers:
        lower, upper = children
        if upper is None:
            return ast.ReservedNumbers(_number(lower), None, lower.span)
        return ast.ReservedNumbers(_number(lower), _number(upper), join(lower.span, upper.span))

    def annotations(self, children: _Children) -> tuple[ast.Annotation, ...]:
        return tuple(children)

    def annotation(self, children: _Children) -> ast.Annotation:
        sign, name, arguments = children
        last = name.span if arguments is None else arguments[-1].span
        values = None if arguments is None else tuple(map(_value, _without_punctuation(arguments)))
        return ast.Annotation(_name(name), values, join(sign.span, last))

    def annotation_arguments(self, children: _Children) -> _Children:
        return [child for child in children if child is not None]

    def type(self, children: _Children) -> ast.TypeExpression:
        name, arguments, *rest = children
        limit = rest.pop()
        last: Any = limit or (rest and rest[-1][-1]) or (arguments and arguments[-1]) or name
        return ast.TypeExpression(
            name=name,
            arguments=None if arguments is None else tuple(map(_value, _without_punctuation(arguments))),
            lengths=tuple(_value(length) for _, length, _ in rest),
            limit=limit,
            span=join(name.span, last.span),
        )

    def type_arguments(self, children: _Children) -> _Children:
        return children

    def length(self, children: _Children) -> _Children:
        return children

    def range(self, children: _Children) -> ast.Range:
        lower, dots, upper = children
        span = join((lower or dots).span, (upper or dots).span)
        return ast.Range(lower and _value(lower), upper and _value(upper), span)

    def empty_list(self, children: _Children) -> ast.EmptyList:
        return ast.EmptyList(join(children[0].span, children[1].span))

    def empty_map(self, children: _Children) -> ast.EmptyMap:
        return ast.EmptyMap(join(children[0].span, children[1].span))

    def qualified_name(self, children: _Children) -> ast.QualifiedName:
        return ast.QualifiedName(tuple(map(_name, children)), join(children[0].span, children[-1].span))

    def name(self, children: _Children) -> Token:
        # A field's doc comment hangs on the token; ast.Name has no room for it.
        (token,) = children
        assert isinstance(token, Token)
        return token


def _name(token: Token) -> ast.Name:
    return ast.Name(token.text, token.span)


def _number(token: Token) -> ast.Number:
    return ast.Number(token.text, token.span)


def _value(node: Any) -> Any:
    """Literal tokens become nodes; nodes stay."""
    if not isinstance(node, Token):
        return node
    return _number(node) if node.type == "NUMBER" else ast.String(node.text, node.span)


def _without_punctuation(children: Iterable[Any]) -> Iterable[Any]:
    return (child for child in children if not isinstance(child, Token) or child.type in ("NUMBER", "STRING"))


def _only(items: Iterable[Any], kind: type[_Node]) -> tuple[_Node, ...]:
    return tuple(item for item in items if isinstance(item, kind))
