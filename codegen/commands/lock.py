"""``mycelium-gen lock SCHEMAS``: record a release, or accept an intended break."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from pathlib import Path

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console, UsageError
from mycelium.codegen.commands.judgement_report import report_judgement
from mycelium.codegen.commands.schemas import SchemaSelection, refuse_unreadable
from mycelium.codegen.commands.versions import LOCK_NAME, read_lock_in_conflict, versions_in
from mycelium.codegen.output import replace_text
from mycelium.idl.compiler import Compilation, compile_schemas
from mycelium.idl.lock import Acceptance, Lock, Mode, Release, judge, record, write_lock
from mycelium.idl.schema import Schema

MAXIMUM_NAMED_MESSAGES = 8
"""How many messages with a new version are named once a release is recorded."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An acceptance as asked for on the command line."""

    rule: str
    element: str
    reason: str
    author: str
    expires: str | None


def run_record(selection: SchemaSelection, mode: str, label: str | None, console: Console) -> int:
    """Write the lock with this release; 1, and no release written, when something breaks that is not accepted."""
    compilation = _compiled(selection, console)
    if compilation is None or compilation.schema is None:
        return PROBLEMS_FOUND
    path = selection.root / LOCK_NAME
    lock = _resolved(path, console) or Lock()
    judgement = judge(lock.snapshots, compilation.schema, Mode(mode), lock.acceptances, date.today())
    report_judgement(judgement, versions_in(lock, path), compilation, console)
    if judgement.errors:
        console.remark(
            f"{path}: no release recorded; mend the schemas, or accept what is intended with --accept"
        )
        return PROBLEMS_FOUND
    recorded = record(lock, compilation.schema, label or _next_number(lock))
    if recorded is lock:
        console.remark(f"{path}: nothing new to record")
        return FINE
    newest = recorded.releases[-1]
    _refuse_unfit(path, "--label", newest.label)
    if any(release.label == newest.label for release in lock.releases):
        raise UsageError(f"--label {newest.label}: {path} has a release of this label; choose another")
    _write(path, recorded)
    console.remark(f"{path}: release {newest.label}: {_news(lock, newest)}")
    return FINE


def _news(lock: Lock, newest: Release) -> str:
    before = lock.releases[-1].versions if lock.releases else {}
    changed = [
        f"{name} {version}" for name, version in newest.versions.items() if before.get(name) != version
    ]
    if not changed:
        return "no message has a new version"
    hidden = len(changed) - MAXIMUM_NAMED_MESSAGES
    return ", ".join(changed[:MAXIMUM_NAMED_MESSAGES]) + (f" and {hidden} more" if hidden > 0 else "")


def _resolved(path: Path, console: Console) -> Lock | None:
    """The lock; one that a merge left in conflict is written anew, whatever becomes of the schemas."""
    lock, was_in_conflict = read_lock_in_conflict(path)
    if lock is not None and was_in_conflict:
        _write(path, lock)
        labels = ", ".join(release.label for release in lock.releases)
        console.remark(f"{path}: conflict resolved; it has the releases of both sides: {labels}")
    return lock


def _next_number(lock: Lock) -> str:
    """The number of the release, or the next that is no label yet."""
    taken = {release.label for release in lock.releases}
    return next(str(number) for number in count(len(lock.releases) + 1) if str(number) not in taken)


def _refuse_unfit(path: Path, option: str, text: str) -> None:
    """What is to be kept has to be text."""
    if not text.strip() or any("\ud800" <= character <= "\udfff" for character in text):
        raise UsageError(f"{option}: {path} keeps text, and this is none")


def run_accept(selection: SchemaSelection, mode: str, wanted: Wanted, console: Console) -> int:
    """Write the lock with what accepts this break against every release that shows it."""
    compilation = _compiled(selection, console)
    if compilation is None or compilation.schema is None:
        return PROBLEMS_FOUND
    path = selection.root / LOCK_NAME
    _refuse_unfit(path, "--reason", wanted.reason)
    _refuse_unfit(path, "--author", wanted.author)
    lock = _resolved(path, console)
    if lock is None:
        raise UsageError(f"{path}: not there, so nothing can break")
    acceptances = _acceptances(lock, compilation.schema, Mode(mode), wanted)
    if not acceptances:
        raise UsageError(f"{wanted.rule} for {wanted.element}: there is no such break to accept")
    _write(path, replace(lock, acceptances=(*lock.acceptances, *acceptances)))
    pairs = "one pair" if len(acceptances) == 1 else f"{len(acceptances)} pairs"
    console.remark(f"{path}: {wanted.rule} for {wanted.element} accepted, for {pairs} of digests")
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
    compilation = compile_schemas(selection.root)
    refuse_unreadable(compilation)
    if compilation.schema is None:
        console.diagnostics(compilation.diagnostics, compilation.sources)
        return None
    return compilation


def _write(path: Path, lock: Lock) -> None:
    try:
        replace_text(path.resolve(), write_lock(lock))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from error
