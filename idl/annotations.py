"""The annotations the language knows: what they say, and where and how they may stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import DiagnosticCollector, Label
from mycelium.idl.schema import Annotations
from mycelium.idl.suggestions import did_you_mean


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


class Place(Enum):
    """Where an annotation may stand."""

    CONSTANT = "a constant"
    ENUM = "an enum"
    STRUCT = "a struct"
    UNION = "a union"
    MESSAGE = "a message"
    NESTED_MESSAGE = "a message without a type id"
    MEMBER = "an enum member"
    FIELD = "a field"


@dataclass(frozen=True, slots=True)
class _Rule:
    """Where an annotation may stand and how it is written."""

    places: frozenset[Place]
    takes_text: bool
    needs_text: bool
    form: str


_RULES = MappingProxyType(
    {
        "topic": _Rule(frozenset({Place.MESSAGE}), True, True, '@topic("market.quotes")'),
        "deprecated": _Rule(frozenset(Place), True, False, '@deprecated` or `@deprecated("why")'),
        "sensitive": _Rule(
            frozenset({Place.FIELD, Place.MESSAGE, Place.NESTED_MESSAGE}), False, False, "@sensitive"
        ),
    }
)


def check_annotations(
    annotations: Sequence[ast.Annotation], place: Place, collector: DiagnosticCollector
) -> None:
    """Report what is unknown, misplaced, repeated or wrongly written."""
    seen: dict[str, ast.Annotation] = {}
    for annotation in annotations:
        name = annotation.name.text
        rule = _RULES.get(name)
        if rule is None:
            known = [f"@{rule}" for rule in _RULES]
            hint = did_you_mean(f"@{name}", known) or f"the annotations are {', '.join(known)}"
            collector.report(
                Code.UNKNOWN_ANNOTATION, annotation.span, f"unknown annotation `@{name}`", hint=hint
            )
            continue
        if name in seen:
            first = Label(seen[name].span, "first given here")
            collector.report(
                Code.REPEATED_ANNOTATION, annotation.span, f"`@{name}` is given twice", related=[first]
            )
            continue
        seen[name] = annotation
        if place not in rule.places:
            _report_misplaced(annotation, place, rule, collector)
        elif not _is_well_written(annotation, rule):
            collector.report(
                Code.BAD_ANNOTATION_ARGUMENT,
                annotation.span,
                f"`@{name}` is not written like this",
                hint=f"write `{rule.form}`",
            )


def _report_misplaced(
    annotation: ast.Annotation, place: Place, rule: _Rule, collector: DiagnosticCollector
) -> None:
    if place is Place.NESTED_MESSAGE:
        hint = "only a message with a type id can be published: `message Name = 1000`"
    else:
        places = [
            allowed.value
            for allowed in Place
            if allowed in rule.places and allowed is not Place.NESTED_MESSAGE
        ]
        hint = f"it stands on {' or '.join(places)}"
    name = annotation.name.text
    collector.report(
        Code.MISPLACED_ANNOTATION, annotation.span, f"`@{name}` cannot stand on {place.value}", hint=hint
    )


def _is_well_written(annotation: ast.Annotation, rule: _Rule) -> bool:
    if annotation.arguments is None:
        return not rule.needs_text
    text = _text(annotation)
    if not rule.takes_text or text is None or len(annotation.arguments) != 1:
        return False
    # A topic is a name people type and grep for.
    return not rule.needs_text or (text.isprintable() and text != "" and " " not in text)
