"""Columns as numpy arrays, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import numpy

from mycelium.columns.dtype import block_dtype, fixed_dtype
from mycelium.columns.row_buffers import fill
from mycelium.columns.rows import FramesOrBodies
from mycelium.columns.tree import (
    BytesColumn,
    Column,
    FixedColumn,
    ListColumn,
    MapColumn,
    MessageColumn,
    TaggedColumn,
    columns_of,
)
from mycelium.message import Message
from mycelium.wire import Buffer

Arrays: TypeAlias = "dict[str, numpy.ndarray[Any, Any]]"


def decode_columns(message: type[Message], frames_or_bodies: FramesOrBodies) -> Arrays:
    """Arrays by name, with a row for each frame or body.

    A field of a fixed-size type is one array under its name. Others are several, named after the field:

    - an optional field: ``venue:present``, booleans, beside the rest, where absent rows have zeros or are empty;
    - a string or bytes: ``name:offsets`` and ``name:bytes``; row i is ``bytes[offsets[i]:offsets[i + 1]]``
      (:func:`texts` makes strings of them);
    - a list: ``legs:offsets``, and its items, those of all rows, under ``legs:items``;
    - a map: ``tags:offsets``, and its entries under ``tags:keys`` and ``tags:values``;
    - a message: its fields, ``leg.price``.

    Raises :class:`TypeError` where a field can have no column (a union; a message that contains itself), and
    :class:`~mycelium.errors.RowError` for the first row that is not a legal frame or body.
    """
    columns = columns_of(message)
    filled = fill(message, columns, frames_or_bodies)
    arrays: Arrays = {}
    _message_arrays(columns, "", iter(filled.buffers), arrays)
    return arrays


def texts(columns: Mapping[str, Any], name: str) -> numpy.ndarray[Any, Any]:
    """The strings of one of :func:`decode_columns`' columns as an object array of ``str``, None where absent."""
    offsets, joined = columns[f"{name}:offsets"].tolist(), columns[f"{name}:bytes"].tobytes()
    found = numpy.empty(len(offsets) - 1, dtype=object)
    found[:] = [joined[start:end].decode() for start, end in zip(offsets[:-1], offsets[1:], strict=True)]
    present = columns.get(f"{name}:present")
    if present is not None:
        found[~present] = None
    return found


def _message_arrays(column: MessageColumn, prefix: str, buffers: Iterator[Buffer], arrays: Arrays) -> None:
    if column.description.block:
        block = numpy.frombuffer(next(buffers), block_dtype(column.description))
        for field in column.description.block:
            arrays[prefix + field.attribute] = block[field.attribute]
    for tagged in column.tagged:
        _tagged_arrays(tagged, prefix + tagged.field.attribute, buffers, arrays)


def _tagged_arrays(tagged: TaggedColumn, name: str, buffers: Iterator[Buffer], arrays: Arrays) -> None:
    if tagged.is_optional:
        arrays[f"{name}:present"] = numpy.frombuffer(next(buffers), "?")
    _arrays(tagged.column, name, buffers, arrays)


def _arrays(column: Column, name: str, buffers: Iterator[Buffer], arrays: Arrays) -> None:
    match column:
        case FixedColumn(type=type_):
            # An array of one structured field: numpy.frombuffer knows no subarrays.
            packed = numpy.frombuffer(next(buffers), numpy.dtype([("value", fixed_dtype(type_))]))
            arrays[name] = packed["value"]
        case BytesColumn():
            arrays[f"{name}:offsets"] = numpy.frombuffer(next(buffers), "<i8")
            arrays[f"{name}:bytes"] = numpy.frombuffer(next(buffers), "u1")
        case ListColumn(item=item):
            arrays[f"{name}:offsets"] = numpy.frombuffer(next(buffers), "<i8")
            _arrays(item, f"{name}:items", buffers, arrays)
        case MapColumn(key=key, value=value):
            arrays[f"{name}:offsets"] = numpy.frombuffer(next(buffers), "<i8")
            _arrays(key, f"{name}:keys", buffers, arrays)
            _arrays(value, f"{name}:values", buffers, arrays)
        case MessageColumn():
            _message_arrays(column, f"{name}.", buffers, arrays)
