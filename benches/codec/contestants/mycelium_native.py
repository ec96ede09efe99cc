"""Mycelium with its native codec, which runs wherever it is installed."""

from __future__ import annotations

from benches.codec.contestant import Contestant
from benches.codec.contestants import mycelium_classes
from mycelium import native

if not native.active:
    raise ImportError(f"the native codec does not run: {native.reason}")

TITLE = "Mycelium"
_CLASSES = mycelium_classes.generate("native")


def quote() -> Contestant:
    return mycelium_classes.quote(_CLASSES)


def book() -> Contestant:
    return mycelium_classes.book(_CLASSES)


def order() -> Contestant:
    return mycelium_classes.order(_CLASSES)


def trading_quote() -> Contestant:
    return mycelium_classes.trading_quote(_CLASSES)
