"""The native codec: whether it is there, and whether it runs.

Where the extension ``mycelium._native`` is installed, ``encode`` and ``decode`` of every message run in it; the bytes,
the values and the errors are those of the pure-Python codec, which runs otherwise. The environment variable
``MYCELIUM_NATIVE`` chooses when the package is imported: 0 leaves the extension out, 1 insists on it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mycelium._native import Codec

active: bool
"""Whether the native codec runs now."""

reason: str | None
"""Why the extension cannot run, None where it can."""


def _load() -> tuple[ModuleType | None, str | None]:
    """The extension, or why there is none."""
    wanted = os.environ.get("MYCELIUM_NATIVE", "")
    if wanted not in ("", "0", "1"):
        raise ImportError(f"MYCELIUM_NATIVE is {wanted!r}: 0 leaves the native codec out, 1 insists on it")
    if wanted == "0":
        return None, "MYCELIUM_NATIVE=0 leaves it out"
    try:
        from mycelium import _native
    except ModuleNotFoundError:
        why = "this installation has no native extension for this interpreter"
    except ImportError as error:
        why = str(error)
    else:
        return _native, None
    if wanted == "1":
        raise ImportError(f"MYCELIUM_NATIVE=1 insists on the native codec, but {why}")
    return None, why


_extension, reason = _load()


def make_codec(
    message: type[Any],
    decode_carefully: Callable[..., Any],
    encode_carefully: Callable[..., bytes],
    decode: Callable[..., Any],
    encode: Callable[..., bytes],
    encode_into: Callable[..., int],
) -> Codec | None:
    """The native codec of a message class and what it hands over to, None where there is no extension."""
    if _extension is None:
        return None
    codec: Codec = _extension.make_codec(
        message, decode_carefully, encode_carefully, decode, encode, encode_into
    )
    return codec


def extension() -> ModuleType | None:
    """The extension itself, None where there is none; ``reason`` says why."""
    return _extension


@contextmanager
def forced(wanted: bool) -> Iterator[None]:
    """Within it the native codec runs, or does not; for tests and measurements. It holds for all threads.

    Raises :class:`RuntimeError` where it should run and cannot.
    """
    if _extension is None:
        if wanted:
            raise RuntimeError(f"the native codec cannot run: {reason}")
        yield
        return
    before = _extension.is_enabled()
    _extension.set_enabled(wanted)
    try:
        yield
    finally:
        _extension.set_enabled(before)


def __getattr__(name: str) -> Any:
    if name == "active":
        return _extension is not None and _extension.is_enabled()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
