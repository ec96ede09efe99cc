"""All files of a run, read and parsed: what the loader gives and every later stage takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from mycelium.idl import ast
from mycelium.idl.source import Source


@dataclass(frozen=True, slots=True)
class ResolvedImport:
    """An import statement and the name of the file it loads; None when that failed and was reported."""

    statement: ast.Import
    file: str | None


@dataclass(frozen=True, slots=True, eq=False)
class LoadedFile:
    """One schema file."""

    source: Source
    tree: ast.File
    imports: tuple[ResolvedImport, ...]

    @property
    def name(self) -> str:
        """Path relative to the schema root."""
        return self.source.name

    @property
    def package(self) -> str:
        """The name of the package this file is a part of; one of its own where the statement is missing."""
        statement = self.tree.package
        return f"<{self.name}>" if statement is None else statement.name.text

    @property
    def names_may_be_missing(self) -> bool:
        """Whether an import failed or a statement was lost, so that an unknown name may be no new mistake."""
        return any(import_.file is None for import_ in self.imports) or any(
            broken.name is None for broken in self.tree.broken
        )


@dataclass(frozen=True)
class Program:
    """The files of a run, sorted by name; ``sources`` also has the texts of files that could not be parsed.

    ``is_whole`` tells that every file could be read.
    """

    files: tuple[LoadedFile, ...]
    sources: Mapping[str, Source]
    is_whole: bool

    @cached_property
    def packages_may_be_missing(self) -> bool:
        """Whether a file is lost or belongs nowhere, so that an unknown name in any file may be no new mistake."""
        return not self.is_whole or any(file.tree.package is None for file in self.files)

    @cached_property
    def by_name(self) -> Mapping[str, LoadedFile]:
        """The files by their name."""
        return {file.name: file for file in self.files}
