"""Text -> lock: nothing is believed that does not fit together, least of all a digest."""

from __future__ import annotations

import json
from datetime import date

from mycelium.idl.descriptor import DescriptorError
from mycelium.idl.descriptor.consistency import check_schema
from mycelium.idl.descriptor.document import Node
from mycelium.idl.descriptor.reading import is_package_name, read_constant, read_declaration, read_reserved
from mycelium.idl.digest import DigestMemory, MessageDigests, message_digests
from mycelium.idl.garbage import uncollected
from mycelium.idl.lock.form import LOCK_FORM, LockError
from mycelium.idl.lock.history import Acceptance, Lock, MessageVersion, Release
from mycelium.idl.lock.recorded_schema import with_parts
from mycelium.idl.schema import Package, Schema

_HEX_DIGEST_LENGTH = 64


def read_lock(text: str) -> Lock:
    """The history in a text. Raises :class:`LockError`."""
    with uncollected():
        try:
            document = json.loads(text, object_pairs_hook=_distinct_members)
        except (ValueError, RecursionError) as error:
            raise LockError(f"not JSON: {error}") from error
        try:
            return _lock(Node(document))
        except DescriptorError as error:
            raise LockError(str(error)) from error


def _distinct_members(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"`{repeated}` is there twice in one object")
    return members


def _lock(node: Node) -> Lock:
    form = node.any_members().get("lock")
    if form is None:
        node.refuse("`lock` is missing: this is no lock")
    if form.text() != LOCK_FORM:
        form.refuse(f"this version reads `{LOCK_FORM}`, not `{form.value}`")
    members = node.members(["lock", "releases", "acceptances"])
    history = _History()
    for release in members["releases"].items():
        history.add(release)
    acceptances = tuple(_acceptance(each) for each in members["acceptances"].items())
    return Lock(
        {name: tuple(versions) for name, versions in sorted(history.messages.items())},
        tuple(history.releases),
        acceptances,
    )


class _History:
    """Releases so far; each is read as what it changes of the one before."""

    def __init__(self) -> None:
        self.messages: dict[str, list[MessageVersion]] = {}
        self.releases: list[Release] = []
        self._memory = DigestMemory()

    def add(self, node: Node) -> None:
        """Read one more release."""
        members = node.members(["label", "messages", "packages"])
        label = members["label"].text()
        if not label.strip() or any(release.label == label for release in self.releases):
            members["label"].refuse("every release has a label of its own")
        before = self.releases[-1] if self.releases else Release("", {}, Schema(()))
        schema = _schema(members["packages"], before.schema)
        versions = self._versions(members["messages"], before, schema)
        self.releases.append(Release(label, versions, schema))

    def _versions(self, node: Node, before: Release, schema: Schema) -> dict[str, str]:
        """The version of each message. What is not named has the version it had, and must still be the same."""
        named = node.any_members()
        digests = message_digests(schema, self._memory)
        for name in named:
            if name not in digests:
                node.refuse(f"the release has no message {name}")
        versions: dict[str, str] = {}
        for name in sorted(digests):
            if name in named:
                versions[name] = self._version(named[name], name, digests[name], schema)
                continue
            if name not in before.versions:
                node.refuse(f"{name} is new and has no version")
            versions[name] = before.versions[name]
            known = self._known(name, versions[name])
            if known is None or known.full != digests[name].full.hex():
                node.refuse(f"{name} changed and has no new version")
        return versions

    def _version(self, node: Node, name: str, digests: MessageDigests, schema: Schema) -> str:
        members = node.members(["version", "wire", "full"])
        for tier, digest in (("wire", digests.wire), ("full", digests.full)):
            if _digest(members[tier]) != digest.hex():
                members[tier].refuse("not the digest of what the release declares: the lock was altered")
        version = members["version"].text()
        major, minor = _numbers(members["version"])
        known = self._known(name, version)
        versions = self.messages.setdefault(name, [])
        if known is None:
            if versions and (major, minor) <= (versions[-1].major, versions[-1].minor):
                members["version"].refuse(f"{versions[-1].version} came before: versions ascend")
            versions.append(
                MessageVersion(name, major, minor, digests.wire.hex(), digests.full.hex(), schema)
            )
        elif known.full != digests.full.hex():
            members["version"].refuse(f"{version} was released before, and was something else")
        return version

    def _known(self, name: str, version: str) -> MessageVersion | None:
        return next((each for each in self.messages.get(name, []) if each.version == version), None)


def _numbers(node: Node) -> tuple[int, int]:
    major, dot, minor = node.text().partition(".")
    if not (dot and _is_number(major) and _is_number(minor)):
        node.refuse("a version is two numbers, as in `1.0`")
    return int(major), int(minor)


def _is_number(text: str) -> bool:
    """Digits that are written the one way a number is."""
    return text.isascii() and text.isdecimal() and len(text) < 10 and str(int(text)) == text


def _digest(node: Node) -> str:
    text = node.text()
    if len(text) != _HEX_DIGEST_LENGTH or set(text) - set("0123456789abcdef"):
        node.refuse("a digest is 64 lower-case hex digits")
    return text


def _schema(node: Node, before: Schema) -> Schema:
    packages = {package.name: package for package in before.packages}
    changes = node.any_members()
    for name, change in changes.items():
        if change.value is None:
            if packages.pop(name, None) is None:
                change.refuse("there was no such package that could be gone")
        else:
            packages[name] = _package(change, name, packages.get(name))
    schema = Schema(tuple(packages[name] for name in sorted(packages))) if changes else before
    if changes:
        try:
            check_schema(schema)
        except DescriptorError as error:
            node.refuse(str(error))
    return schema


def _package(node: Node, name: str, before: Package | None) -> Package:
    members = node.members([], ["reserved", "constants", "declarations", "removed"])
    if not is_package_name(name):
        node.refuse("not the name of a package")
    package = before or Package(name, "", (), (), ())
    constants = [read_constant(each, name) for each in _items(members, "constants")]
    declarations = [read_declaration(each, name) for each in _items(members, "declarations")]
    replaced = {each.name for each in (*constants, *declarations)}
    known = {each.name for each in (*package.constants, *package.declarations)}
    for gone in _items(members, "removed"):
        if gone.text() not in known - replaced:
            gone.refuse("there was nothing of this name that could be gone")
        replaced.add(gone.text())
    return with_parts(
        Package(name, "", (), (), (), read_reserved(members)),
        [*(each for each in package.constants if each.name not in replaced), *constants],
        [*(each for each in package.declarations if each.name not in replaced), *declarations],
    )


def _items(members: dict[str, Node], name: str) -> list[Node]:
    return members[name].items() if name in members else []


def _acceptance(node: Node) -> Acceptance:
    names = ["rule", "element", "old_digest", "new_digest", "reason", "author"]
    members = node.members(names, ["expires"])
    texts = {name: members[name].text() for name in names}
    for name in ("reason", "author"):
        if not texts[name].strip():
            members[name].refuse("it is needed")
    for name in ("old_digest", "new_digest"):
        if texts[name]:
            _digest(members[name])
    expires = None
    if "expires" in members:
        try:
            expires = date.fromisoformat(members["expires"].text())
        except ValueError:
            members["expires"].refuse("a day is expected, as in `2030-01-31`")
    return Acceptance(**texts, expires=expires)
