"""Importing generated trees, and forgetting them again."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

Import = Callable[[Path, str], ModuleType]


@pytest.fixture
def import_from() -> Iterator[Import]:
    """Imports a module from a tree, and forgets all that came with it afterwards."""
    before = set(sys.modules)
    folders: list[str] = []

    def load(folder: Path, module: str) -> ModuleType:
        folders.append(str(folder))
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()
        return importlib.import_module(module)

    yield load
    for folder in folders:
        sys.path.remove(folder)
    for name in set(sys.modules) - before:
        if not name.startswith("mycelium."):
            del sys.modules[name]
