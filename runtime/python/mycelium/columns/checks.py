"""Checks of many values at once: the rules of :mod:`mycelium.fixed_decoder`, vectorised."""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
import numpy

from mycelium import plan
from mycelium.columns.dtype import fixed_dtype

Array: TypeAlias = "numpy.ndarray[Any, Any]"


class Places(msgspec.Struct, frozen=True):
    """Where values of one type are: the first ``start`` bytes into ``data``, the others by numpy's shape and strides."""

    data: memoryview
    start: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]

    def moved(self, distance: int) -> Places:
        """As many values, each so many bytes later."""
        return Places(self.data, self.start + distance, self.shape, self.strides)

    def repeated(self, length: int, size: int) -> Places:
        """``length`` values of ``size`` bytes at each place."""
        return Places(self.data, self.start, (*self.shape, length), (*self.strides, size))

    def read(self, dtype: Any) -> Array:
        """The values, not copied."""
        return numpy.ndarray(self.shape, dtype, self.data, self.start, self.strides)


def are_legal(type_: plan.Type, places: Places) -> bool:
    """Whether a decoder would accept every value."""
    match type_:
        case plan.Boolean():
            return bool((places.read("u1") <= 1).all())
        case plan.Ascii(length=length):
            return _are_padded_ascii(places.repeated(length, 1).read("u1"))
        case plan.Enum(enum=enum) if enum.__plan__.closed:
            return bool(numpy.isin(places.read(fixed_dtype(type_)), sorted(enum.__plan__.names)).all())
        case plan.Struct(struct=struct):
            fields = struct.__plan__.fields
            return all(are_legal(field.type, places.moved(field.offset)) for field in fields)
        case plan.Array(element=element, length=length):
            return are_legal(element, places.repeated(length, plan.fixed_size(element) or 0))
        case plan.Integer() | plan.Float() | plan.Timestamp() | plan.Duration() | plan.Decimal():
            if type_.minimum is not None or type_.maximum is not None:
                numbers = _numbers(type_, places)
                above = type_.minimum is None or bool((numbers >= type_.minimum).all())
                below = type_.maximum is None or bool((numbers <= type_.maximum).all())
                return above and below and bool((numbers == numbers).all())
    return True


def _are_padded_ascii(characters: Array) -> bool:
    padding = characters == 0
    if not (padding | (characters >= 0x20) & (characters <= 0x7E)).all():
        return False
    return not (padding[..., :-1] & ~padding[..., 1:]).any()


def _numbers(type_: plan.Type, places: Places) -> Array:
    """Numbers that compare as the contract says; those wider than numpy's as Python's integers."""
    match type_:
        case plan.Integer(bits=bits, signed=signed) if bits > 64:
            packed = places.read(fixed_dtype(type_)).reshape(-1)
            numbers = [int.from_bytes(each.tobytes(), "little", signed=signed) for each in packed]
            return numpy.array(numbers, dtype=object)
        case plan.Timestamp() | plan.Duration():
            return places.read("<i8")
        case plan.Float():
            return places.read(fixed_dtype(type_)).astype("<f8")
    return places.read(fixed_dtype(type_))
