"""Which codec runs, who decides, and how one can tell."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import mycelium
from mycelium import native

PROGRAM = """
import mycelium.native
from mycelium.control import Hello
print(mycelium.native.active, mycelium.native.reason, hasattr(Hello, "__codec__"))
"""

HIDDEN = """
import sys
sys.modules["mycelium._native"] = None
"""


def run(setting: str | None, before: str = "") -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if name != "MYCELIUM_NATIVE"}
    environment["PYTHONPATH"] = str(Path(mycelium.__file__).parents[1])
    if setting is not None:
        environment["MYCELIUM_NATIVE"] = setting
    command = [sys.executable, "-c", before + PROGRAM]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_native_codec_runs_where_it_is_installed() -> None:
    for setting in (None, "", "1"):
        assert run(setting).stdout.split() == ["True", "None", "True"]


def test_it_can_be_left_out() -> None:
    assert run("0").stdout == "False MYCELIUM_NATIVE=0 leaves it out False\n"


def test_without_the_extension_pure_python_runs_and_says_why() -> None:
    assert run(None, HIDDEN).stdout.startswith("False this installation has no native extension")


def test_insisting_on_what_is_not_there_is_an_error_that_says_so() -> None:
    failed = run("1", HIDDEN)
    assert failed.returncode == 1
    assert "MYCELIUM_NATIVE=1 insists on the native codec, but this installation has no" in failed.stderr


def test_a_setting_that_is_none_is_refused() -> None:
    assert "MYCELIUM_NATIVE is 'yes': 0 leaves the native codec out, 1 insists on it" in run("yes").stderr


def test_it_can_be_switched_for_a_while() -> None:
    before = native.active
    with native.forced(False):
        assert not native.active
        with native.forced(True):
            assert native.active
        assert not native.active
    assert native.active is before


def test_it_is_switched_back_after_an_error() -> None:
    before = native.active
    with pytest.raises(KeyError), native.forced(not before):
        raise KeyError
    assert native.active is before


def test_other_names_are_no_part_of_the_module() -> None:
    with pytest.raises(AttributeError, match="no attribute 'passive'"):
        native.passive  # noqa: B018
