"""The block of a message: schema -> model."""

from __future__ import annotations

import struct
from collections.abc import Sequence

from mycelium.codegen.rust import layout, model
from mycelium.codegen.rust.declarations import allows, checks, get, put, validities
from mycelium.codegen.rust.literals import text_literal
from mycelium.codegen.rust.members import Member
from mycelium.codegen.rust.scope import Scope
from mycelium.codegen.rust.types import TypeSpelling
from mycelium.idl.schema import (
    AsciiType,
    BlockField,
    BoolType,
    FixedBytesType,
    FloatType,
    IntegerType,
    Literal,
    Type,
    UuidType,
    fixed_size,
)


def lower_block(scope: Scope, members: Sequence[Member], size: int) -> model.Block | None:
    """The block, None where the message has none."""
    packed = _packed(members)
    if not packed:
        return None
    fields = [field for field, _, _ in packed]
    allowed = allows(scope, packed)
    return model.Block(
        size=size,
        fields=layout.array(8, "fields: &", [_layout_of(scope, field) for field in fields], ","),
        defaults=layout.array(8, "defaults: &", [str(byte) for byte in _defaults(fields)], ","),
        checks=checks(scope, packed, "block"),
        check_result=scope.result("()", "DecodeError"),
        allows=allowed,
        allow_result=scope.result("()", "EncodeError") if allowed else "",
        puts=tuple(put(field, f"value.{name}", spelling, "block", 12) for field, name, spelling in packed),
    )


def lower_block_alone(scope: Scope, members: Sequence[Member], view: str) -> model.BlockAlone | None:
    """What reads a body that is a block and nothing else, None where the message has more to it."""
    packed = _packed(members)
    if not packed or len(packed) < len(members):
        return None
    fields = [get(field, name, spelling, "block", 12) for field, name, spelling in packed]
    return model.BlockAlone(
        literal=layout.struct_literal(8, "", "Self", fields, ""),
        validities=validities(scope, packed, "block"),
        decode_result=scope.result("Self", "DecodeError"),
        view=layout.signature(4, "fn view", ["body: &[u8]"], scope.result(f"{view}<'_>", "DecodeError")),
    )


def _packed(members: Sequence[Member]) -> list[tuple[BlockField, str, TypeSpelling]]:
    return [
        (member.field, member.name, member.spelling)
        for member in members
        if isinstance(member.field, BlockField)
    ]


def _layout_of(scope: Scope, field: BlockField) -> str:
    end = field.offset + (fixed_size(field.type) or 0)
    return f"{scope.wire}::BlockField::{field.presence.value}({text_literal(field.name)}, {end})"


def _defaults(fields: Sequence[BlockField]) -> bytes:
    """The defaults after the last required field, as they are on the wire."""
    encoded = b""
    for field in reversed(fields):
        if field.default is None:
            break
        encoded = _encoded(field.type, field.default) + encoded
    return encoded


def _encoded(type_: Type, value: Literal) -> bytes:
    size = fixed_size(type_) or 0
    match type_, value:
        case BoolType(), bool():
            return bytes([value])
        case FloatType(bits=bits), int() | float():
            return struct.pack("<d" if bits == 64 else "<f", value)
        case AsciiType(), str():
            return value.encode("ascii").ljust(size, b"\0")
        case (UuidType() | FixedBytesType()), bytes():
            return value
        case IntegerType(signed=False), int():
            return value.to_bytes(size, "little")
        case _, int():
            return value.to_bytes(size, "little", signed=value < 0)
    raise TypeError(f"{type_} cannot have the default {value!r}")
