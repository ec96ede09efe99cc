"""Damaged, hostile and lying locks, and places that cannot be written: one clear line and exit code 2, never a traceback."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mycelium.codegen.cli import main
from mycelium.idl.lock import LockError, read_lock
from mycelium.idl.lock.merging import read_merged_lock

SCHEMA = Path("schemas/shop.myc")
LOCK = Path("schemas/mycelium.lock")
FIRST = """package shop;

const MAXIMUM_LINES: u32 = 4;

enum Side: u8 {
    BUY = 1;
}

message Line {
    1 text: string;
}

message Order = 1000 {
    id: u64;

    1 side: Side;
    2 lines: list<Line, MAXIMUM_LINES>;
    3 rate: f64 = 0.5;
    reserved 9;
}
"""
SECOND = FIRST.replace("    reserved 9;", "    4 note: string?;\n    reserved 9;")

Document = dict[str, Any]
Damage = Callable[[Document], object]


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Document:
    """A lock with two releases, as JSON; the working folder has it and its schemas."""
    monkeypatch.chdir(tmp_path)
    SCHEMA.parent.mkdir()
    for text in (FIRST, SECOND):
        SCHEMA.write_text(text)
        assert main(["lock", "schemas", "--quiet"]) == 0
    SCHEMA.write_text(FIRST.replace("1 text: string;", "1 text: string<9>;"))
    accept = ["--accept", "MYC1012", "shop.Line.text", "--reason", "enough", "--author", "Ada"]
    assert main(["lock", "schemas", "--quiet", *accept, "--expires", "9999-12-31"]) == 0
    SCHEMA.write_text(SECOND)
    loaded: Document = json.loads(LOCK.read_text())
    return loaded


def order(document: Document, release: int = 0) -> Document:
    found: Document = document["releases"][release]["messages"]["shop.Order"]
    return found


def shop(document: Document, release: int = 0) -> Document:
    found: Document = document["releases"][release]["packages"]["shop"]
    return found


def declaration(document: Document, name: str) -> Document:
    found: Document = next(each for each in shop(document)["declarations"] if each["name"] == name)
    return found


LIES: dict[str, tuple[Damage, str]] = {
    "a wire digest": (
        lambda d: order(d).update(wire="0" * 64),
        "not the digest of what the release declares",
    ),
    "a full digest": (
        lambda d: order(d, 1).update(full="f" * 64),
        "not the digest of what the release declares",
    ),
    "a declaration": (
        lambda d: declaration(d, "Line")["fields"][0].update(name="words"),
        "not the digest of what the release declares",
    ),
    "a change without a version": (
        lambda d: d["releases"][1]["messages"].pop("shop.Order"),
        "shop.Order changed and has no new version",
    ),
    "a message without a version": (
        lambda d: d["releases"][0]["messages"].pop("shop.Order"),
        "shop.Order is new and has no version",
    ),
    "a version of nothing": (
        lambda d: d["releases"][0]["messages"].update({"shop.None": order(d)}),
        "the release has no message shop.None",
    ),
    "a version given twice": (lambda d: order(d, 1).update(version="1.0"), "1.0 was released before"),
    "a version that goes back": (lambda d: order(d, 1).update(version="0.9"), "versions ascend"),
    "a label given twice": (lambda d: d["releases"][1].update(label="1"), "a label of its own"),
    "a blank label": (lambda d: d["releases"][0].update(label=" "), "a label of its own"),
    "something gone that was not there": (
        lambda d: shop(d).update(removed=["Never"]),
        "nothing of this name",
    ),
    "a package gone that was not there": (
        lambda d: d["releases"][0]["packages"].update(depot=None),
        "no such package",
    ),
    "a type that is nowhere": (
        lambda d: declaration(d, "Order")["fields"][0]["type"].update(name="shop.Nowhere"),
        "no declaration is like that",
    ),
    "an offset": (lambda d: declaration(d, "Order")["block"][0].update(offset=8), "its offset is 0, not 8"),
    "a declaration given twice": (
        lambda d: shop(d)["declarations"].append(declaration(d, "Line")),
        "is there twice",
    ),
}
WRONG_FORMS: dict[str, tuple[Damage, str]] = {
    "another version": (lambda d: d.update(lock="mycelium-lock-9"), "this version reads `mycelium-lock-1`"),
    "no version": (lambda d: d.pop("lock"), "this is no lock"),
    "another member": (lambda d: d.update(extra=1), "`extra` is not known here"),
    "a member missing": (lambda d: d.pop("acceptances"), "`acceptances` is missing"),
    "a list for an object": (
        lambda d: d["releases"][0].update(messages=[]),
        "an object is expected, not an array",
    ),
    "a number for a text": (lambda d: d["releases"][0].update(label=7), "a string is expected, not a number"),
    "null for a list": (lambda d: d.update(releases=None), "an array is expected, not null"),
    "a version of words": (lambda d: order(d).update(version="one"), "a version is two numbers"),
    "a version of zeros": (lambda d: order(d).update(version="01.0"), "a version is two numbers"),
    "other digits": (
        lambda d: order(d).update(version="\N{ARABIC-INDIC DIGIT ONE}.0"),
        "a version is two numbers",
    ),
    "a huge version": (lambda d: order(d).update(version=f"{'9' * 5000}.0"), "a version is two numbers"),
    "half a character": (lambda d: d["releases"][0].update(label="\ud800"), "half of a surrogate pair"),
    "a name that is none": (
        lambda d: d["releases"][0]["packages"].update({"../x": {}}),
        "not the name of a package",
    ),
    "a reason of blanks": (lambda d: d["acceptances"][0].update(reason=" "), "it is needed"),
    "a digest of words": (lambda d: d["acceptances"][0].update(old_digest="old"), "a digest is 64"),
    "a day that is none": (lambda d: d["acceptances"][0].update(expires="2030-02-31"), "a day is expected"),
}


@pytest.mark.parametrize("damage", [*LIES, *WRONG_FORMS])
def test_what_does_not_fit_together_is_refused(
    document: Document, damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    change, says = (LIES | WRONG_FORMS)[damage]
    change(document)
    LOCK.write_text(json.dumps(document))
    for command in ("check", "lock"):
        capsys.readouterr()
        assert main([command, "schemas"]) == 2
        shown = capsys.readouterr().err
        assert shown.startswith("mycelium-gen: schemas/mycelium.lock: $") and says in shown
        assert shown.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not UTF-8"),
        (b'{"lock": "mycelium-lock-1", "lock": 1}', "`lock` is there twice in one object"),
        (b"[" * 100_000, "not JSON"),
        (b'{"lock": ' + b"[" * 500 + b"]" * 500 + b"}", "a string is expected"),
        (b'{"lock": ' + b"9" * 10_000 + b"}", "not JSON"),
        (b"<<<<<<< ours\n{}\n=======\n{}\n>>>>>>> theirs\n", "this is no lock"),
        (b"<<<<<<< ours\n", "not JSON"),
    ],
)
def test_what_is_no_lock_at_all(
    document: Document, text: bytes, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    LOCK.write_bytes(text)
    assert main(["check", "schemas"]) == 2
    assert says in capsys.readouterr().err


def test_every_truncation_is_refused(document: Document) -> None:
    text = LOCK.read_text().rstrip()
    for length in range(0, len(text), 37):
        with pytest.raises(LockError):
            read_lock(text[:length])


def test_random_damage_never_surprises(document: Document) -> None:
    """Whatever is done to the text or to the tree, it is read or refused with ``LockError``, and never believed."""
    chance = random.Random(5)
    text = json.dumps(document)
    refused = 0
    for _ in range(400):
        damaged = json.loads(text)
        for _ in range(chance.choice((1, 1, 2))):
            where = chance.choice(list(containers(damaged)))
            key = chance.choice(list(where) if isinstance(where, dict) else range(len(where)))
            if chance.random() < 0.2:
                del where[key]
            else:
                where[key] = chance.choice(
                    (None, -1, 1 << 70, 1e300, "", "shop.Order", [], {}, True, [{}], "1.0")
                )
        refused += is_refused(json.dumps(damaged))
    for _ in range(400):
        at = chance.randrange(len(text))
        refused += is_refused(
            text[:at] + chance.choice(('"', "{", "]", "\x00", "é", "<<<<<<<", "\n=======\n")) + text[at + 1 :]
        )
    assert refused > 600


def is_refused(text: str) -> bool:
    try:
        read_merged_lock(text)
    except LockError:
        return True
    return False


def containers(value: object) -> Iterator[Any]:
    """Every object and array that is not empty."""
    if isinstance(value, dict | list) and value:
        yield value
        for inside in value.values() if isinstance(value, dict) else value:
            yield from containers(inside)


@pytest.mark.parametrize("reason", ["\udcff", " "])
def test_what_is_no_text_is_not_kept(document: Document, reason: str) -> None:
    SCHEMA.write_text(FIRST.replace("2 lines", "2 rows"))
    assert (
        main(["lock", "schemas", "--accept", "MYC1012", "shop.X", "--reason", reason, "--author", "Ada"]) == 2
    )
    SCHEMA.write_text(SECOND.replace("4 note", "5 more: u8?;\n    4 note"))
    assert main(["lock", "schemas", "--label", reason]) == 2


def test_a_label_is_used_once(document: Document, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lock", "schemas", "--label", "1"]) == 0, "nothing new, nothing to label"
    SCHEMA.write_text(SECOND.replace("4 note", "5 more: u8?;\n    4 note"))
    assert main(["lock", "schemas", "--label", "1"]) == 2
    assert "has a release of this label" in capsys.readouterr().err


def test_a_refused_write_leaves_the_old_lock(
    document: Document, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = LOCK.read_bytes()
    SCHEMA.write_text(SECOND.replace("4 note", "5 more: u8?;\n    4 note"))

    def refuse(source: str, target: object) -> None:
        raise PermissionError(13, "Permission denied", str(target))

    monkeypatch.setattr(os, "replace", refuse)
    assert main(["lock", "schemas"]) == 2
    assert "mycelium.lock: Permission denied" in capsys.readouterr().err
    assert LOCK.read_bytes() == before
    assert sorted(path.name for path in LOCK.parent.iterdir()) == ["mycelium.lock", "shop.myc"]


def test_a_lock_that_is_a_link_stays_one(document: Document) -> None:
    LOCK.rename("kept.lock")
    LOCK.symlink_to("../kept.lock")
    SCHEMA.write_text(SECOND.replace("4 note", "5 more: u8?;\n    4 note"))
    assert main(["lock", "schemas", "--label", "linked"]) == 0
    assert LOCK.is_symlink() and "linked" in Path("kept.lock").read_text()


def test_places_that_hold_no_lock(document: Document, capsys: pytest.CaptureFixture[str]) -> None:
    LOCK.unlink()
    LOCK.mkdir()
    for command in ("check", "lock"):
        assert main([command, "schemas"]) == 2
        assert "mycelium.lock: Is a directory" in capsys.readouterr().err


def test_a_file_beyond_all_reason_is_not_read(document: Document, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("schemas/mycelium.lock", "old.json"):
        with open(name, "ab") as stream:
            stream.truncate(1 << 29)  # a hole: it takes no place on the disk
    for against in ("lock", "old.json"):
        assert main(["check", "schemas", "--against", against]) == 2
        assert "larger than 268435456 bytes" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (b"{", "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[]", "an object is expected"),
        (b'{"descriptor": "mycelium-descriptor-9", "packages": []}', "this version reads"),
    ],
)
def test_descriptors_that_are_none(
    document: Document, text: bytes, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("old.json").write_bytes(text)
    assert main(["check", "schemas", "--against", "old.json"]) == 2
    assert says in capsys.readouterr().err


def test_a_lock_beside_one_file_is_that_of_its_whole_root(document: Document) -> None:
    Path("schemas/depot.myc").write_text("package depot;\n\nmessage Parcel = 1001 {\n    1 id: u64;\n}\n")
    assert main(["lock", "schemas/shop.myc"]) == 0
    assert "depot.Parcel" in LOCK.read_text()
    assert main(["check", "schemas/shop.myc", "--format", "json"]) == 0
