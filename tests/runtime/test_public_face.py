"""What the package shows, and what importing it costs."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import mycelium


def test_all_is_sorted_and_true() -> None:
    assert list(mycelium.__all__) == sorted(mycelium.__all__)
    public = {
        name
        for name, value in vars(mycelium).items()
        if not name.startswith("_") and not isinstance(value, ModuleType) and name != "annotations"
    }
    assert public == set(mycelium.__all__)


def test_every_public_thing_is_documented() -> None:
    for name in mycelium.__all__:
        assert getattr(mycelium, name).__doc__, name


def test_generated_code_needs_nothing_of_the_compiler(conformance: ModuleType) -> None:
    folder = str(conformance.__file__).rpartition("/")[0]
    script = (
        f"import sys; sys.path.insert(0, {folder!r}); import conformance, mycelium_registry\n"
        "heavy = {'lark', 'jinja2', 'black', 'mycelium.idl', 'mycelium.codegen'} & set(sys.modules)\n"
        "sys.exit(', '.join(heavy) or 0)"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


def test_errors_read_well() -> None:
    error = mycelium.DecodeError(
        mycelium.ErrorCode.TRUNCATED, "Order.legs[2]", 7, "a value runs past the end"
    )
    assert str(error) == "TRUNCATED at Order.legs[2] (offset 7): a value runs past the end"
    assert isinstance(error, mycelium.MyceliumError)
    assert (error.code, error.path, error.offset) == ("TRUNCATED", "Order.legs[2]", 7)
    assert str(mycelium.FrameError(mycelium.ErrorCode.BAD_VERSION, "", 3)) == "BAD_VERSION at offset 3"
