"""``mycelium-gen SCHEMAS``: compile, render every language in memory, then write what changed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console
from mycelium.codegen.commands.schemas import SchemaSelection, refuse_unreadable
from mycelium.codegen.commands.versions import LOCK_NAME, read_lock_file
from mycelium.codegen.languages import TARGETS
from mycelium.codegen.output import Changes, compare, write
from mycelium.codegen.plugin import Plugin
from mycelium.codegen.target import GenerationOptions, RenderedFile, SchemaRefused
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.lock import Lock, MessageHistory, message_histories
from mycelium.idl.schema import Schema

RUNTIME_FOLDERS: Mapping[str, str] = MappingProxyType(
    {"python": "python/mycelium", "rust": "rust/mycelium", "ocaml": "ocaml"}
)
"""Where each runtime keeps its own source tree below ``runtime/``: the home of the packages ``mycelium.*``."""

_CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class GenerateOptions:
    """What the command line chose; ``runtime`` generates the packages ``mycelium.*`` into that runtime folder."""

    out: Path
    languages: Sequence[str]
    check: bool = False
    rust_runtime: str | None = None
    runtime: Path | None = None
    plugins: Sequence[Plugin] = ()


def run(selection: SchemaSelection, options: GenerateOptions, console: Console) -> int:
    """Generate or check. Errors of the schema, of plugins too: printed, and nothing is written."""
    compilation = compile_schemas(selection.root, selection.files)
    refuse_unreadable(compilation)
    schema = compilation.schema
    if schema is None:
        console.diagnostics(compilation.diagnostics, compilation.sources)
        return PROBLEMS_FOUND
    try:
        outputs = _outputs(schema, _histories(selection.root, schema), options)
    except SchemaRefused as refusal:
        console.diagnostics(refusal.diagnostics, compilation.sources)
        return PROBLEMS_FOUND
    code = FINE
    for folder, files in outputs:
        if options.check:
            changes = compare(folder, files)
            code = _report_check(folder, changes, console) or code
        else:
            _report_write(folder, len(files), write(folder, files), console)
    _remark_reserved_packages(schema, options, console)
    return code


def _histories(root: Path, schema: Schema) -> Mapping[str, MessageHistory]:
    """What the lock beside the schemas knows of their messages; without a lock, nothing."""
    return message_histories(read_lock_file(root / LOCK_NAME) or Lock(), schema)


def _outputs(
    schema: Schema, histories: Mapping[str, MessageHistory], options: GenerateOptions
) -> list[tuple[Path, tuple[RenderedFile, ...]]]:
    """Every folder and what belongs into it. Plugins come first: when one fails, no time is lost."""
    outputs = [(options.out / plugin.name, plugin.generate(schema, histories)) for plugin in options.plugins]
    for language in options.languages:
        files = TARGETS[language].generate(schema, _generation_options(language, histories, options))
        outputs.append((output_folder(language, options), files))
    return outputs


def output_folder(language: str, options: GenerateOptions) -> Path:
    """The folder one language is written to."""
    if options.runtime is not None:
        return options.runtime / RUNTIME_FOLDERS[language]
    return options.out / language


def _generation_options(
    language: str, histories: Mapping[str, MessageHistory], options: GenerateOptions
) -> GenerationOptions:
    return GenerationOptions(
        rust_runtime=options.rust_runtime or _rust_runtime_of_checkout(output_folder(language, options)),
        inside_runtime=options.runtime is not None,
        histories=histories,
    )


def _rust_runtime_of_checkout(folder: Path) -> str | None:
    """From a checkout, generated crates use the runtime beside the compiler; from an installed wheel, the release."""
    crate = _CHECKOUT / "runtime" / "rust" / "mycelium"
    if not (crate / "Cargo.toml").is_file():
        return None
    return Path(os.path.relpath(crate, folder.resolve())).as_posix()


def _report_check(folder: Path, changes: Changes, console: Console) -> int:
    for what, paths in (
        ("missing", changes.missing),
        ("stale", changes.stale),
        ("left over", changes.left_over),
    ):
        for path in paths:
            console.result(f"{what}: {folder / path}")
    if not changes:
        console.remark(f"{folder}: fresh")
        return FINE
    return PROBLEMS_FOUND


def _report_write(folder: Path, total: int, changes: Changes, console: Console) -> None:
    written = len(changes.missing) + len(changes.stale)
    parts = [f"{total} files", f"{written} written" if written else "nothing to do"]
    if changes.left_over:
        parts.append(f"{len(changes.left_over)} removed")
    console.remark(f"{folder}: {', '.join(parts)}")


def _remark_reserved_packages(schema: Schema, options: GenerateOptions, console: Console) -> None:
    reserved = [package.name for package in schema.packages if package.name.split(".")[0] == "mycelium"]
    if reserved and options.runtime is None:
        console.remark(f"{', '.join(reserved)}: part of the runtimes, checked but not generated here")
