"""The codec benchmark measures what it says: contestants give back their values, and reports show what was measured."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path
from types import SimpleNamespace

import pytest

from benches.codec import picture, report, tables, targets
from benches.codec.contestant import Contestant, WrongValues, contestant_for, load
from benches.codec.python_table import loop_for
from benches.codec.results import COLUMNS, Column, Results, Row, Table, ratio, read, write
from benches.codec.values import SUBJECTS, Subject
from benches.machine import Machine
from mycelium import native

# The peers of the others are installed for measuring alone.
INSTALLED = ["mycelium_pure", "msgspec_msgpack", "msgspec_json", "pickle_classes"]
CONTESTANTS = [*(["mycelium_native"] if native.active else []), *INSTALLED]
MACHINE = Machine("a processor", 2, "a system", 1, 0.5)


def row(name: str, nanoseconds: float) -> Row:
    columns = {column: Column(nanoseconds, nanoseconds * 2) for column in COLUMNS}
    return Row(name, f"<{name}>", 51, columns)


def results(*rows: Row) -> Results:
    made_up = [Table(name, f"The {name}", list(rows)) for name in picture.SHOWN]
    return Results("python", "a toolchain", MACHINE, 7, {"peer": "1.2"}, made_up)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
@pytest.mark.parametrize("name", CONTESTANTS)
def test_contestants_give_back_what_they_were_given(name: str, subject: Subject) -> None:
    contestant = contestant_for(load(name), subject)
    for column in COLUMNS:
        loop_for(contestant, column)(2)


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.name)
def test_a_contestant_that_gives_back_something_else_is_not_measured(subject: Subject) -> None:
    sound = getattr(load("pickle_classes"), subject.name)()
    wrong = Contestant(sound.build, sound.encode, sound.decode, lambda value: ("XXX", *sound.read(value)[1:]))
    with pytest.raises(WrongValues, match="A forger.*'XXX'"):
        contestant_for(SimpleNamespace(TITLE="A forger", **{subject.name: lambda: wrong}), subject)


def test_results_come_back_from_their_file(tmp_path: Path) -> None:
    found = results(row("mycelium_native", 100.0), row("peer", 250.0))
    write(tmp_path / "kept", found)
    assert read(tmp_path / "kept") == [found]
    assert read(tmp_path) == []


def test_a_ratio_says_how_long_mycelium_takes_in_terms_of_the_peer() -> None:
    ours, peer = row("mycelium_native", 100.0), row("peer", 250.0)
    table = Table("quote", "The quote", [ours, peer])
    assert ratio(table, peer, "encode") == 0.4
    assert ratio(table, Row("other", "other", 1, {}), "encode") is None
    text = tables.as_text(results(ours, peer))
    assert "250 (500) ×0.40" in text
    assert "pinned to core 1" in text and "7 rounds" in text and "peer 1.2" in text


def test_markdown_has_a_dash_where_a_contestant_has_no_such_column() -> None:
    reader = Row("view", "in place", 51, {"decode": Column(12.5, 20.0)})
    lines = tables.as_markdown(results(row("mycelium_native", 100.0), reader)).splitlines()
    assert "| in place | - | - | - | 12.5 (20.0) ×8.00 | - | 51 |" in lines


def test_the_picture_is_svg_with_every_contestant() -> None:
    slow = row("peer", 100.0 * picture.CLIPPED_AT * 2)
    drawn = picture.draw(results(row("mycelium_native", 100.0), row("quick", 110.0), slow))
    root = ElementTree.fromstring(drawn)
    texts = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "<quick>" in texts
    both_halves = 2 * slow.columns["decode_and_read"].median_ns
    assert texts.count(f"» {both_halves:,.0f}") == 3 and texts.count("220") == 3
    widths = [float(bar.get("width", "nan")) for bar in root.iter("{http://www.w3.org/2000/svg}rect")]
    assert all(0 <= width <= picture.WIDTH for width in widths)
    assert "prefers-color-scheme: dark" in drawn


def test_targets_say_what_was_missed() -> None:
    found = targets.as_markdown(results(row("mycelium_native", 70.0), row("msgspec_msgpack", 100.0)))
    assert "| The quote | encode | <msgspec_msgpack> | 0.60 | 0.70 | **missed** |" in found
    assert "| The quote | decode | <msgspec_msgpack> | 0.75 | 0.70 | reached |" in found


def test_tables_go_between_their_marks_and_nowhere_else() -> None:
    document = "before\n<!-- begin of the python tables -->\nold\n<!-- end of the python tables -->\nafter\n"
    found = results(row("mycelium_native", 100.0), row("msgspec_msgpack", 150.0))
    filled = report.with_tables(document, [found])
    assert filled.startswith("before\n") and filled.endswith("after\n") and "old" not in filled
    assert tables.as_markdown(found) in filled and targets.as_markdown(found) in filled
    assert report.with_tables(filled, [found]) == filled
    with pytest.raises(ValueError, match="no place for the python tables"):
        report.with_tables("nothing", [found])


def test_documents_show_the_recorded_results() -> None:
    """What docs/performance.md and the picture say is what benches/results holds; benches.codec.report writes both."""
    recorded = read(report.RESULTS)
    assert [found.language for found in recorded] == ["python", "rust", "ocaml"]
    document = report.DOCUMENT.read_text()
    assert report.with_tables(document, recorded) == document
    assert report.PICTURE.read_text() == picture.draw(recorded[0])
