"""What literals say: escapes decoded, numbers exact. Knows no types."""

from __future__ import annotations

import re
import struct
from fractions import Fraction

MAXIMUM_NUMBER_LENGTH = 100
"""Longest number, in characters, so that no input is slow; u256 needs 78 digits."""

MAXIMUM_EXPONENT = 400
"""Largest exponent, either way, so that no input is slow; f64 ends near 308."""

_WHOLE = re.compile(r"-?(?:0[xX][0-9A-Fa-f]+(?:_[0-9A-Fa-f]+)*|0|[1-9][0-9]*(?:_[0-9]+)*)")
_DIGITS = r"(?:0|[1-9][0-9]*(?:_[0-9]+)*)"
_FRACTIONAL = re.compile(rf"-?{_DIGITS}(?:\.[0-9]+(?:_[0-9]+)*)?(?:[eE]([+-]?[0-9]+))?")
_ESCAPE = re.compile(r"\\(u\{([^}]*)\}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {'"': '"', "\\": "\\", "n": "\n", "t": "\t", "r": "\r"}


def number_offence(text: str) -> str | None:
    """Why this text is no number, or None if it is one."""
    if len(text) > MAXIMUM_NUMBER_LENGTH:
        return f"numbers have at most {MAXIMUM_NUMBER_LENGTH} characters"
    if _WHOLE.fullmatch(text):
        return None
    match = _FRACTIONAL.fullmatch(text)
    if match:
        exponent = match.group(1)
        if exponent is not None and abs(int(exponent)) > MAXIMUM_EXPONENT:
            return f"exponents are at most {MAXIMUM_EXPONENT}"
        return None
    if re.fullmatch(r"-?0[0-9_]+(?:\.[0-9_]*)?", text):
        return "a decimal number does not start with 0; hexadecimal ones start with 0x"
    return "numbers are written 42, 1_000, 0x2A, 1.5 or 1e-3"


def whole_number(text: str) -> int | None:
    """The value of a whole number; None for one with a fraction or exponent."""
    if not _WHOLE.fullmatch(text):
        return None
    return int(text.replace("_", ""), 0)


def exact_number(text: str) -> Fraction:
    """The exact value of a well-formed number."""
    whole = whole_number(text)
    return Fraction(whole) if whole is not None else Fraction(text.replace("_", ""))


def decode_string(literal: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """The text between the quotes of a literal, and its bad escapes as (offset into the literal, reason)."""
    offences: list[tuple[int, str]] = []

    def replace(match: re.Match[str]) -> str:
        escape, digits = match.group(1), match.group(2)
        if digits is not None:
            if not re.fullmatch(r"[0-9A-Fa-f]{1,6}", digits):
                offences.append((match.start(), r"\u{...} holds one to six hexadecimal digits"))
            elif (number := int(digits, 16)) > 0x10FFFF or 0xD800 <= number <= 0xDFFF:
                offences.append((match.start(), f"U+{digits.upper()} is no character"))
            else:
                return chr(number)
        elif escape in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[escape]
        else:
            offences.append((match.start(), r"the escapes are \" \\ \n \t \r \u{...}"))
        return ""

    if "\\" not in literal:
        return literal[1:-1], ()
    body = _ESCAPE.sub(replace, literal[1:-1])
    return body, tuple((offset + 1, reason) for offset, reason in offences)


def round_to_float(exact: Fraction, bits: int) -> float | None:
    """The nearest f32 or f64, ties to even; None when it is too large for a finite one."""
    try:
        nearest = float(exact)
    except OverflowError:
        return None
    return nearest if bits == 64 else _round_to_single(exact, nearest)


def _round_to_single(exact: Fraction, double: float) -> float | None:
    """Rounding by way of f64 can be off by one unit; the exact value decides among the neighbours."""
    try:
        (pattern,) = struct.unpack("<I", struct.pack("<f", double))
    except OverflowError:
        return None
    magnitude = pattern & 0x7FFF_FFFF
    candidates = [
        (abs(Fraction(value) - exact), neighbour & 1, value)
        for neighbour in (magnitude - 1, magnitude, magnitude + 1)
        if 0 <= neighbour < 0x7F80_0000
        for value in struct.unpack("<f", struct.pack("<I", neighbour | pattern & 0x8000_0000))
    ]
    return float(min(candidates)[2])
