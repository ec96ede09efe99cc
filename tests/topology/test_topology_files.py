"""Topology files beside what must come of them: routes with their reasons, or mistakes with their lines.

``MYCELIUM_ACCEPT=1`` rewrites what is expected.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mycelium.cli import main
from mycelium.topology import RouteKind, TopologyError, load_topology, read_topology, route_between
from mycelium.topology.model import node_number
from mycelium.topology.positions import key_lines

CASES = Path(__file__).parent / "cases"


def expect(path: Path, text: str) -> None:
    if os.environ.get("MYCELIUM_ACCEPT"):
        path.write_text(text)
    assert text == path.read_text()


@pytest.mark.parametrize("case", sorted(CASES.glob("valid/*.toml")), ids=lambda path: path.stem)
def test_valid_files(case: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(case.parent)
    assert main(["topology", "check", case.name]) == 0
    assert main(["topology", "explain", case.name]) == 0
    expect(case.with_suffix(".explained"), capsys.readouterr().out)


@pytest.mark.parametrize("case", sorted(CASES.glob("invalid/*.toml")), ids=lambda path: path.stem)
def test_invalid_files(
    case: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(case.parent)
    assert main(["topology", "check", case.name]) == 1
    shown = capsys.readouterr()
    assert shown.out == ""
    expect(case.with_suffix(".errors"), shown.err)


def test_one_route_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(CASES / "valid" / "reference.toml")
    assert main(["topology", "explain", file, "market-data", "execution"]) == 0
    assert capsys.readouterr().out.startswith("market-data -> execution: local (both run on node `engine`)")
    assert main(["topology", "explain", file, "market-data", "exekution"]) == 2
    assert "did you mean `execution`?" in capsys.readouterr().err
    assert main(["topology", "explain", file, "market-data"]) == 2


@pytest.mark.parametrize(
    ("content", "message"),
    [(None, "cannot be read"), (b"a = '\xff'\n", "this is not UTF-8"), (b"#" * (1 << 21), "larger than")],
)
def test_files_that_cannot_be_used(content: bytes | None, message: str, tmp_path: Path) -> None:
    file = tmp_path / "topology.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(TopologyError, match=message):
        load_topology(file)


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="[]{}=.\"#\n abnodesrtupi_0179,'", max_size=120))
def test_no_text_is_worse_than_an_error(text: str) -> None:
    try:
        read_topology(text)
    except TopologyError as error:
        assert all(1 <= problem.line <= text.count("\n") + 1 for problem in error.problems)


def test_lines_of_keys_in_every_way_to_write_them() -> None:
    text = 'a.b = 1\n[t]\nk = [\n  1,\n]\nm = """\nx = 2\n"""\n[[n]]\n"q.r" = {s = 1}\n[[n]]\n[n.o]\nz = 0\n'
    lines = key_lines(text)
    assert lines == {
        ("a",): 1,
        ("a", "b"): 1,
        ("t",): 2,
        ("t", "k"): 3,
        ("t", "m"): 6,
        ("n", 0): 9,
        ("n", 0, "q.r"): 10,
        ("n", 1): 11,
        ("n", 1, "o"): 12,
        ("n", 1, "o", "z"): 13,
    }


def test_numbers_of_nodes_are_the_published_hash() -> None:
    assert node_number("") == 2166136261
    assert node_number("a") == 0xE40C292C
    assert node_number("foobar") == 0xBF9CF968


def test_a_topology_is_read_once_for_every_program() -> None:
    topology = load_topology(CASES / "valid" / "reference.toml")
    assert topology.services == ("market-data", "execution", "strategy", "monitor", "risk")
    assert route_between(topology, "strategy", "risk").kind is RouteKind.TCP
    with pytest.raises(KeyError):
        topology.node_of("nobody")


def test_the_document_shows_what_happens(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of docs/topology.md, and the answers it quotes."""
    text = (CASES.parents[2] / "docs" / "topology.md").read_text()
    (tmp_path / "topology.toml").write_text(text.split("```toml\n")[1].split("```")[0])
    monkeypatch.chdir(tmp_path)
    console = text.split("```console\n")[1].split("```")[0].splitlines()
    for command, answer in zip(console[::2], console[1::2], strict=True):
        assert main(command.removeprefix("$ mycelium ").split()) == 0
        assert capsys.readouterr().out.strip() == answer
