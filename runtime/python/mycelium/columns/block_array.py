"""One structured array over the blocks of many frames."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
import numpy

from mycelium.body_reader import BodyReader
from mycelium.columns.checks import Places, are_legal
from mycelium.columns.dtype import block_dtype, packed_dtype
from mycelium.columns.native import native_columns
from mycelium.columns.program import checks_program
from mycelium.columns.row_buffers import fill
from mycelium.columns.rows import FramesOrBodies, Rows, framed_body, rows_of
from mycelium.columns.tree import columns_of
from mycelium.errors import FrameError, Offence
from mycelium.frames import HEADER_SIZE
from mycelium.message import Message
from mycelium.wire import VARIABLE_KIND

StructuredArray: TypeAlias = "numpy.ndarray[Any, numpy.dtype[numpy.void]]"


def to_numpy(message: type[Message], frames_or_bodies: FramesOrBodies) -> StructuredArray:
    """One row for each frame or body, one field for each of the message's; read-only.

    Where all rows have the same shape, nothing is copied: the array lies over the caller's buffer, and keeps it from
    being resized. Otherwise, and where an older writer left fields out, it is a copy. Every value is checked.

    Raises :class:`TypeError` where the message is more than a block, and :class:`~mycelium.errors.RowError` for the
    first row that is not a legal frame or body of it.
    """
    description = message.__plan__
    if description.tagged or not description.block:
        which = (
            f"{description.tagged[0].name} is a tagged field" if description.tagged else "there are no fields"
        )
        raise TypeError(
            f"only a message that is all block is a structured array, and in {description.name} {which}:"
            " decode_columns takes any"
        )
    rows = rows_of(message, frames_or_bodies)
    shape = _common_shape(message, rows)
    if shape is not None and _all_have(message, rows.data, shape):
        dtype = packed_dtype(description.block, shape.stride, shape.block)
        found: StructuredArray = numpy.frombuffer(rows.data, dtype)
    else:
        filled = fill(message, columns_of(message), frames_or_bodies)
        found = numpy.frombuffer(filled.buffers[0], block_dtype(description))
    found.flags.writeable = False
    return found


class _Shape(msgspec.Struct, frozen=True):
    """Rows of ``stride`` bytes, whose first ``head`` bytes, and those from ``body`` to ``block``, are all the same."""

    stride: int
    head: int
    body: int
    block: int


def _common_shape(message: type[Message], rows: Rows) -> _Shape | None:
    """The shape of the first row, if all may have it and its block holds every field and is all of its body."""
    if len(rows.data) == 0:
        return None
    if rows.ends is None:
        head = HEADER_SIZE
        try:
            body, stride = framed_body(message, rows.data, 0)
        except FrameError:
            return None
    else:
        head = body = 0
        stride = rows.ends[0]
        if rows.ends != list(range(stride, stride * len(rows.ends) + 1, max(stride, 1))):
            return None
    if body >= stride or len(rows.data) % stride or rows.data[body] != VARIABLE_KIND:
        return None
    try:
        block, end = BodyReader(rows.data).read_length(body + 1, stride)
    except Offence:
        return None
    complete = end == stride and end - block >= message.__plan__.block_size
    return _Shape(stride, head, body, block) if complete else None


def _all_have(message: type[Message], data: memoryview, shape: _Shape) -> bool:
    """Whether all rows have that shape, and legal values."""
    fields = message.__plan__.block
    native = native_columns()
    if native is not None:
        return native.rows_are_legal(
            checks_program(fields), data, shape.stride, shape.head, shape.body, shape.block
        )
    count = len(data) // shape.stride
    for start, end in ((0, shape.head), (shape.body, shape.block)):
        heads = Places(data, start, (count, end - start), (shape.stride, 1)).read("u1")
        if not (heads == heads[0]).all():
            return False
    values = Places(data, shape.block, (count,), (shape.stride,))
    return all(are_legal(field.type, values.moved(field.offset)) for field in fields)
