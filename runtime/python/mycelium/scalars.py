"""Conversions between Python values and their packed form that both codecs share."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from uuid import UUID

import msgspec

_EXACT = Context(prec=60, Emin=-60, Emax=60, traps=[Inexact, InvalidOperation, Overflow])

scaled = _EXACT.scaleb
"""``scaled(mantissa, -scale)``: the decimal mantissa / 10**scale, exactly, whatever the caller's decimal context."""


_POWERS_OF_TEN = tuple(Decimal(10**scale) for scale in range(19))


def mantissa_of(value: Decimal, scale: int) -> int:
    """value * 10**scale as an integer.

    Raises :class:`ArithmeticError` or :class:`ValueError` when it is not one, or absurdly large. A product and an
    exact rounding: scaling the exponent and comparing takes twice as long.
    """
    return int(_EXACT.to_integral_exact(_EXACT.multiply(value, _POWERS_OF_TEN[scale])))


def uuid_of(data: bytes) -> UUID:
    """The uuid in 16 bytes of RFC 4122 order."""
    return msgspec.convert(data, UUID)


def text_of(data: bytes) -> str:
    """The text in a NUL-padded ``ascii[N]``.

    Raises :class:`ValueError` when a byte is not printable, or follows the padding.
    """
    text = data.rstrip(b"\0").decode("ascii")
    if not text.isprintable():
        raise ValueError("not printable ASCII")
    return text
