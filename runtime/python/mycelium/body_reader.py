"""The smallest steps through a body: headers, lengths, depth and budget, checked in the order of docs/wire.md."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mycelium.errors import ErrorCode, Offence
from mycelium.wire import (
    ELEMENT_BUDGET,
    FIRST_LONG_TAG,
    MAXIMUM_DEPTH,
    SIZE_OF_KIND,
    VARIABLE_KIND,
    Buffer,
    plain_view,
)


class BodyReader:
    """The bytes of one body, and what is left of its budget. Offsets are places in ``data``, from its start."""

    def __init__(self, data: Buffer, element_budget: int = ELEMENT_BUDGET) -> None:
        self.data: bytes | memoryview = data if isinstance(data, bytes) else plain_view(data)
        self.budget = element_budget

    def within(self, part: str, read: Callable[..., Any], *arguments: Any) -> Any:
        """What ``read`` gives; an offence on the way lies within ``part``."""
        try:
            return read(*arguments)
        except Offence as offence:
            offence.within(part)
            raise

    def read_header(self, position: int, end: int) -> tuple[int, int, int]:
        """Tag, kind and the place after them; rule 1 as far as it needs no neighbours."""
        data = self.data
        if position >= end:
            raise Offence(ErrorCode.TRUNCATED, position, "a header is missing")
        tag, kind = data[position] >> 3, data[position] & 7
        if tag < FIRST_LONG_TAG:
            return tag, kind, position + 1
        if position + 3 > end:
            raise Offence(ErrorCode.TRUNCATED, position, "a header runs past the end")
        tag = data[position + 1] | data[position + 2] << 8
        if tag < FIRST_LONG_TAG:
            raise Offence(ErrorCode.NON_CANONICAL, position, "a tag below 31 in its long form")
        return tag, kind, position + 3

    def read_length(self, position: int, end: int) -> tuple[int, int]:
        """Where the value after a length prefix starts and ends; rule 2."""
        data = self.data
        if position >= end:
            raise Offence(ErrorCode.TRUNCATED, position, "a length is missing")
        size = data[position]
        start = position + 1
        if size >= 254:
            start += 2 if size == 254 else 4
            if start > end:
                raise Offence(ErrorCode.TRUNCATED, position, "a length runs past the end")
            shortest_from = 254 if size == 254 else 65_536
            size = int.from_bytes(data[position + 1 : start], "little")
            if size < shortest_from:
                raise Offence(ErrorCode.NON_CANONICAL, position, "a length is not in its shortest form")
        if start + size > end:
            raise Offence(ErrorCode.TRUNCATED, start, "a value runs past the end")
        return start, start + size

    def read_extent(self, kind: int, position: int, end: int) -> tuple[int, int]:
        """Where a value of that kind starts and ends; rule 2."""
        if kind == VARIABLE_KIND:
            return self.read_length(position, end)
        stop = position + SIZE_OF_KIND[kind]
        if stop > end:
            raise Offence(ErrorCode.TRUNCATED, position, "a value runs past the end")
        return position, stop

    def enter(self, depth: int, position: int) -> None:
        """Before a message, union, list or map is read; rule 3."""
        if depth > MAXIMUM_DEPTH:
            raise Offence(ErrorCode.DEPTH_EXCEEDED, position, f"nested deeper than {MAXIMUM_DEPTH}")

    def spend(self, count: int, maximum: int | None, position: int) -> None:
        """Before another element or entry is read: its list's bound, then the body's budget; rule 5."""
        if maximum is not None and count >= maximum:
            raise Offence(ErrorCode.BOUND_EXCEEDED, position, f"more than {maximum}")
        if self.budget <= 0:
            raise Offence(ErrorCode.BUDGET_EXCEEDED, position, "too many elements in one body")
        self.budget -= 1
