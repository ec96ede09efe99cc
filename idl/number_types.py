"""What fits into the number types: ranges, rounding, exactness. Knows no text and no places."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from mycelium.idl.literals import round_to_float
from mycelium.idl.schema import DecimalType, FloatType, IntegerType, NumberType


def storage_range(type_: NumberType) -> tuple[int, int] | None:
    """Smallest and largest stored number (a mantissa, nanoseconds); None for floats."""
    if isinstance(type_, FloatType):
        return None
    if isinstance(type_, IntegerType):
        bits, signed = type_.bits, type_.signed
    else:
        bits, signed = 64, True
    return (-(1 << bits - 1), (1 << bits - 1) - 1) if signed else (0, (1 << bits) - 1)


class DoesNotFit(Exception):
    """Internal: why a number cannot be stored. ``is_exactness`` tells a lost fraction from one out of range."""

    def __init__(self, is_exactness: bool) -> None:
        super().__init__()
        self.is_exactness = is_exactness


def store(exact: Fraction, type_: NumberType) -> int | float:
    """The number as the type stores it, limits not looked at; raises DoesNotFit."""
    if isinstance(type_, FloatType):
        rounded = round_to_float(exact, type_.bits)
        if rounded is None:
            raise DoesNotFit(is_exactness=False)
        return rounded
    scaled = exact * 10 ** type_.scale if isinstance(type_, DecimalType) else exact
    if scaled.denominator != 1:
        raise DoesNotFit(is_exactness=True)
    lowest, highest = storage_range(type_) or (0, 0)
    if not lowest <= scaled.numerator <= highest:
        raise DoesNotFit(is_exactness=False)
    return scaled.numerator


def is_within_limits(stored: float, type_: NumberType) -> bool:
    """Whether a stored number lies within the limits of the type, ends included."""
    below = type_.minimum is not None and stored < type_.minimum
    above = type_.maximum is not None and stored > type_.maximum
    return not below and not above


def with_limits(type_: NumberType, minimum: float | None, maximum: float | None) -> NumberType:
    """The type with limits; an end that forbids nothing is left out, so that equal types are equal."""
    if isinstance(type_, FloatType):
        return replace(type_, minimum=minimum, maximum=maximum)
    lowest, highest = storage_range(type_) or (0, 0)
    return replace(
        type_,
        minimum=None if minimum is None or minimum == lowest else int(minimum),
        maximum=None if maximum is None or maximum == highest else int(maximum),
    )
