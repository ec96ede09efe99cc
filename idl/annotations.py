"""The annotations the language knows: what they say, and where and how they may stand."""

from __future__ import annotations

from collections.abc import Sequence

from mycelium.idl import ast
from mycelium.idl.schema import Annotations


def read_annotations(annotations: Sequence[ast.Annotation]) -> Annotations:
    """What ``@deprecated`` and ``@sensitive`` say; anything wrong is passed over, ``check_annotations`` reports it."""
    if not annotations:
        return Annotations()
    deprecated = _first(annotations, "deprecated")
    reason = None if deprecated is None else _text(deprecated) or ""
    return Annotations(deprecated=reason, sensitive=_first(annotations, "sensitive") is not None)


def read_topic(annotations: Sequence[ast.Annotation]) -> str | None:
    """What ``@topic`` says."""
    topic = _first(annotations, "topic")
    return None if topic is None else _text(topic)


def _first(annotations: Sequence[ast.Annotation], name: str) -> ast.Annotation | None:
    return next((annotation for annotation in annotations if annotation.name.text == name), None)


def _text(annotation: ast.Annotation) -> str | None:
    argument = annotation.arguments[0] if annotation.arguments else None
    return argument.text if isinstance(argument, ast.String) else None
