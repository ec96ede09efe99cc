"""Bytes -> messages, driven by plans: the codec that decides.

Follows the rules of docs/wire.md, *What a decoder rejects*, step by step and in their order, so that it finds the
first offence of any input and says exactly where it is. It reads each byte once, recurses only as deep as the
depth limit allows, and holds nothing larger than what the input has room for.
"""

from __future__ import annotations

from typing import Any, TypeVar

from mycelium import plan
from mycelium.body_reader import BodyReader
from mycelium.errors import DecodeError, ErrorCode, Offence
from mycelium.fixed_decoder import read_fixed, read_packed
from mycelium.map_keys import key_text
from mycelium.message import Message
from mycelium.wire import (
    ELEMENT_BUDGET,
    RESERVED_KIND,
    VARIABLE_KIND,
    Buffer,
)

MessageClass = TypeVar("MessageClass", bound=Message)


def decode_carefully(
    message: type[MessageClass], data: Buffer, element_budget: int = ELEMENT_BUDGET
) -> MessageClass:
    """The message in a whole body, or :class:`DecodeError` for its first offence.

    ``element_budget`` is the largest number of variable list elements and map entries in the whole body.
    """
    return CarefulDecoder(data, element_budget).decode(message)


class CarefulDecoder(BodyReader):
    """One pass over one body. Methods are small steps so that an inspection can watch them."""

    def decode(self, message: type[MessageClass]) -> MessageClass:
        """The message in all of the data, or :class:`DecodeError`."""
        name = message.__plan__.name
        try:
            decoded: MessageClass = self.within(name, self.read_message, message, 0, len(self.data), 1)
            return decoded
        except Offence as offence:
            raise DecodeError(offence.code, offence.path, offence.offset, offence.detail) from None

    # --- Messages ----------------------------------------------------------------------------------------

    def read_message(self, message: type[Message], start: int, end: int, depth: int) -> Message:
        """A body."""
        self.enter(depth, start)
        values = self.read_fields(message.__plan__, start, end, depth)
        _fill_absent(message.__plan__, values)
        return message(**values)

    def read_fields(self, description: plan.MessagePlan, start: int, end: int, depth: int) -> dict[str, Any]:
        """The fields that a body has, by attribute."""
        values: dict[str, Any] = {}
        position = start
        previous = -1
        passed = 0
        while position < end:
            header_at = position
            tag, kind, position = self.read_header(position, end)
            if tag <= previous:
                raise Offence(ErrorCode.FIELD_ORDER, header_at, f"tag {tag} comes after tag {previous}")
            passed = _pass_over(description, passed, previous, tag, header_at)
            if kind == RESERVED_KIND:
                raise Offence(ErrorCode.BAD_KIND, header_at, "kind 7 is reserved")
            previous = tag
            field = description.by_tag.get(tag)
            if field is not None:
                position = self.within(
                    "." + field.name, self._read_field, field, kind, header_at, position, end, depth, values
                )
            elif tag == 0 and description.block:
                position = self.read_block(description.block, kind, header_at, position, end, values)
            else:
                position = self.read_unknown(kind, position, end)[1]
        _pass_over(description, passed, previous, None, end)
        return values

    def _read_field(
        self,
        field: plan.TaggedField,
        kind: int,
        header_at: int,
        position: int,
        end: int,
        depth: int,
        values: dict[str, Any],
    ) -> int:
        if kind != field.kind:
            raise Offence(ErrorCode.KIND_MISMATCH, header_at, f"kind {kind} where {field.kind} belongs")
        start, stop = self.read_extent(kind, position, end)
        values[field.attribute] = self.read_value(field.type, field.size, start, stop, depth)
        return stop

    def read_unknown(self, kind: int, position: int, end: int) -> tuple[int, int]:
        """Where the value of an element that this schema does not know starts and ends."""
        return self.read_extent(kind, position, end)

    def read_newer(self, start: int, end: int) -> None:
        """The part of a block that a newer writer added: nothing to learn from it here."""

    def read_block(
        self,
        fields: tuple[plan.BlockField, ...],
        kind: int,
        header_at: int,
        position: int,
        end: int,
        values: dict[str, Any],
    ) -> int:
        if kind != VARIABLE_KIND:
            raise Offence(ErrorCode.KIND_MISMATCH, header_at, f"kind {kind} where the block belongs")
        start, stop = self.read_length(position, end)
        size = stop - start
        if size < fields[-1].end and all(field.end != size for field in fields):
            detail = "the block is empty" if size == 0 else "the block ends inside a field"
            raise Offence(ErrorCode.BAD_LENGTH, start, detail)
        for field in fields:
            if field.end <= size:
                values[field.attribute] = self.within(
                    "." + field.name, self.read_fixed, field.type, start + field.offset
                )
            elif field.default is None:
                raise _missing(field.name, stop)
        if size > fields[-1].end:
            self.read_newer(start + fields[-1].end, stop)
        return stop

    # --- Values ------------------------------------------------------------------------------------------

    def read_fixed(self, type_: plan.Type, position: int) -> Any:
        """A fixed-size value whose bytes are all there."""
        return read_fixed(type_, self.data, position)

    def read_value(self, type_: plan.Type, size: int | None, start: int, end: int, depth: int) -> Any:
        """A value inside a container at ``depth``; ``size`` is that of a fixed-size type."""
        if size is not None:
            if end - start != size:
                raise Offence(ErrorCode.BAD_LENGTH, start, f"{end - start} bytes where {size} belong")
            return self.read_fixed(type_, start)
        match type_:
            case plan.String():
                return self.read_string(type_, start, end)
            case plan.Bytes():
                return self.read_bytes(type_, start, end)
            case plan.List():
                return self.read_list(type_, start, end, depth + 1)
            case plan.Map():
                return self.read_map(type_, start, end, depth + 1)
            case plan.Message(message=message):
                return self.read_message(message, start, end, depth + 1)
            case plan.Union(unknown=unknown):
                return self.read_union(unknown.__union__, start, end, depth + 1)
        raise AssertionError(type_)

    def read_string(self, type_: plan.String, start: int, end: int) -> str:
        """UTF-8 text."""
        _check_bounds(type_, end - start, start, "bytes")
        try:
            return str(self.data[start:end], "utf-8")
        except UnicodeDecodeError as error:
            raise Offence(ErrorCode.BAD_UTF8, start, error.reason) from None

    def read_bytes(self, type_: plan.Bytes, start: int, end: int) -> bytes:
        """A run of bytes."""
        _check_bounds(type_, end - start, start, "bytes")
        return bytes(self.data[start:end])

    def read_list(self, type_: plan.List, start: int, end: int, depth: int) -> tuple[Any, ...]:
        """A list, packed or element by element."""
        self.enter(depth, start)
        element = type_.element
        size = plan.fixed_size(element)
        if size is not None:
            return self.read_packed_list(type_, size, start, end)
        items: list[Any] = []
        position = start
        while position < end:
            self.spend(len(items), type_.maximum, position)
            value, position = self.within(
                f"[{len(items)}]", self._read_part, element, None, position, end, depth
            )
            items.append(value)
        _check_minimum(type_, len(items), end)
        return tuple(items)

    def read_packed_list(self, type_: plan.List, size: int, start: int, end: int) -> tuple[Any, ...]:
        """A list of fixed-size elements with nothing between them."""
        if (end - start) % size:
            raise Offence(ErrorCode.BAD_LENGTH, start, f"{end - start} bytes do not divide by {size}")
        count = (end - start) // size
        _check_bounds(type_, count, start, "elements")
        return read_packed(type_.element, self.data, start, count)

    def _read_part(
        self, type_: plan.Type, size: int | None, position: int, end: int, depth: int
    ) -> tuple[Any, int]:
        """An element, key or value of a list or map, and the place after it."""
        if size is None:
            start, stop = self.read_length(position, end)
        else:
            start, stop = position, position + size
            if stop > end:
                raise Offence(ErrorCode.TRUNCATED, position, "a value runs past the end")
        return self.read_value(type_, size, start, stop, depth), stop

    def read_map(self, type_: plan.Map, start: int, end: int, depth: int) -> dict[Any, Any]:
        """A map, entry by entry, its keys ascending."""
        self.enter(depth, start)
        key_size, value_size = plan.fixed_size(type_.key), plan.fixed_size(type_.value)
        entries: dict[Any, Any] = {}
        previous: Any = None
        position = start
        while position < end:
            self.spend(len(entries), type_.maximum, position)
            key, position = self.within(
                f"[#{len(entries)}]", self._read_key, type_.key, key_size, position, end, depth, previous
            )
            value, position = self.within(
                f"[{key_text(type_.key, key)}]",
                self._read_part,
                type_.value,
                value_size,
                position,
                end,
                depth,
            )
            entries[key] = value
            previous = key
        _check_minimum(type_, len(entries), end)
        return entries

    def _read_key(
        self, type_: plan.Type, size: int | None, position: int, end: int, depth: int, previous: Any
    ) -> tuple[Any, int]:
        key, stop = self._read_part(type_, size, position, end, depth)
        if previous is not None and not key > previous:
            start = position if size is not None else CarefulDecoder.read_length(self, position, end)[0]
            raise Offence(ErrorCode.NON_CANONICAL, start, "keys are not ascending")
        return key, stop

    def read_union(self, union: plan.UnionPlan, start: int, end: int, depth: int) -> Any:
        """Exactly one element, whose tag names the variant."""
        self.enter(depth, start)
        if start == end:
            raise Offence(ErrorCode.BAD_LENGTH, start, "a union without a variant")
        tag, kind, position = self.read_header(start, end)
        if tag == 0:
            raise Offence(ErrorCode.BAD_LENGTH, start, "a variant cannot have tag 0")
        if kind == RESERVED_KIND:
            raise Offence(ErrorCode.BAD_KIND, start, "kind 7 is reserved")
        variant = union.by_tag.get(tag)
        if variant is None:
            value_start, stop = self.read_unknown(kind, position, end)
            value = union.unknown(tag, kind, bytes(self.data[value_start:stop]))
        else:
            if kind != variant.kind:
                raise Offence(ErrorCode.KIND_MISMATCH, start, f"kind {kind} where {variant.kind} belongs")
            value, stop = self.within(
                f"({variant.name})", self._read_variant, variant, kind, position, end, depth
            )
        if stop != end:
            raise Offence(ErrorCode.BAD_LENGTH, stop, "a union goes on after its variant")
        return value

    def _read_variant(
        self, variant: plan.VariantPlan, kind: int, position: int, end: int, depth: int
    ) -> tuple[Any, int]:
        start, stop = self.read_extent(kind, position, end)
        make: Any = variant.variant
        return make(self.read_value(variant.type, variant.size, start, stop, depth)), stop


def _missing(name: str, position: int) -> Offence:
    offence = Offence(ErrorCode.MISSING_FIELD, position, "required, and absent")
    offence.within("." + name)
    return offence


def _pass_over(
    description: plan.MessagePlan, passed: int, previous: int, tag: int | None, position: int
) -> int:
    """How many tagged fields lie before the tag (None: the end), ``passed`` of which were dealt with.

    Refuses when a required one, or the block, lies strictly between ``previous`` and the tag.
    """
    if previous < 0 and tag != 0:
        for block_field in description.block:
            if block_field.default is None:
                raise _missing(block_field.name, position)
    fields = description.tagged
    while passed < len(fields) and (tag is None or fields[passed].tag < tag):
        field = fields[passed]
        if field.tag > previous and field.presence is plan.Presence.REQUIRED:
            raise _missing(field.name, position)
        passed += 1
    return passed


def _fill_absent(description: plan.MessagePlan, values: dict[str, Any]) -> None:
    """Give every field that was absent its default, or none."""
    if len(values) == len(description.block) + len(description.tagged):
        return
    for field in description.fields:
        if field.attribute not in values:
            values[field.attribute] = absent_value(field)


def absent_value(field: plan.BlockField | plan.TaggedField) -> Any:
    """What a field is that is absent, and may be."""
    return dict(field.default) if isinstance(field.default, dict) else field.default


def _check_bounds(type_: plan.String | plan.Bytes | plan.List, size: int, position: int, unit: str) -> None:
    if type_.maximum is not None and size > type_.maximum:
        raise Offence(ErrorCode.BOUND_EXCEEDED, position, f"{size} {unit}, at most {type_.maximum}")
    if type_.minimum is not None and size < type_.minimum:
        raise Offence(ErrorCode.BOUND_EXCEEDED, position, f"{size} {unit}, at least {type_.minimum}")


def _check_minimum(type_: plan.List | plan.Map, count: int, end: int) -> None:
    if type_.minimum is not None and count < type_.minimum:
        raise Offence(ErrorCode.BOUND_EXCEEDED, end, f"{count} of them, at least {type_.minimum}")
