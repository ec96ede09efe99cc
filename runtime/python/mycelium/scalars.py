"""Conversions between Python values and their packed form that both codecs share."""

from __future__ import annotations

from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from uuid import UUID

import msgspec

_EXACT = Context(prec=60, Emin=-60, Emax=60, traps=[Inexact, InvalidOperation, Overflow])

scaled = _EXACT.scaleb
"""``scaled(mantissa, -scale)``: the decimal mantissa / 10**scale, exactly, whatever the caller's decimal context."""


def mantissa_of(value: Decimal, scale: int) -> int:
    """value * 10**scale as an integer.

    Raises :class:`ArithmeticError` or :class:`ValueError` when it is not one, or absurdly large.
    """
    product = _EXACT.scaleb(value, scale)
    mantissa = int(product)
    if mantissa != product:
        raise ValueError("more digits of fraction than the scale has")
    return mantissa


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
