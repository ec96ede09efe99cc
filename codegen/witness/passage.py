"""One version writes and the other reads: what arrives, what is refused, what is misread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from mycelium.codegen.dynamic import load_messages
from mycelium.codegen.witness.partners import Partners
from mycelium.codegen.witness.reading import Misreading, Reading
from mycelium.errors import CodecError, DecodeError, EncodeError
from mycelium.frames import decode_frame, encode_frame
from mycelium.idl.schema import MessageDeclaration, Schema
from mycelium.json_form import from_json, to_json
from mycelium.message import Message

Json = Any


@dataclass(frozen=True)
class Version:
    """A schema and its codecs, made at run time when they are first needed, from the plans generated Python carries."""

    schema: Schema

    @cached_property
    def messages(self) -> Mapping[str, type[Message]]:
        """The message classes by qualified name."""
        return load_messages(self.schema)

    @cached_property
    def registry(self) -> Mapping[int, type[Message]]:
        """The message classes by type id: what frames are read with."""
        return {kind.TYPE_ID: kind for kind in self.messages.values() if kind.TYPE_ID is not None}

    def message(self, name: str) -> MessageDeclaration:
        """The declaration of a message that is there."""
        found = self.schema.find(name)
        assert isinstance(found, MessageDeclaration), name
        return found


@dataclass(frozen=True, slots=True)
class Refusal:
    """The reader's error. ``offset`` counts from the start of the body, or of the frame where that is refused."""

    code: str
    offset: int
    path: str


@dataclass(frozen=True, slots=True)
class Misread:
    """The reader takes the bytes for something else: ``value`` is the whole message it sees, in JSON form."""

    path: str
    what: str
    value: Json


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes that were written, their value as the writer sees it, and all that is wrong with how they arrive."""

    body: bytes
    value: Json
    offences: tuple[Refusal | Misread, ...]


class Passage:
    """From one version to the other. ``names`` are the reader's declarations by the writer's."""

    def __init__(self, writer: Version, reader: Version, names: Mapping[str, str]) -> None:
        self.writer = writer
        self.reader = reader
        self.partners = Partners(writer.schema, reader.schema, names)
        self._reading = Reading(self.partners)

    def send(self, name: str, value: Json) -> Sent | None:
        """Write a message given in JSON form, by the writer's name, and read it; None where it cannot be written."""
        writing = self.writer.messages[name]
        try:
            body = from_json(writing, value).encode()
        except EncodeError:
            return None
        return self.deliver(name, body)

    def deliver(self, name: str, body: bytes) -> Sent:
        """Read a body that the writer wrote."""
        written = to_json(self.writer.messages[name].decode(body))
        reader_name = self.partners.name(name)
        assert reader_name is not None
        try:
            read = to_json(self.reader.messages[reader_name].decode(body))
        except DecodeError as error:
            return Sent(body, written, (Refusal(error.code.value, error.offset, error.path),))
        before, after = self.writer.message(name), self.reader.message(reader_name)
        found = self._reading.message(before, after, written, read)
        return Sent(body, written, tuple(_misread(each, read) for each in found))

    def send_frame(self, name: str, value: Json) -> Sent | None:
        """Write a whole frame, and read it as the reader's messages are known to it."""
        try:
            message = from_json(self.writer.messages[name], value)
            frame = encode_frame(message)
        except EncodeError:
            return None
        written = to_json(message)
        try:
            read = decode_frame(frame, self.reader.registry).message
        except CodecError as error:
            return Sent(frame, written, (Refusal(error.code.value, error.offset, error.path),))
        if read.NAME == self.partners.name(name):
            return Sent(frame, written, ())
        what = f"a frame of {name} is read as one of {read.NAME}"
        return Sent(frame, written, (Misread(read.__plan__.name, what, to_json(read)),))


def _misread(misreading: Misreading, value: Json) -> Misread:
    return Misread(misreading.path, misreading.what, value)
