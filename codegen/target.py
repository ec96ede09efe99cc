"""What a target language is: a name and one pure function from a schema to files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeAlias

from mycelium.idl.diagnostics import Diagnostic
from mycelium.idl.lock import MessageHistory
from mycelium.idl.schema import Schema


class GenerationFailure(Exception):
    """A target made no files, and the schema is not to blame. One line says which, why, and what to do."""


class SchemaRefused(Exception):
    """A target has no files for this schema; ``diagnostics`` say why, and where."""

    def __init__(self, diagnostics: tuple[Diagnostic, ...]) -> None:
        super().__init__(f"{len(diagnostics)} errors")
        self.diagnostics = diagnostics


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
    parts of the runtimes' own source trees instead of as packages beside them. ``histories`` is what the lock of the
    schemas knows of each message, by qualified name; one it does not know has none.
    """

    rust_runtime: str | None = None
    inside_runtime: bool = False
    histories: Mapping[str, MessageHistory] = field(default_factory=dict)


Generate: TypeAlias = Callable[[Schema, GenerationOptions], tuple[RenderedFile, ...]]


@dataclass(frozen=True, slots=True)
class Target:
    """One language: the folder its files go to, and how to make them."""

    name: str
    generate: Generate = field(repr=False)
