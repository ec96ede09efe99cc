"""Every code of a mistake is given by at least one case; lint and file codes by tests of their own.

Codes of evolution are given by the cases in tests/evolution.
"""

from __future__ import annotations

import re
from pathlib import Path

from mycelium.idl.codes import Code

CASES = Path(__file__).with_name("cases")

GIVEN_ELSEWHERE = {
    Code.UNREADABLE_FILE: "test_loader.py",
    Code.FILE_TOO_LARGE: "test_loader.py",
    Code.REFUSED_BY_PLUGIN: "../codegen/test_plugins.py",
}


def test_every_error_is_given_by_a_case() -> None:
    given = {
        code
        for golden in CASES.glob("*/*.txt")
        for code in re.findall(r"^(?:error|warning)\[(\w+)\]", golden.read_text(), re.M)
    }
    assert given == {code.value for code in Code if code not in GIVEN_ELSEWHERE and not code.is_evolution}


def test_the_others_are_tested_where_this_says() -> None:
    for code, file in GIVEN_ELSEWHERE.items():
        assert f"Code.{code.name}" in (Path(__file__).parent / file).read_text()


def test_codes_are_stable_and_ordered() -> None:
    values = [code.value for code in Code]
    assert values == sorted(values)
    assert all(re.fullmatch(r"MYC\d{4}", value) for value in values)
