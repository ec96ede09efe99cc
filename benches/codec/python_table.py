"""The Python table: every contestant that is installed, in turn, in this process."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import version
from itertools import repeat
from typing import Any

from benches.codec.contestant import NAMES, Contestant, contestant_for, load
from benches.codec.results import COLUMNS, Column, Measured, Row, Table
from benches.codec.values import SUBJECTS, Subject
from benches.machine import this_python
from benches.rounds import Loop, Schedule, loops_take_turns

PEERS = (
    "msgspec",
    "protobuf",
    "orjson",
    "pycapnp",
    "flatbuffers",
    "fastavro",
    "pyfory",
    "betterproto2",
    "cbor2",
)


def measure(schedule: Schedule, subjects: Sequence[Subject] = SUBJECTS) -> Measured:
    """All tables. A contestant that cannot be loaded is told of and left out; ours must be there."""
    modules = {}
    for name in NAMES:
        try:
            modules[name] = load(name)
        except ImportError as error:
            print(f"benches.codec: without {name}: {error}", file=sys.stderr)
    tables = [_table(subject, modules, schedule) for subject in subjects]
    versions = {peer: version(peer) for peer in PEERS}
    return Measured("python", this_python(), schedule.rounds, versions, tables)


def _table(subject: Subject, modules: dict[str, Any], schedule: Schedule) -> Table:
    contestants = {name: contestant_for(module, subject) for name, module in modules.items()}
    columns: dict[str, dict[str, Column]] = {name: {} for name in contestants}
    for column in COLUMNS:
        loops = {name: loop_for(contestant, column) for name, contestant in contestants.items()}
        for name, timing in loops_take_turns(loops, schedule).items():
            columns[name][column] = Column(round(timing.median_ns, 1), round(timing.p99_ns, 1))
    rows = [
        Row(name, modules[name].TITLE, len(contestant.encode(contestant.build())), columns[name])
        for name, contestant in contestants.items()
    ]
    return Table(subject.name, subject.title, rows)


def loop_for(contestant: Contestant, column: str) -> Loop:
    """What a column times. Encoding and decoding are called as they are, with nothing of ours in between."""
    build, encode, decode, read = contestant.build, contestant.encode, contestant.decode, contestant.read
    value = build()
    body = encode(value)

    def construct(count: int) -> None:
        for _ in repeat(None, count):
            build()

    def encode_only(count: int) -> None:
        for _ in repeat(None, count):
            encode(value)

    def build_and_encode(count: int) -> None:
        for _ in repeat(None, count):
            encode(build())

    def decode_only(count: int) -> None:
        for _ in repeat(None, count):
            decode(body)

    def decode_and_read(count: int) -> None:
        for _ in repeat(None, count):
            read(decode(body))

    return {
        "construct": construct,
        "encode": encode_only,
        "build_and_encode": build_and_encode,
        "decode": decode_only,
        "decode_and_read": decode_and_read,
    }[column]
