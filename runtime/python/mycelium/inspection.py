"""What each byte of a body or frame means, for people who look at bytes.

Follows the careful decoder step by step and notes what it reads, so that a body which breaks a rule is explained up
to the very place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from mycelium import plan
from mycelium.careful_decoder import CarefulDecoder
from mycelium.errors import CodecError, DecodeError, FrameError
from mycelium.frames import Envelope, parse_frame, parse_header
from mycelium.message import REDACTED, Message, Struct
from mycelium.value_text import moment_text, value_text
from mycelium.wire import Buffer, plain_view

_MOST_ELEMENTS_SHOWN = 32
"""Longer arrays and packed lists are noted as one."""

_MOST_BYTES_SHOWN = 12
"""Bytes in a line of text; the rest of a longer value is left out."""


class Annotation(msgspec.Struct, frozen=True):
    """A run of bytes and its meaning. ``offset`` counts from the start of the input.

    ``label`` is the path of the value the bytes belong to; ``depth`` how many values enclose it. What the schema calls
    sensitive has no ``bytes`` and the text ``<redacted>``, unless it was to be revealed.
    """

    offset: int
    length: int
    depth: int
    bytes: bytes
    label: str
    text: str


class Inspection(msgspec.Struct, frozen=True):
    """All bytes up to the end, or up to the offence."""

    annotations: tuple[Annotation, ...]
    error: CodecError | None = None


def annotate_body(message: type[Message], data: Buffer, *, reveal: bool = False) -> Inspection:
    """The meaning of a body of that message, as far as it is legal."""
    decoder = _NotingDecoder(data, reveal)
    try:
        decoder.decode(message)
    except DecodeError as error:
        return Inspection(tuple(decoder.annotations), error)
    return Inspection(tuple(decoder.annotations))


def annotate_frame(
    messages: Mapping[int, type[Message]], data: Buffer, *, reveal: bool = False
) -> Inspection:
    """The meaning of exactly one frame; ``messages`` are those known, by type id."""
    view = plain_view(data)
    notes = _Notes(view)
    try:
        header = parse_header(view)
        known = messages.get(header.type_id)
        notes.add(2, "type", f"{header.type_id}, {'not known' if known is None else known.NAME}")
        notes.add(1, "flags", "an envelope follows" if header.has_envelope else "none")
        notes.add(1, "version", str(view[3]))
        notes.add(4, "length", f"{header.length} bytes follow")
        frame = parse_frame(view, messages)
    except FrameError as error:
        return Inspection(tuple(notes.annotations), error)
    if frame.envelope is not None:
        _note_envelope(notes, frame.envelope)
    body = annotate_body(messages[frame.type_id], frame.body, reveal=reveal)
    shifted = [
        msgspec.structs.replace(each, offset=each.offset + notes.position) for each in body.annotations
    ]
    return Inspection((*notes.annotations, *shifted), body.error)


def _note_envelope(notes: _Notes, envelope: Envelope) -> None:
    notes.add(8, "envelope.sequence", str(envelope.sequence))
    notes.add(8, "envelope.published_at", moment_text(envelope.published_at))
    notes.add(16, "envelope.trace_id", envelope.trace_id.hex())
    notes.add(8, "envelope.span_id", envelope.span_id.hex())
    notes.add(8, "envelope.correlation_id", str(envelope.correlation_id))
    notes.add(4, "envelope.source", str(envelope.source))
    notes.add(4, "envelope.destination", str(envelope.destination))


class _Notes:
    """Parts of a frame that follow one another."""

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self.position = 0
        self.annotations: list[Annotation] = []

    def add(self, length: int, label: str, text: str) -> None:
        data = bytes(self._view[self.position : self.position + length])
        self.annotations.append(Annotation(self.position, length, 0, data, label, text))
        self.position += length


class _NotingDecoder(CarefulDecoder):
    """A careful decoder that writes down what it reads."""

    def __init__(self, data: Buffer, reveal: bool) -> None:
        super().__init__(data)
        self.annotations: list[Annotation] = []
        self._reveal = reveal
        self._path: list[str] = []
        self._sensitive_parts: list[frozenset[str]] = [frozenset()]
        self._redacted_from: int | None = None

    def within(self, part: str, read: Callable[..., Any], *arguments: Any) -> Any:
        self._path.append(part)
        begins = self._redacted_from is None and not self._reveal and part in self._sensitive_parts[-1]
        if begins:
            self._redacted_from = len(self._path)
        try:
            return super().within(part, read, *arguments)
        finally:
            if begins:
                self._redacted_from = None
            self._path.pop()

    def _inside(self, sensitive_parts: Iterable[str], read: Callable[..., Any], *arguments: Any) -> Any:
        self._sensitive_parts.append(frozenset(sensitive_parts))
        try:
            return read(*arguments)
        finally:
            self._sensitive_parts.pop()

    def read_message(self, message: type[Message], start: int, end: int, depth: int) -> Message:
        description = message.__plan__
        parts = [f".{each.name}" for each in description.fields if each.sensitive or description.sensitive]
        decoded: Message = self._inside(parts, super().read_message, message, start, end, depth)
        return decoded

    def read_union(self, union: plan.UnionPlan, start: int, end: int, depth: int) -> Any:
        parts = [f"({each.name})" for each in union.variants if each.sensitive]
        return self._inside(parts, super().read_union, union, start, end, depth)

    def _note(self, start: int, end: int, text: str) -> None:
        """A header, a length, or another part of the form: never secret, but the path to it may be."""
        self._add(start, end, bytes(self.data[start:end]), text)

    def _note_value(self, start: int, end: int, text: str) -> None:
        if self._redacted_from is None:
            self._add(start, end, bytes(self.data[start:end]), text)
        else:
            self._add(start, end, b"", REDACTED)

    def _add(self, start: int, end: int, data: bytes, text: str) -> None:
        label = "".join(self._path[: self._redacted_from])
        self.annotations.append(Annotation(start, end - start, len(self._path), data, label, text))

    def read_header(self, position: int, end: int) -> tuple[int, int, int]:
        tag, kind, after = super().read_header(position, end)
        self._note(position, after, f"header: tag {tag}, kind {kind}")
        return tag, kind, after

    def read_length(self, position: int, end: int) -> tuple[int, int]:
        start, stop = super().read_length(position, end)
        self._note(position, start, f"length: {stop - start}")
        return start, stop

    def read_unknown(self, kind: int, position: int, end: int) -> tuple[int, int]:
        start, stop = super().read_unknown(kind, position, end)
        self._note_value(start, stop, f"{stop - start} bytes of a field or variant not known here")
        return start, stop

    def read_newer(self, start: int, end: int) -> None:
        self._note_value(start, end, f"{end - start} bytes of block fields not known here")

    def read_fixed(self, type_: plan.Type, position: int) -> Any:
        match type_:
            case plan.Struct(struct=struct):
                parts = [f".{each.name}" for each in struct.__plan__.fields if each.sensitive]
                return self._inside(parts, self._read_struct, struct, position)
            case plan.Array(element=element, length=length) if length <= _MOST_ELEMENTS_SHOWN:
                return self._read_elements(element, position, length)
        value = super().read_fixed(type_, position)
        self._note_value(position, position + (plan.fixed_size(type_) or 0), value_text(type_, value))
        return value

    def _read_struct(self, struct: type[Struct], position: int) -> Struct:
        values = [
            self.within("." + field.name, self.read_fixed, field.type, position + field.offset)
            for field in struct.__plan__.fields
        ]
        return struct(*values)

    def _read_elements(self, element: plan.Type, start: int, count: int) -> tuple[Any, ...]:
        size = plan.fixed_size(element) or 0
        return tuple(
            self.within(f"[{index}]", self.read_fixed, element, start + index * size)
            for index in range(count)
        )

    def read_packed_list(self, type_: plan.List, size: int, start: int, end: int) -> tuple[Any, ...]:
        values = super().read_packed_list(type_, size, start, end)
        if len(values) <= _MOST_ELEMENTS_SHOWN:
            return self._read_elements(type_.element, start, len(values))
        self._note_value(start, end, f"{len(values)} elements")
        return values

    def read_string(self, type_: plan.String, start: int, end: int) -> str:
        value = super().read_string(type_, start, end)
        self._note_value(start, end, value_text(type_, value))
        return value

    def read_bytes(self, type_: plan.Bytes, start: int, end: int) -> bytes:
        value = super().read_bytes(type_, start, end)
        self._note_value(start, end, f"{end - start} bytes")
        return value


def format_annotations(inspection: Inspection) -> str:
    """One line per annotation: offset, bytes, path, meaning; then the offence, where there is one."""
    rows = [(str(each.offset), _hex(each.bytes), each.label, each.text) for each in inspection.annotations]
    widths = [max((len(row[column]) for row in rows), default=0) for column in range(3)]
    lines = [
        f"{offset:>{widths[0]}}  {data:<{widths[1]}}  {label:<{widths[2]}}  {text}".rstrip()
        for offset, data, label, text in rows
    ]
    if inspection.error is not None:
        lines.append(f"error {inspection.error}")
    return "\n".join(lines)


def _hex(data: bytes) -> str:
    shown = data[:_MOST_BYTES_SHOWN].hex(" ")
    return f"{shown} ..." if len(data) > _MOST_BYTES_SHOWN else shown
