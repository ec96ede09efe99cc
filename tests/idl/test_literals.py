"""Numbers and texts as they are written."""

from __future__ import annotations

import math
import struct
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.idl.literals import decode_string, exact_number, number_offence, round_to_float, whole_number
from mycelium.idl.suggestions import nearest


@given(st.integers())
def test_whole_numbers_are_exact(number: int) -> None:
    if len(str(number)) <= 99:
        assert number_offence(str(number)) is None
        assert whole_number(str(number)) == number
        assert whole_number(hex(number)) == number
        assert exact_number(f"{number:_}") == number


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_shortest_floats_read_back(number: float) -> None:
    text = repr(number)
    assert number_offence(text) is None
    assert round_to_float(exact_number(text), 64) == number


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_single_precision_reads_back(number: float) -> None:
    assert round_to_float(Fraction(number), 32) == number


@given(st.integers(0, 0x7F7F_FFFE), st.sampled_from([1, -1]))
def test_single_precision_is_rounded_once(pattern: int, sign: int) -> None:
    """A hair above the middle of two neighbours goes up, though f64 cannot tell it from the middle."""
    low, high = (Fraction(*struct.unpack("<f", struct.pack("<I", pattern + step))) for step in (0, 1))
    middle = (low + high) / 2
    hair = (high - low) / 10**30
    assert round_to_float(sign * (middle + hair), 32) == sign * float(high)
    assert round_to_float(sign * (middle - hair), 32) == sign * float(low)
    even = low if pattern % 2 == 0 else high
    assert round_to_float(sign * middle, 32) == sign * float(even)


def test_too_large_for_a_float() -> None:
    assert round_to_float(exact_number("1e309"), 64) is None
    assert round_to_float(exact_number("1e39"), 32) is None
    assert round_to_float(exact_number("-1e39"), 32) is None
    assert round_to_float(exact_number("1e-400"), 64) == 0.0
    assert math.isclose(round_to_float(exact_number("3.4028235e38"), 32) or 0.0, 3.4028234663852886e38)


@pytest.mark.parametrize(
    "text", ["0644", "1__0", "1_", "0x", "0x1.5", "1.5.2", "12abc", "1e999", "1e", "-", "1" * 101]
)
def test_not_numbers(text: str) -> None:
    assert number_offence(text)


@given(st.text())
def test_text_without_escapes_is_itself(text: str) -> None:
    plain = text.replace("\\", "").replace('"', "")
    assert decode_string(f'"{plain}"') == (plain, ())


def test_escapes() -> None:
    assert decode_string(r'"\"\\\n\t\r\u{41}\u{1F41E}"') == ('"\\\n\t\rA\N{LADY BEETLE}', ())
    assert [offset for offset, _ in decode_string(r'"a\q\u{}\u{D800}"')[1]] == [2, 4, 8]


@pytest.mark.parametrize(
    ("unknown", "known", "expected"),
    [
        ("strng", ["string", "struct"], "string"),
        ("Sied", ["Side", "Size"], "Side"),
        ("side", ["Side"], "Side"),
        ("price", ["venue"], None),
        ("a", ["b", "c"], "b"),
        ("Order", ["Order"], None),
    ],
)
def test_nearest(unknown: str, known: list[str], expected: str | None) -> None:
    assert nearest(unknown, known) == expected
