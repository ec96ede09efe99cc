"""Disk -> program: the only module here that reads files. Follows imports; refuses what lies outside the root."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Sequence
from pathlib import Path, PurePosixPath

from mycelium.idl import ast
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import Diagnostic, DiagnosticCollector, Label
from mycelium.idl.parser import parse
from mycelium.idl.program import LoadedFile, Program, ResolvedImport
from mycelium.idl.schema import Span
from mycelium.idl.source import Source
from mycelium.idl.suggestions import did_you_mean

MAXIMUM_FILE_SIZE = 4 * 1024 * 1024
"""Largest schema file, in bytes."""

SUFFIX = ".myc"


def load(root: Path, files: Sequence[Path] | None = None) -> tuple[Program, tuple[Diagnostic, ...]]:
    """Read and parse files and all they import, or every schema file below ``root`` when ``files`` is None.

    Imports are relative to ``root``. A file that cannot be read is a diagnostic, never an exception.
    """
    return _Loader(root).run(files)


class _Loader:
    def __init__(self, root: Path) -> None:
        self._root = root
        self._real_root = Path(os.path.realpath(root))
        self._collector = DiagnosticCollector()
        self._sources: dict[str, Source] = {}
        self._loaded: dict[str, LoadedFile] = {}
        self._failed: set[str] = set()
        self._waiting: list[str] = []

    def run(self, files: Sequence[Path] | None) -> tuple[Program, tuple[Diagnostic, ...]]:
        names = self._discover() if files is None else self._name_all(files)
        for name in sorted(names):
            self._load(name, None)
        while self._waiting:
            self._follow_imports(self._waiting.pop())
        loaded = tuple(self._loaded[name] for name in sorted(self._loaded))
        program = Program(loaded, self._sources, is_whole=not self._failed)
        return program, self._collector.sorted()

    # --- Which files -------------------------------------------------------------------------------------

    def _discover(self) -> set[str]:
        if not self._root.is_dir():
            self._report_unreadable(None, str(self._root), "no such folder")
            return set()
        names = set()
        for folder, folders, found in os.walk(self._real_root, onerror=self._report_unreadable_folder):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in found:
                if file.endswith(SUFFIX) and not file.startswith("."):
                    name = self._name_within_root(Path(folder, file))
                    if name is None:
                        shown = Path(folder, file).relative_to(self._real_root).as_posix()
                        self._report_outside_root(None, shown)
                    else:
                        names.add(name)
        if not names and len(self._collector) == 0:
            self._collector.report(
                Code.NO_SCHEMA_FILES,
                None,
                f"no {SUFFIX} files below {self._root}",
                hint="is this the schema root?",
            )
        return names

    def _name_all(self, files: Sequence[Path]) -> set[str]:
        names = set()
        for file in files:
            path = file if file.is_absolute() or file.exists() else self._root / file
            name = self._name_within_root(path)
            if name is None:
                self._report_outside_root(None, str(file))
            else:
                names.add(name)
        return names

    def _name_within_root(self, path: Path) -> str | None:
        """The path relative to the root with all links followed; None outside. A link loop stays as it is."""
        real = Path(os.path.realpath(path))
        return real.relative_to(self._real_root).as_posix() if real.is_relative_to(self._real_root) else None

    # --- One file ----------------------------------------------------------------------------------------

    def _load(self, name: str, importer: Span | None) -> bool:
        """Whether the file is there; each is read, parsed and reported once."""
        if name in self._loaded:
            return True
        if name in self._failed:
            return False
        text = self._read(name, importer)
        if text is None:
            self._failed.add(name)
            return False
        source = self._sources[name] = Source(name, text, self._shown(name))
        tree, diagnostics = parse(source)
        self._collector.extend(diagnostics)
        self._loaded[name] = LoadedFile(source, tree, ())
        self._waiting.append(name)
        return True

    def _read(self, name: str, importer: Span | None) -> str | None:
        try:
            path = self._real_root / name
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                self._report_unreadable(importer, self._shown(name), "it is not a file")
                return None
            if status.st_size > MAXIMUM_FILE_SIZE:
                self._report_too_large(name)
                return None
            content = path.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            self._report_unreadable(importer, self._shown(name), str(reason).lower())
            return None
        if len(content) > MAXIMUM_FILE_SIZE:
            self._report_too_large(name)
            return None
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self._report_not_utf8(name, content, error.start)
            return None

    def _follow_imports(self, name: str) -> None:
        file = self._loaded[name]
        seen: dict[str, ast.Import] = {}
        imports = []
        for statement in file.tree.imports:
            target = self._import(file, statement, seen)
            imports.append(ResolvedImport(statement, target))
        self._loaded[name] = LoadedFile(file.source, file.tree, tuple(imports))

    def _import(self, file: LoadedFile, statement: ast.Import, seen: dict[str, ast.Import]) -> str | None:
        span, path = statement.path.span, statement.path.text
        target = self._checked_path(path, span)
        if target is None:
            return None
        if target == file.name:
            self._collector.report(
                Code.SELF_IMPORT, span, "a file cannot import itself", hint="remove this import"
            )
            return target
        if target in seen:
            first = Label(seen[target].path.span, "first imported here")
            self._collector.report(
                Code.REPEATED_IMPORT,
                span,
                f"`{path}` is imported twice",
                related=[first],
                hint="remove this import",
            )
            return target
        seen[target] = statement
        if not (self._real_root / target).exists() and target not in self._loaded:
            self._report_missing_import(file, path, span)
            return None
        return target if self._load(target, span) else None

    def _checked_path(self, path: str, span: Span) -> str | None:
        parts = PurePosixPath(path).parts
        plain = not ("\\" in path or "\0" in path or path.startswith("/") or not path.endswith(SUFFIX))
        if not plain or path != "/".join(parts) and ".." not in parts:
            self._collector.report(
                Code.BAD_IMPORT_PATH,
                span,
                f"`{path}` is not an import path",
                hint=f"write the path from the schema root with `/`, ending in {SUFFIX}",
            )
            return None
        name = None if ".." in parts else self._name_within_root(self._real_root / path)
        if name is None:
            self._report_outside_root(span, path)
        return name

    def _shown(self, name: str) -> str:
        """The path as the person at the command line would write it."""
        return (self._root / name).as_posix()

    # --- Reports -----------------------------------------------------------------------------------------

    def _report_unreadable(self, importer: Span | None, shown: str, reason: str) -> None:
        self._collector.report(Code.UNREADABLE_FILE, importer, f"cannot read `{shown}`: {reason}")

    def _report_unreadable_folder(self, error: OSError) -> None:
        self._report_unreadable(None, str(error.filename), (error.strerror or str(error)).lower())

    def _report_outside_root(self, importer: Span | None, shown: str) -> None:
        self._collector.report(
            Code.OUTSIDE_ROOT,
            importer,
            f"`{shown}` is outside the schema root",
            hint="paths are relative to the schema root and stay below it",
        )

    def _report_too_large(self, name: str) -> None:
        self._collector.report(
            Code.FILE_TOO_LARGE,
            None,
            f"`{self._shown(name)}` is larger than {MAXIMUM_FILE_SIZE // 1024 // 1024} MiB",
            hint="split it: a package may be many files",
        )

    def _report_not_utf8(self, name: str, content: bytes, offset: int) -> None:
        # What can be read of the line still helps to find the place.
        self._sources[name] = Source(name, content.decode("utf-8", "replace"), self._shown(name))
        line_start = content.rfind(b"\n", 0, offset) + 1
        line = content.count(b"\n", 0, offset) + 1
        column = len(content[line_start:offset].decode("utf-8", "replace")) + 1
        hint = "it looks like UTF-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else None
        self._collector.report(
            Code.NOT_UTF8,
            Span(name, line, column, line, column + 1),
            f"byte {offset} (0x{content[offset]:02x}) is not UTF-8",
            hint=f"{hint}: save the file as UTF-8" if hint else "save the file as UTF-8",
        )

    def _report_missing_import(self, importer: LoadedFile, path: str, span: Span) -> None:
        known = (set(self._loaded) | set(self._discoverable())) - {importer.name}
        self._collector.report(
            Code.IMPORT_NOT_FOUND,
            span,
            f"no file `{path}` below the schema root",
            hint=_nearest_path(path, known),
        )

    def _discoverable(self) -> Iterable[str]:
        for folder, folders, found in os.walk(self._real_root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for file in sorted(found):
                if file.endswith(SUFFIX):
                    yield Path(folder, file).relative_to(self._real_root).as_posix()


def _nearest_path(path: str, known: Iterable[str]) -> str | None:
    """The same file name in another folder, or a slip in the path."""
    candidates = sorted(known)
    same_name = [name for name in candidates if name.rsplit("/", 1)[-1] == path.rsplit("/", 1)[-1]]
    return f"did you mean `{same_name[0]}`?" if same_name else did_you_mean(path, candidates)
