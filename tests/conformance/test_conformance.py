"""Every case over every transport, between programs of all pairs of languages."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest
from case import TRANSPORTS, Case, read_cases, read_steps
from execution import Cast, Stage, execute
from prometheus_client.parser import text_string_to_metric_families
from rust_messages import fresh_files

LANGUAGES = ("python", "rust")


def combinations() -> Iterator[tuple[Case, str, Cast]]:
    """A case, a transport, and who plays it."""
    for case in read_cases():
        for transport in case.transports:
            for cast in casts(transport):
                asked_for = all(cast.languages[part] == language for part, language in case.only.items())
                if asked_for and (not cast.host or cast.host in case.hosts):
                    yield case, transport, cast


def casts(transport: str) -> Iterator[Cast]:
    """The languages of `a` and `b`. Where all is local both are one program; where both run in one process either is the host."""
    for a, b in itertools.product(LANGUAGES, LANGUAGES):
        languages = {"a": a, "b": b}
        if transport == "ffi":
            # A process has one interpreter, whose services meet by reference: no two of them are host and guest.
            if (a, b) != ("python", "python"):
                yield from (Cast(languages, host) for host in languages)
        elif transport != "local" or a == b:
            yield Cast(languages)


def name_of(transport: str, cast: Cast) -> str:
    """As in ``ffi-python-rust-b_hosts``."""
    parts = [transport, *cast.languages.values()]
    return "-".join(parts + [f"{cast.host}_hosts"] * bool(cast.host))


@pytest.mark.parametrize(
    ("case", "transport", "cast"),
    [
        pytest.param(case, transport, cast, id=f"{case.name}-{name_of(transport, cast)}")
        for case, transport, cast in combinations()
    ],
)
def test_case(case: Case, transport: str, cast: Cast, stage: Stage) -> None:
    execute(case, transport, cast, stage)


@pytest.mark.parametrize(
    ("transport", "cast"),
    [
        pytest.param(transport, cast, id=name_of(transport, cast))
        for transport in TRANSPORTS
        for cast in casts(transport)
        if cast.host or len(set(cast.languages.values())) == 1
    ],
)
def test_metrics_are_what_prometheus_reads(transport: str, cast: Cast, stage: Stage) -> None:
    case = Case("metrics", steps=read_steps(METRICS))
    noted = execute(case, transport, cast, stage)
    text = noted["text"].replace("\\n", "\n").replace("\\\\", "\\")
    families = {family.name: family for family in text_string_to_metric_families(text)}
    assert {family.type for family in families.values()} <= {"counter", "gauge", "histogram"}
    assert all(family.documentation for family in families.values())
    (received,) = (each for each in families["mycelium_received_messages"].samples if each.value)
    assert (received.value, received.labels["service"], received.labels["message"]) == (
        3,
        "b1",
        "peering.Number",
    )
    lost = {each.labels["reason"]: each.value for each in families["mycelium_lost_messages"].samples}
    assert lost == {"overflow": 0, "link": 0, "late": 0}
    if transport != "local":
        connected = families["mycelium_route_connected"].samples
        assert {(each.labels["kind"], each.value) for each in connected} == {
            (transport.replace("tls", "tcp"), 1)
        }


METRICS = """
b: subscribe sink b1 Number 64 lossless
a: connect 20
a: publish a1 Number 0 3 -> 3
b: receive sink 3 20 -> a1:0-2
b: connect 20
b: metrics -> {text*}
"""


def test_the_messages_of_the_rust_program_are_fresh() -> None:
    """rust_messages.py writes them anew."""
    stale = [path.name for path, text in fresh_files() if path.read_text() != text]
    assert stale == []
