"""Fills the columns of a message from its rows: in native code, or from messages decoded one by one."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from mycelium.columns.filling import filling
from mycelium.columns.native import native_columns
from mycelium.columns.program import program
from mycelium.columns.rows import Rows, refuse
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


def fill(message: type[Message], columns: MessageColumn, rows: Rows) -> RowBuffers:
    """The columns of all rows; :class:`~mycelium.errors.RowError` for the first that is not legal."""
    native = native_columns()
    if native is None:
        return _fill_in_python(message, columns, rows)
    ends = None if rows.ends is None else struct.pack(f"<{len(rows.ends)}Q", *rows.ends)
    count, buffers = native.fill_columns(
        program(columns), rows.data, ends, message.TYPE_ID or 0, MAXIMUM_FRAME_LENGTH, ELEMENT_BUDGET
    )
    if buffers is None:
        refuse(message, rows, count)
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
