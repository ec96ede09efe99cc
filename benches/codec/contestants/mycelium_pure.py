"""Mycelium's generated pure-Python code, which runs where the native codec is not installed."""

from __future__ import annotations

from unittest.mock import patch

from benches.codec.contestant import Contestant
from benches.codec.contestants import mycelium_classes
from mycelium import native

TITLE = "Mycelium, pure Python"

# As if the extension were not installed; the other contestant runs it in the same process.
with patch.object(native, "make_codec", return_value=None):
    _CLASSES = mycelium_classes.generate("pure")


def quote() -> Contestant:
    return mycelium_classes.quote(_CLASSES)


def book() -> Contestant:
    return mycelium_classes.book(_CLASSES)


def order() -> Contestant:
    return mycelium_classes.order(_CLASSES)


def trading_quote() -> Contestant:
    return mycelium_classes.trading_quote(_CLASSES)
