"""How two ends find each other."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from benches.bus.channel import PATIENCE_SECONDS

T = TypeVar("T")

LOOK_EVERY_SECONDS = 0.005


def until_there(look: Callable[[], T]) -> T:
    """What ``look`` gives as soon as it no longer raises OSError.

    Raises that error where it does so for too long.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return look()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(LOOK_EVERY_SECONDS)
