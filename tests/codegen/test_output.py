"""Writing files: only what changed, whole or not at all, never over what somebody else wrote."""

from __future__ import annotations

import os
from pathlib import Path, PurePosixPath

import pytest

from mycelium.codegen import output
from mycelium.codegen.output import MANIFEST, OutputError, compare, write
from mycelium.codegen.target import RenderedFile


def rendered(path: str, text: str = "# made by mycelium-gen\n") -> RenderedFile:
    return RenderedFile(PurePosixPath(path), text)


def test_first_run_creates_and_second_run_touches_nothing(tmp_path: Path) -> None:
    files = [rendered("a.py"), rendered("deep/er/b.py")]
    assert len(write(tmp_path, files).missing) == 2
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    assert not write(tmp_path, files)
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_a_changed_file_is_rewritten_and_the_others_are_not(tmp_path: Path) -> None:
    write(tmp_path, [rendered("a.py"), rendered("b.py")])
    untouched = (tmp_path / "a.py").stat().st_mtime_ns
    changes = write(tmp_path, [rendered("a.py"), rendered("b.py", "# mycelium-gen, again\n")])
    assert changes.stale == (PurePosixPath("b.py"),)
    assert (tmp_path / "b.py").read_text() == "# mycelium-gen, again\n"
    assert (tmp_path / "a.py").stat().st_mtime_ns == untouched


def test_files_of_removed_schemas_go_and_their_empty_folders_too(tmp_path: Path) -> None:
    write(tmp_path, [rendered("a.py"), rendered("old/b.py")])
    (tmp_path / "mine.txt").write_text("not generated")
    changes = write(tmp_path, [rendered("a.py")])
    assert changes.left_over == (PurePosixPath("old/b.py"),)
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "a.py", "mine.txt"]


def test_somebody_elses_file_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("print('mine')\n")
    with pytest.raises(OutputError, match="b.py exists and was not generated"):
        write(tmp_path, [rendered("a.py"), rendered("b.py")])
    assert (tmp_path / "b.py").read_text() == "print('mine')\n"
    assert not (tmp_path / "a.py").exists()


def test_check_names_missing_stale_and_left_over_files(tmp_path: Path) -> None:
    write(tmp_path, [rendered("a.py"), rendered("b.py"), rendered("c.py")])
    (tmp_path / "a.py").unlink()
    changes = compare(tmp_path, [rendered("a.py"), rendered("b.py", "# mycelium-gen 2\n")])
    assert (changes.missing, changes.stale, changes.left_over) == (
        (PurePosixPath("a.py"),),
        (PurePosixPath("b.py"),),
        (PurePosixPath("c.py"),),
    )


def test_an_interruption_leaves_every_file_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, [rendered("a.py"), rendered("b.py")])
    replace = os.replace

    def interrupted(source: str, target: Path) -> None:
        if target.name == "b.py":
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(output.os, "replace", interrupted)
    new = [rendered("a.py", "# mycelium-gen new\n"), rendered("b.py", "# mycelium-gen new\n")]
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, new)
    assert (tmp_path / "a.py").read_text() == "# mycelium-gen new\n"
    assert (tmp_path / "b.py").read_text() == "# made by mycelium-gen\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == [MANIFEST, "a.py", "b.py"]

    monkeypatch.setattr(output.os, "replace", replace)
    assert write(tmp_path, new).stale == (PurePosixPath("b.py"),)


def test_a_manifest_cannot_point_outside_its_folder(tmp_path: Path) -> None:
    outside = tmp_path / "outside.py"
    outside.write_text("# mycelium-gen\n")
    folder = tmp_path / "out"
    write(folder, [rendered("a.py")])
    (folder / MANIFEST).write_text(f"../outside.py\n{outside}\na.py\n")
    assert not write(folder, [rendered("a.py")]).left_over
    assert outside.exists()


@pytest.mark.parametrize("obstacle", ["folder", "file"])
def test_what_stands_in_the_way_is_named(tmp_path: Path, obstacle: str) -> None:
    if obstacle == "folder":
        (tmp_path / "a.py").mkdir()
    else:
        (tmp_path / "a.py").write_text("a file where a folder should be")
    path = "a.py" if obstacle == "folder" else "a.py/b.py"
    with pytest.raises(OutputError, match="a.py"):
        write(tmp_path, [rendered(path)])
