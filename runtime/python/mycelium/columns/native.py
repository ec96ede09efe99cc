"""The native part of columns, where it is there and in use."""

from __future__ import annotations

from typing import Any, Protocol

from mycelium import native
from mycelium.wire import Buffer


class NativeColumns(Protocol):
    """What of ``mycelium._native`` works on columns."""

    def fill_columns(
        self,
        program: bytes,
        frames_or_bodies: Buffer | tuple[Buffer, ...],
        type_id: int,
        longest: int,
        budget: int,
        /,
    ) -> tuple[int, list[Buffer] | None]:
        """How many rows there are, and their columns; None for these where one of the next rows is not legal."""

    def rows_are_legal(
        self, checks: bytes, data: Buffer, stride: int, head: int, body: int, block: int, /
    ) -> bool:
        """Whether rows of the same shape are legal where they stand."""

    def gather(self, values: Any, form: int, /) -> list[Buffer]:
        """Values that stand apart, one after the other: as they are, as wide integers, or as texts."""


def native_columns() -> NativeColumns | None:
    """The native part, None where pure Python is to run."""
    if not native.active:
        return None
    from mycelium import _native

    return _native
