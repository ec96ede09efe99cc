"""The front end in one call: files in, schema and diagnostics out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from mycelium.idl.diagnostics import Diagnostic, DiagnosticCollector
from mycelium.idl.garbage import uncollected
from mycelium.idl.loader import load
from mycelium.idl.program import Program
from mycelium.idl.resolver import Resolution, resolve
from mycelium.idl.schema import Schema
from mycelium.idl.source import Source
from mycelium.idl.validator import validate


@dataclass(frozen=True)
class Compilation:
    """What came of a run. ``schema`` is None when there are errors; ``diagnostics`` are sorted and all errors.

    ``program`` and ``resolution`` are what the stages found, whole or not: for reporters and ``lint``.
    """

    schema: Schema | None
    diagnostics: tuple[Diagnostic, ...]
    program: Program
    resolution: Resolution

    @property
    def sources(self) -> Mapping[str, Source]:
        """The texts by file name: what a reporter needs to show lines."""
        return self.program.sources


def compile_schemas(root: Path, files: Sequence[Path] | None = None) -> Compilation:
    """Compile schema files and all they import; every ``.myc`` file below ``root`` when ``files`` is None.

    Imports are relative to ``root``. Never raises on bad input: what is wrong is in ``diagnostics``.
    """
    with uncollected():
        return _compile(root, files)


def _compile(root: Path, files: Sequence[Path] | None) -> Compilation:
    program, load_diagnostics = load(root, files)
    resolution, resolve_diagnostics = resolve(program)
    collector = DiagnosticCollector()
    collector.extend(load_diagnostics)
    collector.extend(resolve_diagnostics)
    collector.extend(validate(program, resolution, is_complete=len(collector) == 0))
    schema = None if len(collector) else resolution.schema
    return Compilation(schema, collector.sorted(), program, resolution)
