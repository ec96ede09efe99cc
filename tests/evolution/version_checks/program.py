"""Answers questions about versions, as program.rs beside it says."""

from __future__ import annotations

import sys

import mycelium_registry

from mycelium.versions import (
    Direction,
    KnownVersion,
    PeerVersion,
    VersionHistory,
    VersionVerdict,
    version_verdict,
)


def entries(text: str) -> list[list[str]]:
    return [entry.split("\x1f") for entry in text.split("\x1e") if entry]


def known(entry: list[str]) -> KnownVersion:
    version, wire_digest, direction, differences = entry
    return KnownVersion(version, int(wire_digest, 16), Direction[direction], differences)


def judge(line: str) -> VersionVerdict:
    source, name, own, own_version, same, others, digest, version, vouched, flow = line.split("\t")
    accepted = [(int(each, 16), Direction[direction]) for each, direction in entries(vouched)]
    text = None if version == "-" else bytes.fromhex(version).decode()
    peer = PeerVersion(int(digest, 16), text, accepted)
    if source == "generated":
        message = next(each for each in mycelium_registry.MESSAGES.values() if name == each.NAME)
        return message.version_verdict(peer, Direction[flow])
    history = VersionHistory(own_version, same, tuple(map(known, entries(others))))
    return version_verdict(name, int(own, 16), history, peer, Direction[flow])


for question in sys.stdin:
    verdict = judge(question.rstrip("\n"))
    print(f"{verdict.compatibility.name.capitalize()}\t{verdict.message}")
