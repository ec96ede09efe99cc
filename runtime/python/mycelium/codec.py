"""Where a class meets its codec: a fast and a careful path over one description.

A fast path knows the plain case and stops at a surprise; the careful path then decides, and either succeeds or names
the first offence. Whatever a fast path accepts, the careful one accepts with the same result. There are two fast paths:
the native codec (:mod:`mycelium.native`), and where that does not run, generated straight-line Python.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mycelium import native, plan
from mycelium.careful_decoder import decode_carefully
from mycelium.careful_encoder import encode_carefully
from mycelium.message import Message, Read, Struct, Write
from mycelium.wire import ELEMENT_BUDGET, Buffer, place_body, plain_view


def describe_message(
    message: type[Message],
    description: plan.MessagePlan,
    read: Read | None = None,
    write: Write | None = None,
    *,
    decode: Callable[[Buffer], Any] | None = None,
    counted: bool = True,
) -> None:
    """Give a message class its plan and codec; without ``read`` and ``write``, the careful one alone.

    ``decode`` takes the place of what would be made of ``read``, falling back to the careful path by itself.
    ``counted`` says whether a body may hold elements that count towards the budget. Each of them takes at least a
    byte, so a body no longer than the budget needs no counting; the fast path does none, and leaves larger
    bodies to the careful one.
    """
    fast_size = ELEMENT_BUDGET if counted else 1 << 62
    message.__plan__ = description
    if read is not None:
        message.__read__ = read
    if write is not None:
        message.__write__ = write
    if decode is None:
        decode = _careful_decode(message) if read is None else _fast_decode(message, read, fast_size)
    encode = _careful_encode if write is None else _fast_encode(write, fast_size)
    for name, function in _methods(message, decode, encode).items():
        type.__setattr__(message, name, function)


def describe_subclass(message: type[Message]) -> None:
    """Let a class that derives from a described one read instances of its own; what it defines itself stays."""
    write = getattr(message, "__write__", None)
    encode = _careful_encode if write is None else _fast_encode(write, ELEMENT_BUDGET)
    methods = _methods(message, _careful_decode(message), encode)
    methods["view"] = vars(Message)[
        "view"
    ]  # that of the class it derives from may make views of that one alone
    for name, function in methods.items():
        if name not in vars(message):
            type.__setattr__(message, name, function)


def _methods(
    message: type[Message], decode: Callable[[Buffer], Any], encode: Callable[[Any], bytes]
) -> dict[str, Any]:
    """What the class is given: native functions that hand over to these, or these themselves."""

    def encode_into(self: Any, buffer: Buffer, offset: int = 0) -> int:
        """Write the body into a buffer; how many bytes it took."""
        return place_body(encode(self), buffer, offset)

    codec = native.make_codec(message, decode_carefully, encode_carefully, decode, encode, encode_into)
    if codec is None:
        return {"decode": staticmethod(decode), "encode": encode, "encode_into": encode_into}
    return {
        "__codec__": codec,
        "decode": codec.decode,
        "encode": codec.encode,
        "encode_into": codec.encode_into,
    }


def describe_struct(struct: type[Struct], description: plan.StructPlan) -> None:
    """Give a struct class its plan."""
    struct.__plan__ = description


def describe_union(description: plan.UnionPlan, read: Read | None = None, write: Write | None = None) -> None:
    """Give the classes of a union their plan, and the unknown one, which stands for the union, its fast codec."""
    description.unknown.__union__ = description
    if read is not None:
        description.unknown.__read__ = read
    if write is not None:
        description.unknown.__write__ = write
    for variant in description.variants:
        variant.variant.__union__ = description


def _fast_decode(message: type[Message], read: Read, fast_size: int) -> Callable[[Buffer], Any]:
    def decode(data: Buffer) -> Any:
        """The message in a whole body; DecodeError names the first offence."""
        if type(data) is not bytes:
            data = plain_view(data)
        size = len(data)
        if size <= fast_size:
            try:
                return read(data, 0, size, 1)
            except Exception:  # whatever surprised it, the careful path says what it is
                pass
        return decode_carefully(message, data)

    return decode


def _careful_decode(message: type[Message]) -> Callable[[Buffer], Any]:
    def decode(data: Buffer) -> Any:
        """The message in a whole body; DecodeError names the first offence."""
        return decode_carefully(message, data)

    return decode


def _fast_encode(write: Write, fast_size: int) -> Callable[[Any], bytes]:
    def encode(self: Any) -> bytes:
        """The body of this message; EncodeError names the first value that does not fit."""
        try:
            body = write(self, 1)
        except Exception:  # whatever surprised it, the careful path says what it is
            return encode_carefully(self)
        return body if len(body) <= fast_size else encode_carefully(self)

    return encode


def _careful_encode(self: Any) -> bytes:
    """The body of this message; EncodeError names the first value that does not fit."""
    return encode_carefully(self)
