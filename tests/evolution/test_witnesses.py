"""Witnesses: every break of the table of changes has one, and they are printed for people and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from changes import changed_schemas
from table_of_changes import CASES, compiled, schema_of

from mycelium.codegen.cli import main
from mycelium.codegen.witness import Direction, Misread, Refusal, Version, Witnesses, broken_directions
from mycelium.idl.compatibility import Finding, Surface, compare
from mycelium.idl.schema import Schema

WORLD = Path(__file__).with_name("world.myc")


def breaks(old: Schema, new: Schema) -> list[tuple[Finding, Direction]]:
    """Every break of the wire, once for each direction."""
    return [
        (finding, direction)
        for finding in compare(old, new).findings
        if finding.surface is Surface.WIRE
        for direction in broken_directions(finding)
    ]


def two_versions(text: str, change: Callable[[str], str]) -> tuple[Schema, Schema]:
    """A schema and what a change of its text makes of it."""
    return schema_of(text), schema_of(change(text))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_break_of_the_table_shows_by_itself(case: Path) -> None:
    old, new = compiled(case / "old.myc"), compiled(case / "new.myc")
    witnesses = Witnesses(Version(old), Version(new), compare(old, new))
    for finding, direction in breaks(old, new):
        found = witnesses.of(finding, direction, 9)
        assert found, f"{finding.code.value} {finding.element}"
        assert all(witness.together_with == () for witness in found)


def test_every_break_of_every_single_change_has_a_witness() -> None:
    old = compiled(WORLD)
    found = 0
    for description, new in changed_schemas(old):
        witnesses = Witnesses(Version(old), Version(new), compare(old, new))
        for finding, direction in breaks(old, new):
            assert witnesses.of(finding, direction), f"{description}: {finding.code.value} {finding.element}"
            found += 1
    assert found > 200


def test_witnesses_of_what_is_nested_are_the_messages_with_a_type_id_that_hold_it() -> None:
    old, new = two_versions(
        "message Inner { 1 a: u8?; 2 b: u8; } message Middle { 1 inner: list<Inner>; }"
        "message First = 1000 { 1 middle: Middle?; } message Second = 1001 { 1 inner: map<u8, Inner>; }"
        "message Lonely { 1 a: u8?; } message Other = 1002 { 1 a: u8; }",
        lambda text: text.replace("a: u8?", "a: u8"),
    )
    witnesses = Witnesses(Version(old), Version(new), compare(old, new))
    found = {
        finding.element: [witness.message for witness in witnesses.of(finding, direction, 9)]
        for finding, direction in breaks(old, new)
    }
    assert found == {"shop.Inner.a": ["shop.Second", "shop.First"], "shop.Lonely.a": ["shop.Lonely"]}


def test_what_shows_only_together_with_another_change_says_so() -> None:
    old, new = two_versions(
        "message Order = 1000 { 1 a: u8; 2 b: u8 in 0..9; }",
        lambda text: text.replace("1 a: u8", "1 a: u16").replace("0..9", "0..5"),
    )
    witnesses = Witnesses(Version(old), Version(new), compare(old, new))
    found = {
        (finding.element, direction): witnesses.of(finding, direction)[0].together_with
        for finding, direction in breaks(old, new)
    }
    assert found == {
        ("shop.Order.a", Direction.NEW_READS_OLD): (),
        ("shop.Order.a", Direction.OLD_READS_NEW): (),
        ("shop.Order.b", Direction.NEW_READS_OLD): ("shop.Order.a",),
    }


def test_long_bounds_are_reached() -> None:
    old, new = two_versions(
        "message Order = 1000 { 1 a: string<100000>; 2 b: list<u64, 5000>?; 3 c: map<string<3>, bool, 2000>?; }",
        lambda text: text.replace("100000", "70000").replace("5000", "4000").replace("2000", "1500"),
    )
    witnesses = Witnesses(Version(old), Version(new), compare(old, new))
    found = [witnesses.of(finding, direction)[0] for finding, direction in breaks(old, new)]
    lengths = [70_001, 4_001, 1_501]
    assert [len(witness.value[name]) for witness, name in zip(found, "abc", strict=True)] == lengths
    assert {offence.code for witness in found if isinstance(offence := witness.offence, Refusal)} == {
        "BOUND_EXCEEDED"
    }


def test_frames_are_witnesses_of_type_ids() -> None:
    old, new = two_versions(
        "message Order = 1000 { 1 a: u8; } message Trade = 1001 { 1 a: u8; }",
        lambda text: text.replace("1000", "2000").replace("1001", "1000").replace("2000", "1001"),
    )
    witnesses = Witnesses(Version(old), Version(new), compare(old, new))
    found = [witnesses.of(finding, direction)[0] for finding, direction in breaks(old, new)]
    assert [witness.body.hex() for witness in found if witness.is_frame] == [
        "e8030001020000000801",
        "e9030001020000000801",
        "e9030001020000000801",
        "e8030001020000000801",
    ]
    first = found[0].offence
    assert isinstance(first, Misread)
    assert first.what == "a frame of shop.Order is read as one of shop.Trade"


def test_thousands_of_findings_are_proven() -> None:
    """A search that tried every value everywhere would not end."""
    fields = " ".join(f"{tag} f{tag}: u32 in 0..9;" for tag in range(1, 41))
    text = "".join(f"message M{index} = {1000 + index} {{ {fields} }}\n" for index in range(50))
    old, new = schema_of(text), schema_of(text.replace("0..9", "1..8"))
    witnesses = Witnesses(Version(old), Version(new), compare(old, new))
    found = [witnesses.of(finding, direction) for finding, direction in breaks(old, new)]
    assert len(found) == 2000 and all(each[0].together_with == () for each in found)


@pytest.fixture
def versions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder with two versions: a field that was added, and one whose type is another."""
    monkeypatch.chdir(tmp_path)
    for folder, fields in (("old", "1 price: i64;"), ("new", "1 price: timestamp; 2 size: u32;")):
        Path(folder).mkdir()
        Path(folder, "shop.myc").write_text(f"package shop;\nmessage Order = 1000 {{ {fields} }}\n")


def test_printed_for_people(versions: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "new", "--against", "old", "--witness"]) == 1
    shown = [line.strip() for line in capsys.readouterr().err.splitlines()]
    begin = shown.index('= witness: this version writes shop.Order {"price": 1, "size": 1}')
    assert shown[begin : begin + 3] == [
        '= witness: this version writes shop.Order {"price": 1, "size": 1}',
        "as 0b01000000000000001201000000",
        'and old reads {"price": 1}: at Order.price, the timestamp 1 is read as the i64 1',
    ]
    assert "and this version refuses it: MISSING_FIELD at Order.size (offset 9)" in shown
    assert "it shows only together with the change of shop.Order.size" in shown


def test_what_is_too_large_to_be_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A body holds 262,144 elements that are not packed, whatever its bounds say."""
    for folder, bound in (("old", "400000"), ("new", "300000")):
        (tmp_path / folder).mkdir()
        text = f"package shop;\nmessage Order = 1000 {{ 1 notes: list<string, {bound}>; }}\n"
        (tmp_path / folder / "shop.myc").write_text(text)
    assert main(["check", str(tmp_path / "new"), "--against", str(tmp_path / "old"), "--witness"]) == 1
    assert "what shows it is larger than frames and bodies are by default" in capsys.readouterr().err


@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_printed_for_programs(versions: None, capsys: pytest.CaptureFixture[str], format_: str) -> None:
    assert main(["check", "new", "--against", "old", "--witness", "--format", format_]) == 1
    report = json.loads(capsys.readouterr().out)
    results = report["diagnostics"] if format_ == "json" else report["runs"][0]["results"]
    witnesses = [
        witness for result in results for witness in result.get("properties", {}).get("witnesses", [])
    ]
    assert {
        "direction": "old reads new",
        "writer": "this version",
        "reader": "old",
        "message": "shop.Order",
        "readerMessage": "shop.Order",
        "value": {"price": 1, "size": 1},
        "body": "0b01000000000000001201000000",
        "misread": {
            "path": "Order.price",
            "as": "the timestamp 1 is read as the i64 1",
            "value": {"price": 1},
        },
        "togetherWith": [],
    } in witnesses
    assert {"code": "MISSING_FIELD", "offset": 9, "path": "Order.size"} in [
        witness["refused"] for witness in witnesses if "refused" in witness
    ]


def test_not_printed_unless_asked_for(versions: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "new", "--against", "old"]) == 1
    assert "witness" not in capsys.readouterr().err
