"""Columns as an Arrow record batch.

| schema | Arrow |
|---|---|
| ``bool``, integers to 64 bits, floats | the same |
| ``u128``, ``u256``, ``i128``, ``uuid``, ``bytes[N]`` | ``fixed_size_binary``, the bytes of the wire |
| ``timestamp``, ``duration`` | ``timestamp[ns, UTC]``, ``duration[ns]`` |
| ``decimal<S>`` | ``decimal128(19, S)`` |
| ``enum`` | its unsigned integer |
| ``ascii[N]``, ``string`` | ``large_string`` |
| ``bytes`` | ``large_binary`` |
| ``T[N]``, ``list<T>``, ``map<K, V>`` | ``fixed_size_list``, ``large_list``, ``map`` |
| structs and messages | ``struct`` |
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy

from mycelium import plan
from mycelium.columns.dtype import block_dtype, fixed_dtype
from mycelium.columns.gathering import joined, texts, widened
from mycelium.columns.row_buffers import RowBuffers, fill
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

if TYPE_CHECKING:
    import pyarrow

NumpyArray: TypeAlias = "numpy.ndarray[Any, Any]"

_DECIMAL_DIGITS = 19
"""Those of the largest i64."""


def to_arrow(message: type[Message], frames_or_bodies: FramesOrBodies) -> pyarrow.RecordBatch:
    """A record batch with a row for each frame or body, and a column for each field of the message.

    Raises :class:`ImportError` without pyarrow, and what :func:`~mycelium.columns.decode_columns` raises.
    """
    try:
        import pyarrow
    except ImportError as error:
        raise ImportError(
            "to_arrow needs pyarrow: pip install 'mycelium-bus[arrow]'", name="pyarrow"
        ) from error
    columns = columns_of(message)
    filled = fill(message, columns, frames_or_bodies)
    names, arrays = _Batch(pyarrow, filled).fields(columns)
    return pyarrow.RecordBatch.from_arrays(arrays, names=names)


class _Batch:
    """The arrays of one batch, made of its buffers in their order."""

    def __init__(self, arrow: Any, filled: RowBuffers) -> None:
        self.arrow = arrow
        self.count = filled.count
        self.buffers: Iterator[Buffer] = iter(filled.buffers)

    def fields(self, column: MessageColumn, count: int | None = None) -> tuple[list[str], list[Any]]:
        """Names and arrays of a message's fields."""
        rows = self.count if count is None else count
        names: list[str] = []
        arrays: list[Any] = []
        if column.description.block:
            block = numpy.frombuffer(next(self.buffers), block_dtype(column.description))
            for field in column.description.block:
                names.append(field.attribute)
                arrays.append(fixed_array(self.arrow, field.type, block[field.attribute], None))
        for tagged in column.tagged:
            names.append(tagged.field.attribute)
            arrays.append(self._tagged(tagged, rows))
        return names, arrays

    def _tagged(self, tagged: TaggedColumn, count: int) -> Any:
        present = numpy.frombuffer(next(self.buffers), "?") if tagged.is_optional else None
        return self._array(tagged.column, count, present)

    def _array(self, column: Column, count: int, present: NumpyArray | None) -> Any:
        arrow = self.arrow
        validity = _validity(arrow, present)
        match column:
            case FixedColumn(type=type_):
                packed = numpy.frombuffer(next(self.buffers), numpy.dtype([("value", fixed_dtype(type_))]))
                return fixed_array(arrow, type_, packed["value"], present)
            case BytesColumn(type=type_):
                kind = arrow.large_string() if isinstance(type_, plan.String) else arrow.large_binary()
                parts = [validity, arrow.py_buffer(next(self.buffers)), arrow.py_buffer(next(self.buffers))]
                return arrow.Array.from_buffers(kind, count, parts)
            case ListColumn(item=item):
                offsets = next(self.buffers)
                items = self._array(item, _last(offsets), None)
                parts = [validity, arrow.py_buffer(offsets)]
                return arrow.Array.from_buffers(arrow.large_list(items.type), count, parts, children=[items])
            case MapColumn(key=key, value=value):
                return self._map(key, value, count, validity)
            case MessageColumn():
                names, arrays = self.fields(column, count)
                return struct_array(arrow, names, arrays, count, validity)

    def _map(self, key: Column, value: Column, count: int, validity: Any) -> Any:
        arrow = self.arrow
        offsets = numpy.frombuffer(next(self.buffers), "<i8")
        if offsets[-1] > numpy.iinfo("i4").max:
            raise OverflowError(f"{offsets[-1]} map entries: an Arrow map holds {numpy.iinfo('i4').max}")
        entries = int(offsets[-1])
        keys, values = self._array(key, entries, None), self._array(value, entries, None)
        both = arrow.StructArray.from_arrays(
            [keys, values],
            fields=[arrow.field("key", keys.type, nullable=False), arrow.field("value", values.type)],
        )
        parts = [validity, arrow.py_buffer(offsets.astype("<i4"))]
        return arrow.Array.from_buffers(arrow.map_(keys.type, values.type), count, parts, children=[both])


def fixed_array(arrow: Any, type_: plan.Type, values: NumpyArray, present: NumpyArray | None) -> Any:
    """Values of a fixed-size type, maybe with gaps between them, as an Arrow array."""
    count = len(values)
    validity = _validity(arrow, present)
    match type_:
        case plan.Boolean():
            return _from_buffers(
                arrow, arrow.bool_(), count, validity, numpy.packbits(values, bitorder="little")
            )
        case plan.Ascii():
            parts = [validity, *map(arrow.py_buffer, texts(values))]
            return arrow.Array.from_buffers(arrow.large_string(), count, parts)
        case plan.Decimal(scale=scale):
            kind = arrow.decimal128(_DECIMAL_DIGITS, scale)
            return arrow.Array.from_buffers(kind, count, [validity, arrow.py_buffer(widened(values))])
        case plan.Struct(struct=struct):
            fields = struct.__plan__.fields
            arrays = [fixed_array(arrow, field.type, values[field.attribute], None) for field in fields]
            return struct_array(arrow, [field.attribute for field in fields], arrays, count, validity)
        case plan.Array(element=element, length=length):
            flat = numpy.ascontiguousarray(values).reshape((count * length, *values.shape[2:]))
            items = fixed_array(arrow, element, flat, None)
            kind = arrow.list_(items.type, length)
            return arrow.Array.from_buffers(kind, count, [validity], children=[items])
        case plan.Timestamp():
            return _from_buffers(arrow, arrow.timestamp("ns", "UTC"), count, validity, values)
        case plan.Duration():
            return _from_buffers(arrow, arrow.duration("ns"), count, validity, values)
    kind = (
        arrow.binary(values.dtype.itemsize)
        if values.dtype.kind == "V"
        else arrow.from_numpy_dtype(values.dtype)
    )
    return _from_buffers(arrow, kind, count, validity, values)


def struct_array(arrow: Any, names: Sequence[str], arrays: Sequence[Any], count: int, validity: Any) -> Any:
    """Arrays side by side, as one."""
    kind = arrow.struct([arrow.field(name, array.type) for name, array in zip(names, arrays, strict=True)])
    return arrow.Array.from_buffers(kind, count, [validity], children=list(arrays))


def _from_buffers(arrow: Any, kind: Any, count: int, validity: Any, values: NumpyArray) -> Any:
    """Bytes as they are: a time that numpy calls NaT is a time to Arrow."""
    return arrow.Array.from_buffers(kind, count, [validity, arrow.py_buffer(joined(values))])


def _validity(arrow: Any, present: NumpyArray | None) -> Any:
    return None if present is None else arrow.py_buffer(numpy.packbits(present, bitorder="little"))


def _last(offsets: Buffer) -> int:
    return int.from_bytes(memoryview(offsets)[-8:], "little")
