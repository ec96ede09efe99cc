"""``mycelium-gen lock SCHEMAS``: record a release, or accept an intended break."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console, UsageError
from mycelium.codegen.commands.judgement_report import report_judgement
from mycelium.codegen.commands.schemas import SchemaSelection, refuse_unreadable
from mycelium.codegen.commands.versions import LOCK_NAME, read_lock_file, versions_in
from mycelium.idl.compiler import Compilation, compile_schemas
from mycelium.idl.lock import Acceptance, Lock, Mode, judge, record, write_lock
from mycelium.idl.schema import Schema


@dataclass(frozen=True, slots=True)
class Wanted:
    """An acceptance as asked for on the command line."""

    rule: str
    element: str
    reason: str
    author: str
    expires: str | None


def run_record(selection: SchemaSelection, mode: str, label: str | None, console: Console) -> int:
    """Write the lock with this release; 1, and nothing written, when something breaks that is not accepted."""
    compilation = _compiled(selection, console)
    if compilation is None or compilation.schema is None:
        return PROBLEMS_FOUND
    path = selection.root / LOCK_NAME
    lock = read_lock_file(path) or Lock()
    judgement = judge(lock.snapshots, compilation.schema, Mode(mode), lock.acceptances, date.today())
    report_judgement(judgement, versions_in(lock, path), compilation, console)
    if judgement.errors:
        console.remark(f"{path}: not written; mend the schemas, or accept what is intended with --accept")
        return PROBLEMS_FOUND
    recorded = record(lock, compilation.schema, label or str(len(lock.releases) + 1))
    _write(path, recorded)
    if recorded is lock:
        console.remark(f"{path}: nothing new to record")
        return FINE
    newest = recorded.releases[-1]
    before = lock.releases[-1].versions if lock.releases else {}
    changed = [
        f"{name} {version}" for name, version in newest.versions.items() if before.get(name) != version
    ]
    console.remark(f"{path}: release {newest.label}: {', '.join(changed) or 'messages removed'}")
    return FINE


def run_accept(selection: SchemaSelection, mode: str, wanted: Wanted, console: Console) -> int:
    """Write the lock with what accepts this break against every release that shows it."""
    compilation = _compiled(selection, console)
    if compilation is None or compilation.schema is None:
        return PROBLEMS_FOUND
    path = selection.root / LOCK_NAME
    lock = read_lock_file(path)
    if lock is None:
        raise UsageError(f"{path}: not there, so nothing can break")
    acceptances = _acceptances(lock, compilation.schema, Mode(mode), wanted)
    if not acceptances:
        raise UsageError(f"{wanted.rule} for {wanted.element}: there is no such break to accept")
    _write(path, replace(lock, acceptances=(*lock.acceptances, *acceptances)))
    console.remark(f"{path}: {wanted.rule} for {wanted.element} accepted, {len(acceptances)} digest pairs")
    return FINE


def _acceptances(lock: Lock, schema: Schema, mode: Mode, wanted: Wanted) -> tuple[Acceptance, ...]:
    """One for each pair of digests of any release that shows the break."""
    expires = _day(wanted.expires)
    judgement = judge(lock.snapshots, schema, mode, lock.acceptances, date.today())
    return tuple(
        dict.fromkeys(
            Acceptance(
                rule=error.finding.code.value,
                element=error.finding.element,
                old_digest=error.old_digest,
                new_digest=error.new_digest,
                reason=wanted.reason,
                author=wanted.author,
                expires=expires,
            )
            for error in judgement.errors
            if (error.finding.code.value, error.finding.element) == (wanted.rule.upper(), wanted.element)
        )
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--expires {text}: a day is expected, as in 2030-01-31") from error
    if day < date.today():
        raise UsageError(f"--expires {text}: this day has passed")
    return day


def _compiled(selection: SchemaSelection, console: Console) -> Compilation | None:
    compilation = compile_schemas(selection.root, selection.files)
    refuse_unreadable(compilation)
    if compilation.schema is None:
        console.diagnostics(compilation.diagnostics, compilation.sources)
        return None
    return compilation


def _write(path: Path, lock: Lock) -> None:
    try:
        path.write_text(write_lock(lock), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
