"""The old and the new declaration behind a finding, as places to show: in files where there are any, printed where not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from mycelium.codegen.commands.versions import GIT_PREFIX, Versions
from mycelium.idl.codes import Code
from mycelium.idl.compatibility import Finding
from mycelium.idl.compatibility.reservations import is_reserved
from mycelium.idl.declaration_text import (
    PrintedDeclaration,
    print_constant,
    print_declaration,
    reserved_text,
)
from mycelium.idl.diagnostics import Label
from mycelium.idl.lock import Acceptance, JudgedFinding, Snapshot
from mycelium.idl.schema import MessageDeclaration, Schema, Span
from mycelium.idl.source import Origin, Source

MAXIMUM_WHOLE_LINES = 9
"""A longer declaration is shown as its head, what changed with the lines around it, and its end."""

_LINES_AROUND = 1
_SKIPPED = "    ..."


class Snippets:
    """Finds or makes the labels of findings, and gathers the sources they are in."""

    def __init__(self, versions: Versions, schema: Schema, sources: Mapping[str, Source]) -> None:
        self.sources = dict(sources)
        self._schema = schema
        self._versions = versions
        self._heads = _heads(schema)
        self._old_heads = {
            each.label: _heads(each.schema) for each in versions.snapshots if each.label in versions.sources
        }
        for label, files in versions.sources.items():
            origin = Origin.COMMIT if label.startswith(GIT_PREFIX) else Origin.FILE
            for name, source in files.items():
                shown = f"{label}:{name}" if origin is Origin.COMMIT else source.display_name
                past = _past_file(label, name)
                self.sources[past] = Source(past, source.text, shown, origin)

    def labels(self, judged: JudgedFinding) -> tuple[Label, ...]:
        """The new declaration, then the old one, as far as there are any."""
        finding = judged.finding
        labels: list[Label] = []
        if finding.new_span is not None:
            is_gone = _is_part(finding) and finding.new_span in self._heads
            labels.append(Label(finding.new_span, "now: not there" if is_gone else "now"))
        old = self._old_label(judged.snapshot, finding) or self._reserving_label(judged.snapshot, finding)
        return (*labels, *([] if old is None else [old]))

    def acceptance_label(self, acceptance: Acceptance) -> Label:
        """The acceptance as it stands in the lock."""
        subject = f"{acceptance.rule} {acceptance.element}"
        name = f"{self._versions.record}, {subject} {acceptance.old_digest} {acceptance.new_digest}"
        heading = f"{self._versions.record}: acceptances"
        text = f"{subject}: {acceptance.reason} ({acceptance.author})\n"
        self.sources[name] = Source(name, text, heading, Origin.RECORD, self._versions.record)
        return Label(Span(name, 1, 1, 1, len(subject) + 1), "accepts nothing")

    def _old_label(self, snapshot: Snapshot, finding: Finding) -> Label | None:
        if snapshot.label not in self._versions.sources:
            return self._printed_label(snapshot, finding)
        if finding.old_span is None:
            return None
        is_head = finding.old_span in self._old_heads[snapshot.label]
        span = replace(finding.old_span, file=_past_file(snapshot.label, finding.old_span.file))
        return Label(span, _words(finding, is_there=not (is_head and _is_part(finding))))

    def _printed_label(self, snapshot: Snapshot, finding: Finding) -> Label | None:
        printed = _print(snapshot.schema, finding.declaration)
        if printed is None:
            return None
        part = finding.element.removeprefix(f"{finding.declaration}.")
        span = printed.parts.get(part)
        words = _words(finding, is_there=span is not None or not _is_part(finding))
        if finding.code is Code.RESERVED_REUSED and printed.reserved is not None:
            span = printed.reserved
        lines, span = _excerpt(printed.lines, span or printed.name)
        version = self._versions.releases.get(snapshot.label, {}).get(finding.declaration)
        what = finding.declaration if version is None else f"{finding.declaration} {version}"
        return self._record(snapshot, finding, what, lines, Label(span, words))

    def _reserving_label(self, snapshot: Snapshot, finding: Finding) -> Label | None:
        """Type ids are reserved by packages, in a statement that no declaration holds."""
        message = self._schema.find(finding.element)
        if finding.code is not Code.RESERVED_REUSED or not isinstance(message, MessageDeclaration):
            return None
        for package in snapshot.schema.packages:
            if message.type_id is not None and is_reserved(package.reserved, message.type_id):
                text = reserved_text(package.reserved)
                label = Label(Span("", 1, 1, 1, len(text) + 1), _words(finding, is_there=True))
                return self._record(snapshot, finding, f"package {package.name}", [text], label)
        return None

    def _record(
        self, snapshot: Snapshot, finding: Finding, what: str, lines: list[str], label: Label
    ) -> Label:
        """Make a source of lines that were printed, and put the label into it."""
        release = f", release {snapshot.label}" if snapshot.label in self._versions.releases else ""
        heading = f"{self._versions.record or snapshot.label}: {what}{release}"
        name = f"{heading}, {finding.code.value} {finding.element}"
        text = "".join(f"{line}\n" for line in lines)
        self.sources[name] = Source(name, text, heading, Origin.RECORD, self._versions.record)
        return replace(label, span=replace(label.span, file=name))


def _words(finding: Finding, *, is_there: bool) -> str:
    if finding.code is Code.RESERVED_REUSED:
        return "before: reserved"
    return "before" if is_there else "before: not there"


def _is_part(finding: Finding) -> bool:
    """Whether it is about a part of a declaration, and not about a whole one."""
    return finding.element != finding.declaration


def _heads(schema: Schema) -> frozenset[Span | None]:
    return frozenset(declaration.span for declaration in schema.declarations())


def _print(schema: Schema, name: str) -> PrintedDeclaration | None:
    declaration = schema.find(name)
    if declaration is not None:
        return print_declaration(declaration, schema)
    for package in schema.packages:
        for constant in package.constants:
            if f"{constant.package}.{constant.name}" == name:
                return print_constant(constant, schema)
    return None


def _excerpt(lines: list[str], span: Span) -> tuple[list[str], Span]:
    """The lines worth showing, and where among them the place is."""
    if len(lines) <= MAXIMUM_WHOLE_LINES:
        return lines, span
    last = len(lines)
    around = 0 if span.line == 1 else _LINES_AROUND
    near = range(span.line - around, span.line + around + 1)
    kept = [
        number
        for number in range(1, last + 1)
        if number in (1, last) or (number in near and lines[number - 1])
    ]
    shown: list[str] = []
    previous = 0
    place = span
    for number in kept:
        if any(lines[previous : number - 1]):
            shown.append(_SKIPPED)
        shown.append(lines[number - 1])
        if number == span.line:
            place = replace(span, line=len(shown), end_line=len(shown))
        previous = number
    return shown, place


def _past_file(label: str, file: str) -> str:
    """A name that no present file has."""
    return f"{label}\N{NUMBER SIGN}{file}"
