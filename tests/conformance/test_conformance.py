"""Every case over every transport, between programs of all pairs of languages."""

from __future__ import annotations

import itertools
import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from case import TRANSPORTS, Case, read_cases, read_steps
from execution import execute
from program import REPOSITORY, Command, python, rust
from prometheus_client.parser import text_string_to_metric_families
from rust_messages import FOLDER, fresh_files

from mycelium.codegen.cli import main

LANGUAGES = ("python", "rust")


def combinations() -> Iterator[tuple[Case, str, str, str]]:
    """A case, a transport, and the languages of `a` and `b`. Where all is local, both are one program."""
    for case in read_cases():
        for transport in case.transports:
            pairs = itertools.product(LANGUAGES, LANGUAGES)
            for a, b in pairs:
                if transport == "local" and a != b:
                    continue
                if case.only.get("a", a) == a and case.only.get("b", b) == b:
                    yield case, transport, a, b


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Command]:
    """How the program of each language is started."""
    folders = {}
    for version in ("current", "other"):
        folders[version] = tmp_path_factory.mktemp(version)
        schemas = str(FOLDER / "schemas" / version)
        assert main(["--quiet", schemas, "--out", str(folders[version]), "--lang", "python"]) == 0
    return {
        "python": python(folders["current"] / "python", folders["other"] / "python"),
        "rust": rust(built()),
    }


def built() -> Path:
    """The Rust program, built where it is not yet."""
    workspace = REPOSITORY / "runtime" / "rust"
    command = ["cargo", "build", "--quiet", "--locked", "--package", "mycelium-bus", "--example"]
    command += [
        "conformance_peer",
        "--manifest-path",
        str(workspace / "Cargo.toml"),
        "--message-format",
        "json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    artifacts = [json.loads(line) for line in done.stdout.splitlines()]
    (executable,) = [each["executable"] for each in artifacts if each.get("executable")]
    return Path(executable)


@pytest.mark.parametrize(
    ("case", "transport", "a", "b"),
    [
        pytest.param(*combination, id="-".join([combination[0].name, *combination[1:]]))
        for combination in combinations()
    ],
)
def test_case(case: Case, transport: str, a: str, b: str, programs: dict[str, Command]) -> None:
    execute(case, transport, {"a": programs[a], "b": programs[b]})


@pytest.mark.parametrize("transport", TRANSPORTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_metrics_are_what_prometheus_reads(
    transport: str, language: str, programs: dict[str, Command]
) -> None:
    case = Case("metrics", steps=read_steps(METRICS))
    noted = execute(case, transport, {"a": programs[language], "b": programs[language]})
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
b: metrics -> {text*}
"""


def test_the_messages_of_the_rust_program_are_fresh() -> None:
    """rust_messages.py writes them anew."""
    stale = [path.name for path, text in fresh_files() if path.read_text() != text]
    assert stale == []
