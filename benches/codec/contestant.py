"""What a contestant is, and the proof that it carries what all carry."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from benches.codec.values import Subject

NAMES = (
    "mycelium_native",
    "mycelium_pure",
    "msgspec_msgpack",
    "msgspec_json",
    "protobuf_upb",
    "orjson_dictionaries",
    "pycapnp_messages",
    "flatbuffers_tables",
    "fastavro_records",
    "pyfory_dataclasses",
    "betterproto2_messages",
    "cbor2_arrays",
    "pickle_classes",
)
"""The modules of ``benches.codec.contestants``, in the order of the tables; the first is ours."""


@dataclass(frozen=True)
class Contestant:
    """One codec with one message.

    ``build`` makes the object of plain values, ``encode`` and ``decode`` are the codec's own calls wherever they
    have this shape, and ``read`` takes every field out of what ``decode`` gave.
    """

    build: Callable[[], Any]
    encode: Callable[[Any], bytes]
    decode: Callable[[bytes], Any]
    read: Callable[[Any], object]


class ContestantModule(Protocol):
    """A module of ``benches.codec.contestants``: functions named after the subjects give its contestants."""

    TITLE: str

    def quote(self) -> Contestant: ...

    def book(self) -> Contestant: ...

    def order(self) -> Contestant: ...

    def trading_quote(self) -> Contestant: ...


class WrongValues(Exception):
    """A contestant does not give back what it was given: its times would mean nothing."""


def load(name: str) -> Any:
    """The module of a contestant.

    Raises ImportError where the peer, or the native codec, is not installed.
    """
    return importlib.import_module(f"benches.codec.contestants.{name}")


def contestant_for(module: Any, subject: Subject) -> Contestant:
    """The contestant for a message, held against the values first.

    Raises :class:`WrongValues` where what it reads is not what it was given.
    """
    contestant: Contestant = getattr(module, subject.name)()
    body = contestant.encode(contestant.build())
    found = subject.agreed_form(contestant.read(contestant.decode(body)))
    if not isinstance(body, bytes) or found != subject.expected:
        raise WrongValues(f"{module.TITLE}, {subject.title}: read {found!r}, expected {subject.expected!r}")
    return contestant
