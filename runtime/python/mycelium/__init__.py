"""Typed messages with one encoding in Python, Rust and OCaml.

Generated classes (``mycelium-gen``) derive from :class:`Message` and know how to ``encode`` and ``decode``
themselves; this package has what they share, frames for carrying them, the errors they raise, and the bus that
connects publishers and subscribers (:mod:`mycelium.bus`).
"""

from __future__ import annotations

from mycelium.bus import MessageBus, Publisher, Subscriber, Subscription
from mycelium.enums import ClosedEnum, OpenEnum
from mycelium.errors import CodecError, DecodeError, EncodeError, ErrorCode, FrameError, MyceliumError
from mycelium.frame_reader import FrameReader
from mycelium.frames import DecodedFrame, Envelope, Frame, decode_frame, encode_frame, parse_frame
from mycelium.json_form import from_json, to_json
from mycelium.message import Message, Struct, UnknownVariant, Variant

__all__ = [
    "ClosedEnum",
    "CodecError",
    "DecodeError",
    "DecodedFrame",
    "EncodeError",
    "Envelope",
    "ErrorCode",
    "Frame",
    "FrameError",
    "FrameReader",
    "Message",
    "MessageBus",
    "MyceliumError",
    "OpenEnum",
    "Publisher",
    "Struct",
    "Subscriber",
    "Subscription",
    "UnknownVariant",
    "Variant",
    "decode_frame",
    "encode_frame",
    "from_json",
    "parse_frame",
    "to_json",
]
