"""``mycelium-gen fmt``: every schema file in its one layout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console, UsageError
from mycelium.codegen.output import replace_text
from mycelium.idl.diagnostics import Diagnostic
from mycelium.idl.formatter import format_source
from mycelium.idl.source import Source


def run(paths: Sequence[Path], *, check: bool, console: Console) -> int:
    """Rewrite, or with ``check`` name, the files that are laid out otherwise; a syntax error leaves its file alone."""
    code = FINE
    found: list[Diagnostic] = []
    sources: dict[str, Source] = {}
    for path in _schema_files(paths):
        source = Source(str(path), _read(path), str(path))
        formatted, diagnostics = format_source(source)
        if formatted is None:
            sources[source.name] = source
            found += diagnostics
        elif formatted != source.text:
            if check:
                console.result(f"would be laid out anew: {path}")
                code = PROBLEMS_FOUND
            else:
                _write(path, formatted)
                console.remark(f"{path}: laid out anew")
    if found:
        console.diagnostics(found, sources)
    return PROBLEMS_FOUND if found else code


def _schema_files(paths: Sequence[Path]) -> list[Path]:
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            below = sorted(file for file in path.rglob("*.myc") if not file.is_dir())
            if not below:
                raise UsageError(f"{path}: no .myc files in this folder")
            files += below
        elif path.exists():
            files.append(path)
        else:
            raise UsageError(f"{path}: no such file or folder")
    return files


def _read(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path} is not UTF-8: byte {error.start}") from error


def _write(path: Path, text: str) -> None:
    try:
        replace_text(path, text)
    except OSError as error:
        raise UsageError(f"cannot write {path}: {error.strerror}") from error
