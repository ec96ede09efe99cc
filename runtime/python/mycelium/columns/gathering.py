"""Values that stand apart, such as one field of many blocks, put together in the forms that Arrow has for them."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy

from mycelium.columns.native import native_columns
from mycelium.wire import Buffer

NumpyArray: TypeAlias = "numpy.ndarray[Any, Any]"

_AS_THEY_ARE, _WIDE, _TEXTS = range(3)


def joined(values: NumpyArray) -> Buffer | NumpyArray:
    """The bytes of the values, one after the other."""
    native = native_columns()
    if native is None or values.ndim != 1 or values.itemsize == 0:
        return numpy.ascontiguousarray(values).reshape(-1).view("u1")
    return native.gather(_opaque(values), _AS_THEY_ARE)[0]


def widened(values: NumpyArray) -> Buffer | NumpyArray:
    """Integers of 8 bytes as integers of 16."""
    native = native_columns()
    if native is not None:
        return native.gather(_opaque(values), _WIDE)[0]
    words = numpy.empty((len(values), 2), "<i8")
    words[:, 0] = values
    words[:, 1] = values >> 63
    return words


def texts(values: NumpyArray) -> tuple[Buffer | NumpyArray, Buffer | NumpyArray]:
    """Padded text without its padding: where each ends, and all of them joined."""
    native = native_columns()
    if native is not None:
        ends, characters = native.gather(_opaque(values), _TEXTS)
        return ends, characters
    count = len(values)
    padded = numpy.ascontiguousarray(values).view("u1").reshape(count, values.dtype.itemsize)
    written = padded != 0
    offsets = numpy.zeros(count + 1, "<i8")
    numpy.cumsum(written.sum(axis=1), out=offsets[1:])
    return offsets, padded[written]


def _opaque(values: NumpyArray) -> NumpyArray:
    """The same bytes without a meaning: numpy exports no times."""
    return values.view(f"V{values.itemsize}")
