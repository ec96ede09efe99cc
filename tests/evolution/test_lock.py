"""The lock and the check as people use them: released history, modes, acceptances, merges, and what they print."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from mycelium.codegen.cli import main
from mycelium.idl.codes import Code
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.lock import Acceptance, Lock, LockError, Mode, judge, read_lock, record, write_lock
from mycelium.idl.schema import Schema

REPOSITORY = Path(__file__).resolve().parents[2]
FIRST = "package shop;\nmessage Order = 1000 { 1 price: u32; 2 note: string?; }\n"
REMOVED = 'package shop;\nmessage Order = 1000 { 1 price: u32; reserved 2, "note"; }\n'
RETURNED = "package shop;\nmessage Order = 1000 { 1 price: u32; 2 note: u64?; }\n"
UNRESERVED = "package shop;\nmessage Order = 1000 { 1 price: u32; }\n"
REQUIRED_ADDED = FIRST.replace("}", "3 size: u32; }")
REQUIRED_REMOVED = 'package shop;\nmessage Order = 1000 { 2 note: string?; reserved 1, "price"; }\n'

Write = Callable[[str], None]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """A working folder; writes the one schema in it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()

    def write_schema(text: str) -> None:
        (tmp_path / "schemas" / "shop.myc").write_text(text)

    return write_schema


def lock(*arguments: str) -> int:
    return main(["lock", "schemas", *arguments])


def check(*arguments: str) -> int:
    return main(["check", "schemas", *arguments])


def locked() -> Lock:
    return read_lock(Path("schemas/mycelium.lock").read_text())


def test_releases_have_versions_by_rule(write: Write) -> None:
    write(FIRST)
    assert lock("--label", "2026.1") == 0
    write(REMOVED)
    assert lock("--label", "2026.2") == 0
    assert lock() == 0
    found = locked()
    assert [release.label for release in found.releases] == ["2026.1", "2026.2"]
    assert [version.version for version in found.messages["shop.Order"]] == ["1.0", "1.1"]


def test_a_break_is_refused_until_accepted_and_raises_the_major_number(write: Write) -> None:
    write(FIRST)
    lock()
    write(REQUIRED_ADDED)
    before = Path("schemas/mycelium.lock").read_text()
    assert lock() == 1
    assert Path("schemas/mycelium.lock").read_text() == before
    accept = ("--accept", "MYC1002", "shop.Order.size", "--reason", "all writers are ours", "--author", "Ada")
    assert lock(*accept) == 0
    assert check() == 0
    assert lock() == 0
    assert [version.version for version in locked().messages["shop.Order"]] == ["1.0", "2.0"]
    write(REQUIRED_ADDED.replace("size: u32;", "size: u32; 4 text: string?;"))
    assert check() == 0, "what was accepted and released stays accepted"


def test_an_acceptance_is_for_one_pair_of_digests(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(FIRST)
    lock()
    write(REQUIRED_ADDED)
    lock("--accept", "MYC1002", "shop.Order.size", "--reason", "ours", "--author", "Ada")
    write(REQUIRED_ADDED.replace("size: u32;", "size: u64;"))
    capsys.readouterr()
    assert check() == 1
    shown = capsys.readouterr().err
    assert "MYC1002" in shown and Code.STALE_ACCEPTANCE.value in shown
    assert "schemas/mycelium.lock: acceptances" in shown and "MYC1002 shop.Order.size: ours (Ada)" in shown


def test_an_acceptance_expires() -> None:
    old, new = schema_of(FIRST), schema_of(REQUIRED_ADDED)
    history = record(Lock(), old, "1")
    error = judge(history.snapshots, new, Mode.FULL).errors[0]
    accepted = Acceptance(
        "MYC1002", "shop.Order.size", error.old_digest, error.new_digest, "why", "Ada", date(2030, 1, 31)
    )
    on_the_day = judge(history.snapshots, new, Mode.FULL, [accepted], date(2030, 1, 31))
    assert on_the_day.errors == () and on_the_day.stale == ()
    after = judge(history.snapshots, new, Mode.FULL, [accepted], date(2030, 2, 1))
    assert len(after.errors) == 1 and after.stale == (accepted,)


def schema_of(text: str) -> Schema:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "shop.myc").write_text(text)
        schema = compile_schemas(Path(folder)).schema
    assert schema is not None
    return schema


@pytest.mark.parametrize(
    ("changed", "broken"),
    [
        (REMOVED, set()),
        (REQUIRED_ADDED, {"backward", "full"}),
        (REQUIRED_REMOVED, {"forward", "full"}),
        (RETURNED, {"backward", "forward", "full"}),
        (UNRESERVED, {"backward", "forward", "full"}),
    ],
)
def test_modes(write: Write, changed: str, broken: set[str]) -> None:
    write(FIRST)
    lock()
    write(changed)
    for mode in Mode:
        expected = mode.value.removesuffix("-transitive") in broken
        assert check("--mode", mode.value) == expected, mode


def test_the_trap_that_only_all_history_shows() -> None:
    """Removed in the second version, back with another type in the third: the second and third agree."""
    first, second = schema_of(FIRST), schema_of(UNRESERVED)
    history = record(record(Lock(), first, "first"), second, "second")
    assert judge(history.snapshots, schema_of(RETURNED), Mode.FULL).errors == ()
    errors = judge(history.snapshots, schema_of(RETURNED), Mode.FULL_TRANSITIVE).errors
    assert [(error.finding.code, error.snapshot.label) for error in errors] == [
        (Code.FIELD_TYPE_CHANGED, "first")
    ]


def test_the_trap_with_real_locks(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """The same by the command line: what the last release has nothing against, the first one has."""
    write(FIRST)
    assert lock("--label", "first") == 0
    write(UNRESERVED)
    assert check() == 1, "a rule would have prevented it"
    accept = ("--accept", "MYC1060", "shop.Order.note", "--reason", "a mistake", "--author", "Ada")
    assert lock(*accept) == 0 and lock("--label", "second") == 0
    write(RETURNED)
    assert [check("--mode", mode) for mode in ("backward", "forward", "full")] == [0, 0, 0]
    capsys.readouterr()
    for mode in ("backward-transitive", "forward-transitive", "full-transitive"):
        assert check("--mode", mode) == 1
        shown = capsys.readouterr().err
        assert "`shop.Order.note` was string and is now u64 (wire, against first;" in shown
        assert "schemas/mycelium.lock: shop.Order 1.0, release first" in shown
    assert lock("--label", "third") == 1
    assert [release.label for release in locked().releases] == ["first", "second"]


def test_a_reservation_counts_for_ever(write: Write) -> None:
    """Reserved in the second version, free in the third, used in the fourth: neither the third nor the fourth is fine."""
    write(FIRST)
    lock()
    write(REMOVED)
    lock()
    write(UNRESERVED)
    assert check() == 1
    write(REMOVED.replace('2, "note"', '2, 7, "note"'))
    lock()
    write(REMOVED.replace("reserved", "7 size: u8?; reserved"))
    assert (
        check("--format", "json") == 1
    ), "what was reserved beforehand is recorded, although no digest shows it"


def test_what_no_digest_shows_is_recorded(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """Constants, sensitivity and reservations of a package are part of a release."""
    write(f"{FIRST}const SIZE: u8 = 1;\nreserved 1007;\n")
    assert lock() == 0
    write(f"{FIRST.replace('string?', 'string? @sensitive')}const SIZE: u8 = 2;\nreserved 1007, 1008;\n")
    assert lock() == 0
    assert len(locked().releases) == 2
    assert [version.version for version in locked().messages["shop.Order"]] == ["1.0"]
    write(f"{FIRST}message New = 1008 {{ 1 a: u8; }}\n")
    capsys.readouterr()
    assert check() == 1
    shown = capsys.readouterr().err
    for code in (Code.RESERVED_REUSED, Code.SENSITIVITY_CHANGED, Code.SOURCE_CHANGED):
        assert code.value in shown


def test_an_acceptance_of_a_renamed_message_is_for_one_change(write: Write) -> None:
    write(FIRST)
    lock()
    renamed = FIRST.replace("Order", "Request").replace("price: u32", "price: u64")
    write(renamed)
    accept = ("--accept", "MYC1005", "shop.Order.price", "--reason", "ours", "--author", "Ada")
    assert check() == 1 and lock(*accept) == 0 and check() == 0
    write(renamed.replace("price: u64", "price: string"))
    assert check() == 1


def test_other_modes_call_no_acceptance_stale(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(FIRST)
    lock()
    write(REQUIRED_ADDED)
    lock("--accept", "MYC1002", "shop.Order.size", "--reason", "ours", "--author", "Ada")
    lock()
    for mode in Mode:
        assert check("--mode", mode.value) == 0
        assert Code.STALE_ACCEPTANCE.value not in capsys.readouterr().err, mode


def test_one_acceptance_covers_every_release_that_shows_the_break(write: Write) -> None:
    write(FIRST)
    lock()
    write(FIRST.replace("}", "3 more: u8?; }"))
    lock()
    write(FIRST.replace("}", "3 more: u8?; 4 size: u32; }"))
    assert lock("--accept", "myc1002", "shop.Order.size", "--reason", "ours", "--author", "Ada") == 0
    assert len(locked().acceptances) == 2
    assert check() == 0


def test_warnings_are_about_what_is_new(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    """What programs and logs feel was told when it was released; only errors are told again."""
    write(FIRST)
    lock()
    renamed = FIRST.replace("note", "remark")
    write(renamed)
    capsys.readouterr()
    assert check() == 0 and Code.NAME_CHANGED.value in capsys.readouterr().err
    lock()
    write(renamed.replace("}", "3 more: u8?; }"))
    capsys.readouterr()
    assert check() == 0 and "MYC" not in capsys.readouterr().err


def test_a_conflict_is_resolved_by_locking_again(write: Write) -> None:
    write(FIRST)
    lock("--label", "base")
    base = locked()
    ours = record(base, schema_of(FIRST.replace("}", "3 ours: u8?; }")), "ours")
    both = FIRST.replace("}", "3 ours: u8?; 4 theirs: u8?; }")
    theirs = record(base, schema_of(FIRST.replace("}", "4 theirs: u8?; }")), "theirs")
    conflict = f"<<<<<<< ours\n{write_lock(ours)}=======\n{write_lock(theirs)}>>>>>>> theirs\n"
    Path("schemas/mycelium.lock").write_text(conflict)
    write(both)
    assert lock("--label", "merged") == 0
    found = locked()
    assert [release.label for release in found.releases] == ["base", "ours", "theirs", "merged"]
    assert [version.version for version in found.messages["shop.Order"]] == ["1.0", "1.1", "1.2", "1.3"]


def test_against_other_versions(write: Write, capsys: pytest.CaptureFixture[str]) -> None:
    write(FIRST)
    main(["descriptor", "schemas", "--out", "old.json"])
    Path("old").mkdir()
    Path("old/shop.myc").write_text(FIRST)
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    for arguments in (["init", "-q"], ["add", "schemas"], [*identity, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], check=True)
    write(RETURNED)
    for against in ("old.json", "old", "git:HEAD"):
        capsys.readouterr()
        assert check("--against", against) == 1
        shown = capsys.readouterr().err
        assert "MYC1005" in shown and "^^^^ now" in shown
        assert "---- before" in shown
    write(FIRST)
    assert [check("--against", against) for against in ("old.json", "old", "git:HEAD")] == [0, 0, 0]


@pytest.mark.parametrize("format_", ["json", "sarif"])
def test_machine_formats(write: Write, capsys: pytest.CaptureFixture[str], format_: str) -> None:
    write(FIRST)
    lock()
    write(RETURNED)
    capsys.readouterr()
    assert check("--format", format_) == 1
    out = capsys.readouterr().out
    assert json.loads(out) and "MYC1005" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["check", "schemas"], "mycelium.lock: not there"),
        (["check", "schemas", "--against", "nowhere"], "not `lock`, a folder, git:REF or a descriptor"),
        (["check", "schemas", "--against", "git:-x"], "name a commit"),
        (["lock", "schemas", "--reason", "x"], "go with --accept"),
        (["lock", "schemas", "--accept", "MYC1002", "a.B"], "--accept needs --reason and --author"),
    ],
)
def test_wrong_usage(
    write: Write, capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    write(FIRST)
    assert main(arguments) == 2
    assert says in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", '{"lock": "mycelium-lock-2", "releases": [], "acceptances": [], "messages": {}}']
)
def test_what_is_no_lock_is_refused(write: Write, text: str) -> None:
    with pytest.raises(LockError):
        read_lock(text)
    write(FIRST)
    Path("schemas/mycelium.lock").write_text(text)
    assert check() == 2


def test_a_lock_reads_back() -> None:
    schema = compile_schemas(REPOSITORY / "schemas").schema
    assert schema is not None
    made = record(Lock(), schema, "first")
    text = write_lock(made)
    assert write_lock(read_lock(text)) == text
    assert judge(read_lock(text).snapshots, schema, Mode.FULL_TRANSITIVE).findings == ()


def test_releases_share_what_did_not_change(write: Write) -> None:
    write(FIRST)
    lock()
    Path("schemas/depot.myc").write_text("package depot;\nmessage Parcel = 1001 { 1 id: u64; }\n")
    lock()
    first, second = locked().releases
    assert first.schema.find("shop.Order") is second.schema.find("shop.Order") is not None
    assert Path("schemas/mycelium.lock").read_text().count('"name": "price"') == 1
