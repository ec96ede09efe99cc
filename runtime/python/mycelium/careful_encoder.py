"""Messages -> bytes, driven by plans: the codec that decides what can be written.

Checks everything a decoder would refuse, and names the field. Nothing is written when anything is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mycelium import plan
from mycelium.errors import EncodeError, ErrorCode, Offence
from mycelium.fixed_encoder import is_integer, type_mismatch, write_fixed, write_packed
from mycelium.map_keys import key_text
from mycelium.message import Message, UnknownVariant
from mycelium.wire import (
    ELEMENT_BUDGET,
    LARGEST_TAG,
    MAXIMUM_DEPTH,
    SIZE_OF_KIND,
    VARIABLE_KIND,
    element_header,
    length_prefix,
)


def encode_carefully(message: Message, element_budget: int = ELEMENT_BUDGET) -> bytes:
    """The body of a message, or :class:`EncodeError` naming the first value that does not fit its type.

    ``element_budget`` is the largest number of variable list elements and map entries in the whole body.
    """
    return CarefulEncoder(element_budget).encode(message)


class CarefulEncoder:
    """One pass over one message."""

    def __init__(self, element_budget: int = ELEMENT_BUDGET) -> None:
        self.budget = element_budget

    def encode(self, message: Message) -> bytes:
        """The body, or :class:`EncodeError`."""
        try:
            return self.within(message.__plan__.name, self._message, message, 1)
        except Offence as offence:
            raise EncodeError(offence.code, offence.path, offence.offset, offence.detail) from None

    def within(self, part: str, write: Callable[..., bytes], *arguments: Any) -> bytes:
        """What ``write`` gives; an offence on the way lies within ``part``."""
        try:
            return write(*arguments)
        except Offence as offence:
            offence.within(part)
            raise

    def _message(self, message: Message, depth: int) -> bytes:
        _enter(depth)
        description = message.__plan__
        parts: list[bytes] = []
        if description.block:
            parts.append(self._block(description.block, message))
        for field in description.tagged:
            value = getattr(message, field.attribute)
            if value is None and field.presence is plan.Presence.OPTIONAL:
                continue
            body = self.within("." + field.name, self._value, field.type, value, depth)
            parts.append(field.header)
            if field.kind == VARIABLE_KIND:
                parts.append(length_prefix(len(body)))
            parts.append(body)
        return b"".join(parts)

    def _block(self, fields: tuple[plan.BlockField, ...], message: Message) -> bytes:
        packed = b"".join(
            self.within("." + field.name, write_fixed, field.type, getattr(message, field.attribute))
            for field in fields
        )
        return element_header(0, VARIABLE_KIND) + length_prefix(len(packed)) + packed

    def _value(self, type_: plan.Type, value: Any, depth: int) -> bytes:
        """The bytes of a value inside a container at ``depth``, without header or length."""
        match type_:
            case plan.String():
                return _string(type_, value)
            case plan.Bytes():
                return _bytes(type_, value)
            case plan.List():
                return self._list(type_, value, depth + 1)
            case plan.Map():
                return self._map(type_, value, depth + 1)
            case plan.Message(message=message):
                if not isinstance(value, message):
                    raise type_mismatch(message.__plan__.name, value)
                return self._message(value, depth + 1)
            case plan.Union(unknown=unknown):
                return self._union(unknown.__union__, value, depth + 1)
        return write_fixed(type_, value)

    def _list(self, type_: plan.List, value: Any, depth: int) -> bytes:
        _enter(depth)
        items = as_sequence(value)
        _check_bounds(type_, len(items), "elements")
        if plan.fixed_size(type_.element) is not None:
            return write_packed(type_.element, items)
        parts: list[bytes] = []
        for index, item in enumerate(items):
            self._spend()
            body = self.within(f"[{index}]", self._value, type_.element, item, depth)
            parts += (length_prefix(len(body)), body)
        return b"".join(parts)

    def _spend(self) -> None:
        if self.budget <= 0:
            raise Offence(ErrorCode.BUDGET_EXCEEDED, detail="too many elements in one body")
        self.budget -= 1

    def _map(self, type_: plan.Map, value: Any, depth: int) -> bytes:
        _enter(depth)
        if not isinstance(value, Mapping):
            raise type_mismatch("a dict", value)
        _check_bounds(type_, len(value), "entries")
        entries = self._sorted_entries(type_.key, value, depth)
        key_is_fixed = plan.fixed_size(type_.key) is not None
        value_is_fixed = plan.fixed_size(type_.value) is not None
        parts: list[bytes] = []
        for _, key_bytes, key, item in entries:
            self._spend()
            body = self.within(f"[{key_text(type_.key, key)}]", self._value, type_.value, item, depth)
            if not key_is_fixed:
                parts.append(length_prefix(len(key_bytes)))
            parts.append(key_bytes)
            if not value_is_fixed:
                parts.append(length_prefix(len(body)))
            parts.append(body)
        return b"".join(parts)

    def _sorted_entries(
        self, type_: plan.Type, value: Mapping[Any, Any], depth: int
    ) -> list[tuple[Any, bytes, Any, Any]]:
        """(order, bytes, key, item) ascending: numbers order by value, all else by its bytes."""
        entries: list[tuple[Any, bytes, Any, Any]] = []
        for index, (key, item) in enumerate(value.items()):
            key_bytes = self.within(f"[#{index}]", self._value, type_, key, depth)
            order = int(key) if isinstance(type_, plan.Integer | plan.Enum) else key_bytes
            entries.append((order, key_bytes, key, item))
        entries.sort(key=lambda entry: entry[0])
        for index in range(1, len(entries)):
            if entries[index - 1][0] == entries[index][0]:
                offence = Offence(ErrorCode.NON_CANONICAL, detail="a key is repeated")
                offence.within(f"[#{index}]")
                raise offence
        return entries

    def _union(self, union: plan.UnionPlan, value: Any, depth: int) -> bytes:
        _enter(depth)
        if isinstance(value, union.unknown):
            return _unknown_variant(union, value)
        for variant in union.variants:
            if isinstance(value, variant.variant):
                held = getattr(value, "value", None)
                body = self.within(f"({variant.name})", self._value, variant.type, held, depth)
                if variant.kind == VARIABLE_KIND:
                    return variant.header + length_prefix(len(body)) + body
                return variant.header + body
        raise type_mismatch(f"a variant of {union.name}", value)


def _enter(depth: int) -> None:
    if depth > MAXIMUM_DEPTH:
        raise Offence(ErrorCode.DEPTH_EXCEEDED, detail=f"nested deeper than {MAXIMUM_DEPTH}")


def as_sequence(value: Any) -> Sequence[Any]:
    """A tuple or list; anything else is of the wrong type."""
    if not isinstance(value, tuple | list):
        raise type_mismatch("a tuple", value)
    return value


def _check_bounds(type_: plan.String | plan.Bytes | plan.List | plan.Map, size: int, unit: str) -> None:
    if type_.maximum is not None and size > type_.maximum:
        raise Offence(ErrorCode.BOUND_EXCEEDED, detail=f"{size} {unit}, at most {type_.maximum}")
    if type_.minimum is not None and size < type_.minimum:
        raise Offence(ErrorCode.BOUND_EXCEEDED, detail=f"{size} {unit}, at least {type_.minimum}")


def _string(type_: plan.String, value: Any) -> bytes:
    if not isinstance(value, str):
        raise type_mismatch("a str", value)
    try:
        encoded = value.encode("utf-8")
    except UnicodeEncodeError:
        raise Offence(ErrorCode.BAD_UTF8, detail="a surrogate has no UTF-8 form") from None
    _check_bounds(type_, len(encoded), "bytes")
    return encoded


def _bytes(type_: plan.Bytes, value: Any) -> bytes:
    if not isinstance(value, bytes | bytearray | memoryview):
        raise type_mismatch("bytes", value)
    packed = bytes(value)
    _check_bounds(type_, len(packed), "bytes")
    return packed


def _unknown_variant(union: plan.UnionPlan, value: UnknownVariant) -> bytes:
    """The element of a variant kept as it came; it must still be one that this schema does not know."""
    tag, kind, held = value.tag, value.kind, value.bytes
    if not is_integer(tag) or not is_integer(kind) or not isinstance(held, bytes | bytearray | memoryview):
        raise Offence(ErrorCode.ENCODE_TYPE, detail="an unknown variant is a tag, a kind and bytes")
    if not 1 <= tag <= LARGEST_TAG or not 0 <= kind <= VARIABLE_KIND:
        raise Offence(ErrorCode.ENCODE_RANGE, detail="a tag is 1..65535, a kind 0..6")
    if tag in union.by_tag:
        raise Offence(ErrorCode.ENCODE_TYPE, detail=f"tag {tag} is known to be a variant")
    packed = bytes(held)
    if kind == VARIABLE_KIND:
        return element_header(tag, kind) + length_prefix(len(packed)) + packed
    if len(packed) != SIZE_OF_KIND[kind]:
        raise Offence(ErrorCode.BAD_LENGTH, detail=f"kind {kind} holds {SIZE_OF_KIND[kind]} bytes")
    return element_header(tag, kind) + packed
