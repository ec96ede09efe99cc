"""Lock -> text: JSON in which each release says what is new in it, so that a difference shows what was released."""

from __future__ import annotations

from typing import TypeVar

from mycelium.idl.descriptor.writing import Form, constant_form, declaration_form, reserved_form
from mycelium.idl.lock.form import LOCK_FORM
from mycelium.idl.lock.history import Acceptance, Lock, MessageVersion, Release
from mycelium.idl.lock.json_layout import laid_out
from mycelium.idl.schema import Constant, Declaration, Package, Schema

_Kept = TypeVar("_Kept", Constant, Declaration)


def write_lock(lock: Lock) -> str:
    """The text; equal locks give equal texts."""
    known = {(name, each.version): each for name, versions in lock.messages.items() for each in versions}
    before = Release("", {}, Schema(()))
    releases: list[Form] = []
    for release in lock.releases:
        releases.append(_release(release, before, known))
        before = release
    return laid_out(
        {
            "lock": LOCK_FORM,
            "releases": releases,
            "acceptances": [_acceptance(each) for each in lock.acceptances],
        }
    )


def _release(release: Release, before: Release, known: dict[tuple[str, str], MessageVersion]) -> Form:
    messages = {
        name: _version(known[name, version])
        for name, version in sorted(release.versions.items())
        if before.versions.get(name) != version
    }
    old = {package.name: package for package in before.schema.packages}
    new = {package.name: package for package in release.schema.packages}
    packages: Form = {}
    for name in sorted(old.keys() | new.keys()):
        if name not in new:
            packages[name] = None
        elif new[name] is not old.get(name):
            form = _package(new[name], old.get(name))
            if form is not None:
                packages[name] = form
    return {"label": release.label, "messages": messages, "packages": packages}


def _version(version: MessageVersion) -> Form:
    return {"version": version.version, "wire": version.wire, "full": version.full}


def _package(package: Package, before: Package | None) -> Form | None:
    """What is new in it, and the names of what is gone; None where nothing changed."""
    constants = _changed(package.constants, () if before is None else before.constants)
    declarations = _changed(package.declarations, () if before is None else before.declarations)
    removed = set() if before is None else _names(before) - _names(package)
    is_same = before is not None and before.reserved == package.reserved
    if is_same and not (constants or declarations or removed):
        return None
    form = reserved_form(package.reserved)
    if constants:
        form["constants"] = [constant_form(each) for each in constants]
    if declarations:
        form["declarations"] = [declaration_form(each) for each in declarations]
    if removed:
        form["removed"] = sorted(removed)
    return form


def _changed(now: tuple[_Kept, ...], before: tuple[_Kept, ...]) -> list[_Kept]:
    """Releases share what they have in common; see ``recorded_schema``."""
    kept = {id(each) for each in before}
    return [each for each in now if id(each) not in kept]


def _names(package: Package) -> set[str]:
    return {each.name for each in (*package.constants, *package.declarations)}


def _acceptance(acceptance: Acceptance) -> Form:
    form: Form = {
        "rule": acceptance.rule,
        "element": acceptance.element,
        "old_digest": acceptance.old_digest,
        "new_digest": acceptance.new_digest,
        "reason": acceptance.reason,
        "author": acceptance.author,
    }
    if acceptance.expires is not None:
        form["expires"] = acceptance.expires.isoformat()
    return form
