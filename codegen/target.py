"""What a target language is: a name and one pure function from a schema to files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeAlias

from mycelium.idl.schema import Schema


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file to be: its path below the language's output folder, and its whole text, ending in a newline."""

    path: PurePosixPath
    text: str


@dataclass(frozen=True, slots=True)
class GenerationOptions:
    """What a caller may choose.

    ``rust_runtime`` is the value of ``path`` for the ``mycelium`` crate in the generated ``Cargo.toml``; None
    asks for the released crate of the same version. ``inside_runtime`` generates the packages ``mycelium.*`` as
    parts of the runtimes' own source trees instead of as packages beside them.
    """

    rust_runtime: str | None = None
    inside_runtime: bool = False


Generate: TypeAlias = Callable[[Schema, GenerationOptions], tuple[RenderedFile, ...]]


@dataclass(frozen=True, slots=True)
class Target:
    """One language: the folder its files go to, and how to make them."""

    name: str
    generate: Generate = field(repr=False)
