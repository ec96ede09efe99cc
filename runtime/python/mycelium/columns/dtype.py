"""numpy's name for each fixed-size type: the packed bytes of the wire, read where they stand.

| schema | dtype |
|---|---|
| ``bool`` | ``?`` |
| ``u8``..``u64``, ``i8``..``i64``, ``f32``, ``f64`` | the same in numpy, little-endian |
| ``u128``, ``u256``, ``i128`` | ``V16``, ``V32``: numpy has no integers that wide |
| ``timestamp``, ``duration`` | ``datetime64[ns]``, ``timedelta64[ns]``; the smallest i64 is what numpy calls NaT |
| ``decimal<S>`` | ``int64``, the mantissa; :func:`scale_of` tells S |
| ``uuid``, ``bytes[N]`` | ``V16``, ``VN`` |
| ``enum`` | its unsigned integer |
| ``ascii[N]`` | ``SN`` |
| ``T[N]`` | a subarray of N |
| a struct | a structured dtype |
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy

from mycelium import plan

Dtype: TypeAlias = "numpy.dtype[Any]"

_SCALE = "scale"


def fixed_dtype(type_: plan.Type) -> Dtype:
    """The dtype of a fixed-size type."""
    match type_:
        case plan.Boolean():
            return numpy.dtype("?")
        case plan.Integer(bits=bits, signed=signed) if bits <= 64:
            return numpy.dtype(f"<{'i' if signed else 'u'}{bits // 8}")
        case plan.Float(bits=bits):
            return numpy.dtype(f"<f{bits // 8}")
        case plan.Timestamp():
            return numpy.dtype("<M8[ns]")
        case plan.Duration():
            return numpy.dtype("<m8[ns]")
        case plan.Decimal(scale=scale):
            return numpy.dtype("<i8", metadata={_SCALE: scale})
        case plan.Ascii(length=length):
            return numpy.dtype(f"S{length}")
        case plan.Enum(enum=enum):
            return numpy.dtype(f"<u{enum.__plan__.bits // 8}")
        case plan.Struct(struct=struct):
            return packed_dtype(struct.__plan__.fields, struct.__plan__.size)
        case plan.Array(element=element, length=length):
            return numpy.dtype((fixed_dtype(element), (length,)))
    return numpy.dtype(f"V{plan.fixed_size(type_)}")


def packed_dtype(
    fields: Sequence[plan.BlockField | plan.StructField], item_size: int, start: int = 0
) -> Dtype:
    """The structured dtype of packed fields that begin ``start`` bytes into every ``item_size``."""
    return numpy.dtype(
        {
            "names": [field.attribute for field in fields],
            "formats": [fixed_dtype(field.type) for field in fields],
            "offsets": [start + field.offset for field in fields],
            "itemsize": item_size,
        }
    )


def block_dtype(description: plan.MessagePlan) -> Dtype:
    """The structured dtype of a message's block, packed."""
    return packed_dtype(description.block, description.block_size)


def scale_of(dtype: Dtype) -> int | None:
    """Digits of fraction of a column of decimals: value = mantissa / 10**scale. None for any other column."""
    metadata = dtype.base.metadata
    return None if metadata is None else metadata.get(_SCALE)
