"""The argument of ``--against``: a lock, a folder, a commit or a descriptor, as snapshots with the texts known of them."""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mycelium.codegen.commands.console import UsageError
from mycelium.idl.compiler import Compilation, compile_schemas
from mycelium.idl.descriptor import DescriptorError, from_descriptor
from mycelium.idl.lock import Acceptance, Lock, LockError, Snapshot, read_merged_lock
from mycelium.idl.source import Source

LOCK_NAME = "mycelium.lock"
"""The lock stands in the schema root under this name."""

GIT_PREFIX = "git:"

MAXIMUM_LENGTH = 1 << 28
"""Largest lock or descriptor, in bytes: one beyond is no history of schemas, and would take the memory of the machine."""


@dataclass(frozen=True)
class Versions:
    """Snapshots, the oldest first; the texts of those that have any, by label and file; what was accepted.

    Of what has no texts, ``record`` is the file that holds it, and ``releases`` has the versions of its messages by
    label, where it is a lock.
    """

    snapshots: tuple[Snapshot, ...]
    sources: Mapping[str, Mapping[str, Source]] = field(default_factory=dict)
    acceptances: tuple[Acceptance, ...] = ()
    record: str = ""
    releases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def find_versions(against: str, root: Path) -> Versions:
    """What the argument names. Raises :class:`UsageError` where there is nothing to compare with."""
    if against == "lock":
        lock = read_lock_file(root / LOCK_NAME)
        if lock is None:
            raise UsageError(
                f"{root / LOCK_NAME}: not there; `mycelium-gen lock {root}` records a first release"
            )
        return versions_in(lock, root / LOCK_NAME)
    if against.startswith(GIT_PREFIX):
        return _of_commit(against, root)
    path = Path(against)
    if path.is_dir():
        return _of_folder(against, path)
    if path.is_file():
        return _of_descriptor(against, path)
    raise UsageError(f"--against {against}: not `lock`, a folder, git:REF or a descriptor file")


def versions_in(lock: Lock, path: Path) -> Versions:
    """All history of a lock that was read from that path."""
    releases = {release.label: release.versions for release in lock.releases}
    return Versions(lock.snapshots, acceptances=lock.acceptances, record=str(path), releases=releases)


def read_lock_file(path: Path) -> Lock | None:
    """The lock, merged where a merge left it in conflict; None where there is none."""
    return read_lock_in_conflict(path)[0]


def read_lock_in_conflict(path: Path) -> tuple[Lock | None, bool]:
    """The same, and whether it was in conflict."""
    if not path.exists():
        return None, False
    try:
        return read_merged_lock(_text(path))
    except LockError as error:
        raise UsageError(f"{path}: {error}; if it was damaged, bring it back from version control") from error


def _text(path: Path) -> str:
    """The text of a file of reasonable size."""
    try:
        if path.stat().st_size > MAXIMUM_LENGTH:
            raise UsageError(f"{path}: larger than {MAXIMUM_LENGTH} bytes")
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8: {error.reason} at byte {error.start}") from error


def _of_folder(label: str, folder: Path) -> Versions:
    return _compiled(label, compile_schemas(folder))


def _of_descriptor(label: str, path: Path) -> Versions:
    try:
        schema = from_descriptor(json.loads(_text(path)))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{path}: not JSON: {error}") from error
    except DescriptorError as error:
        raise UsageError(f"{path}: {error}") from error
    return Versions((Snapshot(label, schema),), record=str(path))


def _of_commit(label: str, root: Path) -> Versions:
    reference = label.removeprefix(GIT_PREFIX)
    if not reference or reference.startswith("-"):
        raise UsageError(f"--against {label}: name a commit, as in git:main")
    command = ["git", "archive", "--format=tar", reference]
    try:
        archive = subprocess.run(command, cwd=root, capture_output=True, check=True).stdout
    except FileNotFoundError as error:
        raise UsageError(f"--against {label}: git is not installed") from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().splitlines() or ["git archive failed"]
        raise UsageError(f"--against {label}: {reason[-1]}") from error
    with tempfile.TemporaryDirectory() as folder:
        with tarfile.open(fileobj=io.BytesIO(archive)) as files:
            schemas = [member for member in files.getmembers() if member.name.endswith(".myc")]
            files.extractall(folder, members=schemas, filter="data")
        return _compiled(label, compile_schemas(Path(folder)))


def _compiled(label: str, compilation: Compilation) -> Versions:
    if compilation.schema is None:
        first = compilation.diagnostics[0]
        raise UsageError(f"--against {label}: these schemas do not compile: {first.message}")
    return Versions((Snapshot(label, compilation.schema),), {label: compilation.sources})
