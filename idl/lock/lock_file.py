"""The text of a lock: JSON, sorted, one fact a line, so that a difference shows what was released."""

from __future__ import annotations

import json
from datetime import date

from mycelium.idl.descriptor import DescriptorError, from_descriptor, to_descriptor
from mycelium.idl.descriptor.document import Node
from mycelium.idl.lock.history import Acceptance, Lock, MessageVersion, Release

LOCK_FORM = "mycelium-lock-1"
"""Name and version of the form; the value of ``lock``."""

_HEX_DIGEST_LENGTH = 64


class LockError(Exception):
    """The text is no lock; one line says where and why."""


def write_lock(lock: Lock) -> str:
    """The text; equal locks give equal texts."""
    document = {
        "lock": LOCK_FORM,
        "releases": [
            {"label": release.label, "messages": dict(sorted(release.versions.items()))}
            for release in lock.releases
        ],
        "acceptances": [_acceptance_form(each) for each in lock.acceptances],
        "messages": {
            name: [_version_form(version) for version in versions]
            for name, versions in sorted(lock.messages.items())
        },
    }
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def _acceptance_form(acceptance: Acceptance) -> dict[str, object]:
    form: dict[str, object] = {
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


def _version_form(version: MessageVersion) -> dict[str, object]:
    return {
        "version": version.version,
        "wire": version.wire,
        "full": version.full,
        "descriptor": _without_docs(to_descriptor(version.schema)),
    }


def _without_docs(form: object) -> object:
    """Comments are no history; members of the form called ``doc`` are nothing else."""
    if isinstance(form, dict):
        return {name: _without_docs(inside) for name, inside in form.items() if name != "doc"}
    return [_without_docs(inside) for inside in form] if isinstance(form, list) else form


def read_lock(text: str) -> Lock:
    """The history in a text. Raises :class:`LockError`."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LockError(f"not JSON: {error}") from error
    try:
        return _lock(Node(document))
    except DescriptorError as error:
        raise LockError(str(error)) from error


def _lock(node: Node) -> Lock:
    members = node.members(["lock", "releases", "acceptances", "messages"])
    if members["lock"].text() != LOCK_FORM:
        members["lock"].refuse(f"this version reads `{LOCK_FORM}`")
    messages = {
        name: tuple(_version(each, name) for each in versions.items())
        for name, versions in members["messages"].any_members().items()
    }
    known = {(name, each.version) for name, versions in messages.items() for each in versions}
    releases = tuple(_release(each, known) for each in members["releases"].items())
    return Lock(messages, releases, tuple(_acceptance(each) for each in members["acceptances"].items()))


def _version(node: Node, message: str) -> MessageVersion:
    members = node.members(["version", "wire", "full", "descriptor"])
    major, _, minor = members["version"].text().partition(".")
    if not (major.isdecimal() and minor.isdecimal()):
        members["version"].refuse("a version is two numbers, as in `1.0`")
    try:
        schema = from_descriptor(members["descriptor"].value)
    except DescriptorError as error:
        members["descriptor"].refuse(str(error))
    if schema.find(message) is None:
        members["descriptor"].refuse(f"it lacks the message {message}")
    return MessageVersion(int(major), int(minor), _digest(members["wire"]), _digest(members["full"]), schema)


def _digest(node: Node) -> str:
    text = node.text()
    if len(text) != _HEX_DIGEST_LENGTH or set(text) - set("0123456789abcdef"):
        node.refuse("a digest is 64 lower-case hex digits")
    return text


def _release(node: Node, known: set[tuple[str, str]]) -> Release:
    members = node.members(["label", "messages"])
    versions = {name: version.text() for name, version in members["messages"].any_members().items()}
    for pair in versions.items():
        if pair not in known:
            members["messages"].refuse(f"version {pair[1]} of {pair[0]} is not recorded")
    return Release(members["label"].text(), versions)


def _acceptance(node: Node) -> Acceptance:
    names = ["rule", "element", "old_digest", "new_digest", "reason", "author"]
    members = node.members(names, ["expires"])
    texts = {name: members[name].text() for name in names}
    if not texts["reason"].strip():
        members["reason"].refuse("a reason is needed")
    expires = None
    if "expires" in members:
        try:
            expires = date.fromisoformat(members["expires"].text())
        except ValueError:
            members["expires"].refuse("a day is expected, as in `2030-01-31`")
    return Acceptance(**texts, expires=expires)
