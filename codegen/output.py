"""Rendered files -> disk: nothing half-written, nothing touched that did not change, nothing of others overwritten.

Every output folder holds a manifest, ``.mycelium-manifest``, which lists the files of the last run. It tells a
file that a removed schema left behind (deleted at the next run) from a file somebody else put there (never
touched).
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mycelium.codegen.target import RenderedFile

MANIFEST = ".mycelium-manifest"

MARKER = "mycelium-gen"
"""Every generated text names its generator near its beginning; a file without it was written by somebody else."""

_MARKER_WITHIN_CHARACTERS = 1000


class OutputError(Exception):
    """Files could not be written, or would have replaced what was not generated. The text says which and why."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What differs between an output folder and what it should hold; paths relative to the folder."""

    missing: tuple[PurePosixPath, ...]
    stale: tuple[PurePosixPath, ...]
    left_over: tuple[PurePosixPath, ...]

    def __bool__(self) -> bool:
        return bool(self.missing or self.stale or self.left_over)


def compare(folder: Path, files: Sequence[RenderedFile]) -> Changes:
    """What a run would create, rewrite and delete below ``folder``. Reads only."""
    missing: list[PurePosixPath] = []
    stale: list[PurePosixPath] = []
    for file in files:
        current = _read(folder / file.path)
        if current is None:
            missing.append(file.path)
        elif current != file.text.encode():
            stale.append(file.path)
    wanted = {file.path for file in files}
    left_over = [path for path in _manifest_paths(folder) if path not in wanted and (folder / path).is_file()]
    return Changes(tuple(missing), tuple(stale), tuple(left_over))


def write(folder: Path, files: Sequence[RenderedFile]) -> Changes:
    """Bring ``folder`` to hold exactly ``files`` (and what is not ours); return what had to change.

    Each file is replaced in one step, so an interruption leaves every file whole, old or new, and the next run
    completes the work. Raises :class:`OutputError` before touching anything when a file to be written exists
    and was not generated, and when the system refuses.
    """
    changes = compare(folder, files)
    _refuse_foreign_files(folder, changes.stale)
    texts = {file.path: file.text for file in files}
    try:
        for path in (*changes.missing, *changes.stale):
            replace_text(folder / path, texts[path])
        for path in changes.left_over:
            (folder / path).unlink(missing_ok=True)
            _remove_empty_parents(folder, path)
        manifest = "".join(f"{path}\n" for path in sorted(texts))
        if _read(folder / MANIFEST) != manifest.encode():
            replace_text(folder / MANIFEST, manifest)
    except OSError as error:
        raise OutputError(f"cannot write {error.filename or folder}: {error.strerror}") from error
    return changes


def _refuse_foreign_files(folder: Path, stale: Iterable[PurePosixPath]) -> None:
    ours = set(_manifest_paths(folder))
    for path in stale:
        if path in ours:
            continue
        beginning = (_read(folder / path) or b"")[:_MARKER_WITHIN_CHARACTERS]
        if MARKER.encode() not in beginning:
            raise OutputError(
                f"{folder / path} exists and was not generated; move it away or choose another --out"
            )


def _manifest_paths(folder: Path) -> list[PurePosixPath]:
    content = _read(folder / MANIFEST)
    if content is None:
        return []
    paths = [PurePosixPath(line) for line in content.decode(errors="replace").splitlines() if line]
    return [path for path in paths if not path.is_absolute() and ".." not in path.parts]


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise OutputError(f"cannot read {path}: {error.strerror}") from error


def replace_text(path: Path, text: str) -> None:
    """Write beside the file, then rename over it: readers see the old text or the new one. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=".mycelium-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(text.encode())
        os.chmod(temporary, 0o666 & ~_file_creation_mask())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _file_creation_mask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _remove_empty_parents(folder: Path, path: PurePosixPath) -> None:
    for parent in path.parents:
        if parent == PurePosixPath("."):
            return
        try:
            (folder / parent).rmdir()
        except OSError:
            return
