"""Fills the columns of a message from its rows: in native code, or from messages decoded one by one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from mycelium.columns.filling import filling
from mycelium.columns.native import native_columns
from mycelium.columns.program import program
from mycelium.columns.rows import FramesOrBodies, Rows, frames_of, refuse, rows_of
from mycelium.columns.tree import MessageColumn
from mycelium.errors import CodecError, RowError
from mycelium.frames import MAXIMUM_FRAME_LENGTH
from mycelium.message import Message
from mycelium.wire import ELEMENT_BUDGET, Buffer

Buffers: TypeAlias = Sequence[Buffer]


class RowBuffers(msgspec.Struct, frozen=True):
    """How many rows there are, and the buffers of their columns in the order of the tree."""

    count: int
    buffers: Buffers


def fill(message: type[Message], columns: MessageColumn, given: FramesOrBodies) -> RowBuffers:
    """The columns of all rows; :class:`~mycelium.errors.RowError` for the first that is not legal."""
    native = native_columns()
    if native is None:
        return _fill_in_python(message, columns, rows_of(message, given))
    data = tuple(given) if isinstance(given, list | tuple) else frames_of(message, given)
    count, buffers = native.fill_columns(
        program(columns), data, message.TYPE_ID or 0, MAXIMUM_FRAME_LENGTH, ELEMENT_BUDGET
    )
    if buffers is None:
        refuse(message, rows_of(message, given), count)
    return RowBuffers(count, buffers)


def _fill_in_python(message: type[Message], columns: MessageColumn, rows: Rows) -> RowBuffers:
    column = filling(columns)
    count = 0
    for start, body in rows.bodies(message):
        try:
            column.add(message.decode(body))
        except CodecError as error:
            raise RowError(count, start, error) from error
        count += 1
    return RowBuffers(count, column.buffers())
