"""Mycelium's generated pure-Python code, which runs where the native codec is not installed."""

from __future__ import annotations

from benches.codec.contestant import Contestant
from benches.codec.contestants import mycelium_classes

TITLE = "Mycelium, pure Python"
_CLASSES = mycelium_classes.generate("pure")


def quote() -> Contestant:
    return mycelium_classes.quote(_CLASSES)


def book() -> Contestant:
    return mycelium_classes.book(_CLASSES)


def order() -> Contestant:
    return mycelium_classes.order(_CLASSES)


def trading_quote() -> Contestant:
    return mycelium_classes.trading_quote(_CLASSES)
