"""The argument SCHEMAS: a folder, or files of one folder, compiled and reported the same way by every command."""

from __future__ import annotations

import difflib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mycelium.codegen.commands.console import Console, UsageError
from mycelium.idl.codes import UNREADABLE_INPUT_CODES
from mycelium.idl.compiler import Compilation, compile_schemas
from mycelium.idl.schema import MessageDeclaration, Schema


@dataclass(frozen=True, slots=True)
class SchemaSelection:
    """The folder imports are relative to, and the files named; None means every file below the folder."""

    root: Path
    files: tuple[Path, ...] | None


def select(paths: Sequence[Path], root: Path | None) -> SchemaSelection:
    """Tell a folder from files; the root of files is ``root`` or the folder they have in common."""
    for path in paths:
        if not path.exists():
            raise UsageError(f"{path}: no such file or folder")
    if len(paths) == 1 and paths[0].is_dir():
        if not any(paths[0].rglob("*.myc")):
            raise UsageError(f"{paths[0]}: no .myc files in this folder")
        return SchemaSelection(
            root or paths[0], None if root is None else tuple(sorted(paths[0].rglob("*.myc")))
        )
    for path in paths:
        if path.is_dir():
            raise UsageError(f"{path}: give one folder, or files, not both")
        if path.suffix != ".myc":
            raise UsageError(f"{path}: a schema file ends in .myc")
    common = Path(os.path.commonpath([path.absolute().parent for path in paths]))
    return SchemaSelection(root or _shown(common), tuple(paths))


def compile_selection(selection: SchemaSelection, console: Console) -> Schema | None:
    """The schema, or None once its errors are printed."""
    compilation = compile_schemas(selection.root, selection.files)
    refuse_unreadable(compilation)
    if compilation.schema is None:
        console.diagnostics(compilation.diagnostics, compilation.sources)
    return compilation.schema


def refuse_unreadable(compilation: Compilation) -> None:
    """A file that cannot be read is no mistake in a schema: :class:`UsageError`."""
    for diagnostic in compilation.diagnostics:
        if diagnostic.code in UNREADABLE_INPUT_CODES:
            raise UsageError(diagnostic.message)


def find_message(schema: Schema, name: str) -> MessageDeclaration:
    """The message of that full name, or of that short name where only one has it."""
    found = [message for message in schema.messages() if name in (message.name, message.qualified_name)]
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(sorted(message.qualified_name for message in found))
        raise UsageError(f"more than one message is called {name}: name one of {choices}")
    known = [
        candidate for message in schema.messages() for candidate in (message.name, message.qualified_name)
    ]
    close = difflib.get_close_matches(name, known, n=1)
    raise UsageError(f"no message is called {name}" + (f"; did you mean {close[0]}?" if close else ""))


def _shown(folder: Path) -> Path:
    """Relative to the working folder where possible: shorter in diagnostics, the same on every machine."""
    try:
        return folder.relative_to(Path.cwd())
    except ValueError:
        return folder
