"""docs/evolution.md is true: its commands run, its report is what is printed, and its table says what it follows from."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mycelium.codegen.cli import main
from mycelium.idl.lock import Mode

REPOSITORY = Path(__file__).resolve().parents[2]
TEXT = (REPOSITORY / "docs" / "evolution.md").read_text()
SCHEMAS = re.findall(r"^```myc\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
UPDATE_FIRST = {
    ("yes", "yes"): "any",
    ("no", "yes"): "writers",
    ("yes", "no"): "readers",
    ("no", "no"): "neither",
}


@pytest.fixture
def schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("schemas").mkdir()
    return Path("schemas/shop.myc")


def test_the_example(schema: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = SCHEMAS[:2]
    schema.write_text(first)
    assert main(["lock", "schemas", "--label", "2026.1"]) == 0
    schema.write_text(second)
    assert main(["check", "schemas"]) == 0
    schema.write_text(second.replace("u32 = 1;", "u32;"))
    capsys.readouterr()
    assert main(["check", "schemas"]) == 1
    (shown,) = re.findall(r"^```text\n(error.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert capsys.readouterr().err.startswith(shown)
    assert main(["check", "schemas", "--witness"]) == 1
    (proof,) = re.findall(r"^```text\n(  = help.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    assert proof in capsys.readouterr().err
    assert main(["lock", "schemas"]) == 1
    (command,) = re.findall(r"^mycelium-gen (lock schemas --accept .*?)\n```", TEXT, re.MULTILINE | re.DOTALL)
    words = [quoted or plain for quoted, plain in re.findall(r'"([^"]*)"|(\S+)', command.replace("\\\n", ""))]
    assert main(words) == 0
    assert main(["check", "schemas"]) == 0


def test_the_trap(schema: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first, second = SCHEMAS[:2]
    for text in (first, second):
        schema.write_text(text)
        assert main(["lock", "schemas"]) == 0
    schema.write_text(second.replace('reserved 2, "note"', "2 note: u64?"))
    capsys.readouterr()
    assert main(["check", "schemas"]) == 1
    assert "`shop.Order.note` was string and is now u64 (wire, against 1;" in capsys.readouterr().err


def test_readers_first(schema: Path) -> None:
    (difference,) = re.findall(r"^```diff\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    lines = difference.splitlines()
    head = "package depot;\n\nmessage Holder = 1002 {\n    venue: Venue;\n}\n\n"
    schema.write_text(head + "\n".join(line[1:] for line in lines if not line.startswith("+")))
    assert main(["lock", "schemas"]) == 0
    schema.write_text(head + "\n".join(line[1:] for line in lines if not line.startswith("-")))
    broken = {mode for mode in Mode if main(["check", "schemas", "--mode", mode.value])}
    assert broken == set(Mode) - {Mode.BACKWARD, Mode.BACKWARD_TRANSITIVE}
    accept = ["--accept", "MYC1021", "depot.Venue.XLON", "--reason", "readers are new", "--author", "Ada"]
    assert main(["lock", "schemas", *accept]) == 0
    assert main(["lock", "schemas"]) == 0


def test_who_is_updated_first_follows_from_who_reads_whom() -> None:
    rows = re.findall(r"^\| ([^|]+) \| (yes|no)[^|]* \| (yes|no)[^|]* \| (\w+) \|$", TEXT, re.MULTILINE)
    assert len(rows) > 20
    for change, new_reads_old, old_reads_new, first in rows:
        assert UPDATE_FIRST[new_reads_old, old_reads_new] == first, change
