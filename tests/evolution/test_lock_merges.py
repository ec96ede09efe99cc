"""Branches that each record a release, merged by git itself: locking again resolves the conflict, and nothing is lost."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from mycelium.codegen.cli import main
from mycelium.idl.codes import Code
from mycelium.idl.lock import Lock, read_lock

SCHEMA = Path("schemas/shop.myc")
LOCK = Path("schemas/mycelium.lock")
BASE = "package shop;\n\nmessage Order = 1000 {\n    1 price: u32;\n}\n\nmessage Other = 1001 {\n    1 text: string;\n}\n"

Branch = Callable[[str, str, str], None]


def git(*arguments: str) -> int:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    return subprocess.run(["git", *identity, *arguments], capture_output=True, check=False).returncode


def lock(*arguments: str) -> int:
    return main(["lock", "schemas", *arguments])


def with_field(field: str) -> str:
    return BASE.replace("    1 price: u32;\n", f"    1 price: u32;\n    {field}\n")


def versions(found: Lock) -> list[str]:
    return [version.version for version in found.messages["shop.Order"]]


@pytest.fixture
def branch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Branch:
    """A repository whose first release is ``base``; makes a branch from it that records one more release."""
    monkeypatch.chdir(tmp_path)
    SCHEMA.parent.mkdir()
    SCHEMA.write_text(BASE)
    assert lock("--label", "base") == 0
    for arguments in (["init", "-q", "-b", "base"], ["add", "."], ["commit", "-q", "-m", "base"]):
        assert git(*arguments) == 0

    def make(name: str, text: str, label: str) -> None:
        assert git("checkout", "-q", "-b", name, "base") == 0
        SCHEMA.write_text(text)
        assert lock(*(["--label", label] if label else [])) == 0
        assert git("commit", "-q", "-a", "-m", name) == 0

    return make


def test_different_versions_of_one_number_are_both_kept(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    branch("ours", with_field("2 note: string?;"), "ours")
    branch("theirs", with_field("3 size: u8?;"), "theirs")
    assert git("checkout", "-q", "ours") == 0 and git("merge", "theirs") != 0
    assert "<<<<<<<" in LOCK.read_text()
    both = with_field("2 note: string?;\n    3 size: u8?;")
    SCHEMA.write_text(both)
    assert main(["check", "schemas"]) == 0, "a lock in conflict can be read"
    assert "<<<<<<<" in LOCK.read_text(), "and only `lock` writes it"
    assert lock("--label", "merged") == 0
    assert (
        "conflict resolved; it has the releases of both sides: base, ours, theirs" in capsys.readouterr().err
    )
    found = read_lock(LOCK.read_text())
    assert [release.label for release in found.releases] == ["base", "ours", "theirs", "merged"]
    assert versions(found) == ["1.0", "1.1", "1.2", "1.3"]
    assert [release.versions["shop.Order"] for release in found.releases] == ["1.0", "1.1", "1.2", "1.3"]
    assert main(["check", "schemas"]) == 0


def test_the_same_release_on_both_sides_is_one(branch: Branch) -> None:
    changed = with_field("2 note: string?;")
    branch("ours", changed, "new")
    branch("theirs", changed, "new")
    assert git("checkout", "-q", "ours") == 0
    git("merge", "theirs")
    assert lock() == 0
    assert [release.label for release in read_lock(LOCK.read_text()).releases] == ["base", "new"]


def test_labels_that_clash_stay_apart(branch: Branch) -> None:
    branch("ours", with_field("2 note: string?;"), "")
    branch("theirs", with_field("3 size: u8?;"), "")
    assert git("checkout", "-q", "ours") == 0 and git("merge", "theirs") != 0
    SCHEMA.write_text(with_field("2 note: string?;\n    3 size: u8?;"))
    assert lock() == 0
    labels = [release.label for release in read_lock(LOCK.read_text()).releases]
    assert labels == ["base", "2", "2, merged", "4"]


def test_sides_that_break_one_another_are_kept_and_the_break_is_reported(
    branch: Branch, capsys: pytest.CaptureFixture[str]
) -> None:
    branch("ours", with_field("2 note: string?;"), "ours")
    branch("theirs", with_field("2 size: u8?;"), "theirs")
    assert git("checkout", "-q", "ours") == 0 and git("merge", "theirs") != 0
    SCHEMA.write_text(with_field("2 note: string?;"))
    capsys.readouterr()
    assert lock("--label", "merged") == 1
    shown = capsys.readouterr().err
    assert Code.FIELD_TYPE_CHANGED.value in shown and "release theirs" in shown
    found = read_lock(LOCK.read_text())
    assert [release.label for release in found.releases] == ["base", "ours", "theirs"]
    assert versions(found) == ["1.0", "1.1", "2.0"], "they never read one another: another major number"
    accept = ["--reason", "theirs never left the branch", "--author", "Ada"]
    assert lock("--accept", "MYC1005", "shop.Order.size", *accept) == 0
    assert lock("--label", "merged") == 0
    assert main(["check", "schemas"]) == 0
    assert read_lock(LOCK.read_text()).releases[-1].versions["shop.Order"] == "1.1"


def test_an_acceptance_on_one_side_and_a_release_on_the_other(branch: Branch) -> None:
    branch("theirs", with_field("2 note: string?;"), "theirs")
    assert git("checkout", "-q", "-b", "ours", "base") == 0
    SCHEMA.write_text(BASE.replace("1 text: string;", "1 text: string<9>;"))
    accept = ["--accept", "MYC1012", "shop.Other.text", "--reason", "nine is enough", "--author", "Ada"]
    assert lock(*accept) == 0
    assert git("commit", "-q", "-a", "-m", "ours") == 0
    git("merge", "theirs")
    SCHEMA.write_text(with_field("2 note: string?;").replace("1 text: string;", "1 text: string<9>;"))
    assert lock("--label", "merged") == 0
    found = read_lock(LOCK.read_text())
    assert [release.label for release in found.releases] == ["base", "theirs", "merged"]
    assert [each.rule for each in found.acceptances] == ["MYC1012"]


@pytest.mark.parametrize("style", ["merge", "diff3", "zdiff3"])
def test_every_style_of_conflict(branch: Branch, style: str) -> None:
    branch("ours", with_field("2 note: string?;"), "ours")
    branch("theirs", BASE.replace("1001", "1002").replace("Other", "Another"), "theirs")
    assert git("checkout", "-q", "ours") == 0
    assert git("-c", f"merge.conflictStyle={style}", "merge", "theirs") != 0
    SCHEMA.write_text(with_field("2 note: string?;"))
    assert lock("--label", "merged") == 0
    labels = [release.label for release in read_lock(LOCK.read_text()).releases]
    assert labels == ["base", "ours", "theirs", "merged"]
