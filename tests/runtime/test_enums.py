"""Open enums keep every number of their width, and nothing besides; closed ones their members alone."""

from __future__ import annotations

import copy
import pickle
from types import ModuleType

import pytest


def test_a_member_is_an_integer(conformance: ModuleType) -> None:
    assert conformance.Open.ONE == 1
    assert conformance.Open(1) is conformance.Open.ONE
    assert conformance.Open.ONE.is_known


def test_an_unknown_number_behaves_like_a_member(conformance: ModuleType) -> None:
    unknown = conformance.Open(77)
    assert unknown == 77 and unknown == conformance.Open(77) and hash(unknown) == hash(77)
    assert (unknown.name, unknown.value, unknown.is_known) == ("77", 77, False)
    assert isinstance(unknown, conformance.Open)
    assert pickle.loads(pickle.dumps(unknown)) == copy.deepcopy(unknown) == unknown
    assert type(pickle.loads(pickle.dumps(unknown))) is conformance.Open
    assert repr(unknown) == "<Open.77: 77>"


def test_unknown_numbers_are_not_kept(conformance: ModuleType) -> None:
    before = len(conformance.Wide._value2member_map_)
    for number in range(1000, 2000):
        conformance.Wide(number)
    assert len(conformance.Wide._value2member_map_) == before
    assert len(conformance.Wide) == 2


@pytest.mark.parametrize("number", [-1, 256, 1 << 64])
def test_a_number_beyond_the_width_is_refused(conformance: ModuleType, number: int) -> None:
    with pytest.raises(ValueError, match="not a valid Open"):
        conformance.Open(number)


def test_a_closed_enum_refuses_what_is_no_member(conformance: ModuleType) -> None:
    assert conformance.Closed(500) is conformance.Closed.GREEN
    with pytest.raises(ValueError, match="not a valid Closed"):
        conformance.Closed(2)
