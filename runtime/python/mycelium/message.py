"""The bases of generated classes: messages, structs and the variants of unions.

Instances are immutable, compare by value, and hash by value where all they hold does (a map does not). Printed
forms show ``<redacted>`` for what the schema calls sensitive. Constructors do not validate; encoding does.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeAlias

import msgspec

from mycelium.enums import AnyEnum as AnyEnum
from mycelium.plan import MessagePlan, StructPlan, UnionPlan
from mycelium.versions import Direction, PeerVersion, VersionHistory, VersionVerdict, version_verdict
from mycelium.wire import Buffer

if TYPE_CHECKING:
    from pyarrow import RecordBatch

    from mycelium.columns.arrays import Arrays
    from mycelium.columns.block_array import StructuredArray
    from mycelium.columns.rows import FramesOrBodies

REDACTED = "<redacted>"
"""Stands for a sensitive value wherever one would be printed."""

Read: TypeAlias = Callable[[Buffer, int, int, int], Any]
"""``read(data, start, end, depth)``: the value in these bytes; raises anything where they are not the plain case."""

Write: TypeAlias = Callable[[Any, int], bytes]
"""``write(value, depth)``: the bytes of a value; raises anything where it is not the plain case."""


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A message: named, immutable values with one encoding.

    ``TYPE_ID`` identifies the type in a frame, None for a message that only ever lies inside others. ``TOPIC`` is
    where it is published by default. ``WIRE_DIGEST`` and ``FULL_DIGEST`` tell versions of it apart: two with the
    same wire digest read each other's bytes, two with the same full digest were made from the same declarations.
    ``VERSIONS`` is what the lock of the schemas knows of its versions.
    """

    NAME: ClassVar[str] = ""
    TYPE_ID: ClassVar[int | None] = None
    TOPIC: ClassVar[str | None] = None
    WIRE_DIGEST: ClassVar[int] = 0
    FULL_DIGEST: ClassVar[int] = 0
    VERSIONS: ClassVar[VersionHistory] = VersionHistory()
    __plan__: ClassVar[MessagePlan]
    __read__: ClassVar[Read]
    __write__: ClassVar[Write]

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if hasattr(cls, "__plan__"):  # it derives from a class with a wire format
            from mycelium.codec import describe_subclass  # which needs this module first

            describe_subclass(cls)

    def encode(self) -> bytes:
        """The body of this message.

        Raises :class:`~mycelium.EncodeError` naming the field when a value does not fit its type.
        """
        raise TypeError(f"{type(self).__name__} has no wire format")

    def encode_into(self, buffer: bytearray | memoryview, offset: int = 0) -> int:
        """Write the body of this message into a writable buffer, from ``offset`` on; how many bytes it took.

        Raises :class:`~mycelium.EncodeError` as :meth:`encode` does, :class:`ValueError` where there is too little room,
        and :class:`TypeError` for anything but a contiguous, writable buffer. A buffer that was refused is as it was.
        """
        raise TypeError(f"{type(self).__name__} has no wire format")

    @classmethod
    def decode(cls, data: bytes | bytearray | memoryview) -> Self:
        """The message in a whole body.

        Raises :class:`~mycelium.DecodeError` with the code, path and offset of the first offence.
        """
        raise TypeError(f"{cls.__name__} has no wire format")

    @classmethod
    def view(cls, data: Buffer) -> Self:
        """What stands in for the message in a whole body, and reads each field when it is asked for.

        See :mod:`mycelium.views`. Raises :class:`~mycelium.DecodeError` where the body's headers offend.
        """
        from mycelium.views import view  # for those who use it

        return view(cls, data)

    @classmethod
    def to_numpy(cls, frames_or_bodies: FramesOrBodies) -> StructuredArray:
        """Many frames, one after the other in a buffer, or a list of bodies, as one structured array.

        For messages that are all block. See :func:`mycelium.columns.to_numpy`.
        """
        from mycelium.columns import to_numpy  # needs numpy

        return to_numpy(cls, frames_or_bodies)

    @classmethod
    def decode_columns(cls, frames_or_bodies: FramesOrBodies) -> Arrays:
        """Many frames, one after the other in a buffer, or a list of bodies, as arrays by name.

        See :func:`mycelium.columns.decode_columns`.
        """
        from mycelium.columns import decode_columns  # needs numpy

        return decode_columns(cls, frames_or_bodies)

    @classmethod
    def to_arrow(cls, frames_or_bodies: FramesOrBodies) -> RecordBatch:
        """Many frames, one after the other in a buffer, or a list of bodies, as an Arrow record batch.

        See :func:`mycelium.columns.to_arrow`.
        """
        from mycelium.columns import to_arrow  # needs numpy and pyarrow

        return to_arrow(cls, frames_or_bodies)

    @classmethod
    def version_verdict(cls, peer: PeerVersion, flow: Direction = Direction.BOTH) -> VersionVerdict:
        """Whether data can flow between this version and a peer's; see :func:`mycelium.versions.version_verdict`."""
        return version_verdict(cls.NAME, cls.WIRE_DIGEST, cls.VERSIONS, peer, flow)

    def __repr__(self) -> str:
        plan = type(self).__plan__
        return _printed(self, [(field.attribute, field.sensitive) for field in plan.fields], plan.sensitive)


class Struct(msgspec.Struct, frozen=True):
    """Packed values that travel together; part of messages, never alone."""

    __plan__: ClassVar[StructPlan]

    def __repr__(self) -> str:
        plan = type(self).__plan__
        return _printed(self, [(field.attribute, field.sensitive) for field in plan.fields], plan.sensitive)


class Variant(msgspec.Struct, frozen=True):
    """One alternative of a union; ``value`` is declared by each generated class."""

    __union__: ClassVar[UnionPlan]

    def __repr__(self) -> str:
        kind = type(self)
        sensitive = any(entry.sensitive for entry in kind.__union__.variants if entry.variant is kind)
        return f"{kind.__name__}({REDACTED if sensitive else repr(getattr(self, 'value', None))})"


class UnknownVariant(msgspec.Struct, frozen=True, gc=False):
    """A variant this schema does not know, kept as it came: its tag, its kind 0..6, and the value's bytes."""

    tag: int
    kind: int
    bytes: bytes
    __union__: ClassVar[UnionPlan]
    __read__: ClassVar[Read]
    __write__: ClassVar[Write]


def _printed(value: msgspec.Struct, fields: list[tuple[str, bool]], all_sensitive: bool) -> str:
    shown = ", ".join(
        f"{attribute}={REDACTED if all_sensitive or sensitive else repr(getattr(value, attribute))}"
        for attribute, sensitive in fields
    )
    return f"{type(value).__name__}({shown})"
