"""What the loader reads, follows and refuses."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from mycelium.idl.codes import UNREADABLE_INPUT_CODES, Code
from mycelium.idl.compiler import Compilation, compile_schemas
from mycelium.idl.loader import MAXIMUM_FILE_SIZE


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def codes(compilation: Compilation) -> list[Code]:
    return [diagnostic.code for diagnostic in compilation.diagnostics]


def packages(compilation: Compilation) -> list[str]:
    assert compilation.schema is not None, compilation.diagnostics
    return [package.name for package in compilation.schema.packages]


def test_a_folder_is_every_file_below_it_but_hidden_ones(tmp_path: Path) -> None:
    write(
        tmp_path,
        {"a.myc": "package a;", "b/c.myc": "package c;", "b/notes.txt": "", ".git/d.myc": "package d;"},
    )
    assert packages(compile_schemas(tmp_path)) == ["a", "c"]


def test_files_bring_what_they_import_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, {"a.myc": 'package a; import "b.myc";', "b.myc": 'package b; import "c/c.myc";'})
    write(tmp_path, {"c/c.myc": "package c;", "d.myc": "package d;"})
    assert packages(compile_schemas(tmp_path, [tmp_path / "a.myc"])) == ["a", "b", "c"]


def test_files_may_be_named_from_the_root(tmp_path: Path) -> None:
    write(tmp_path, {"below/a.myc": "package a;"})
    assert packages(compile_schemas(tmp_path, [Path("below/a.myc")])) == ["a"]


def test_a_file_named_twice_is_read_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.myc": "package a; struct A { x: u8; }"})
    (tmp_path / "link.myc").symlink_to(tmp_path / "a.myc")
    assert packages(compile_schemas(tmp_path)) == ["a"]
    assert packages(compile_schemas(tmp_path, [tmp_path / "a.myc", tmp_path / "link.myc"])) == ["a"]


def test_spans_are_relative_to_the_root_and_reports_show_what_was_given(tmp_path: Path) -> None:
    write(tmp_path, {"schemas/a.myc": "package a; message A { 1 b: B; }"})
    compilation = compile_schemas(tmp_path / "schemas")
    (diagnostic,) = compilation.diagnostics
    assert diagnostic.primary is not None and diagnostic.primary.span.file == "a.myc"
    assert compilation.sources["a.myc"].display_name == f"{tmp_path}/schemas/a.myc"


def test_a_missing_folder(tmp_path: Path) -> None:
    compilation = compile_schemas(tmp_path / "nowhere")
    assert codes(compilation) == [Code.UNREADABLE_FILE]
    assert compilation.diagnostics[0].primary is None


def test_a_folder_that_may_not_be_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.myc": "package a;", "closed/b.myc": "package b;"})
    scan = os.scandir

    def refuse_one(path: str) -> Iterator[os.DirEntry[str]]:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scan(path)

    monkeypatch.setattr(os, "scandir", refuse_one)
    compilation = compile_schemas(tmp_path)
    assert codes(compilation) == [Code.UNREADABLE_FILE]
    assert compilation.diagnostics[0].message == f"cannot read `{tmp_path}/closed`: permission denied"


def test_a_missing_file(tmp_path: Path) -> None:
    compilation = compile_schemas(tmp_path, [tmp_path / "nothing.myc"])
    assert codes(compilation) == [Code.UNREADABLE_FILE]
    assert set(codes(compilation)) <= UNREADABLE_INPUT_CODES


def test_a_folder_named_like_a_file(tmp_path: Path) -> None:
    write(tmp_path, {"a.myc": 'package a; import "b.myc";', "b.myc/c.txt": ""})
    assert codes(compile_schemas(tmp_path)) == [Code.UNREADABLE_FILE]


def test_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / "a.myc").symlink_to(tmp_path / "b.myc")
    (tmp_path / "b.myc").symlink_to(tmp_path / "a.myc")
    assert set(codes(compile_schemas(tmp_path))) == {Code.UNREADABLE_FILE}


def test_a_folder_linked_into_itself_is_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"a.myc": "package a;"})
    (tmp_path / "again").symlink_to(tmp_path, target_is_directory=True)
    assert packages(compile_schemas(tmp_path)) == ["a"]


@pytest.mark.parametrize("path", ["../secret.myc", "link.myc", "folder/secret.myc"])
def test_nothing_outside_the_root_is_read(tmp_path: Path, path: str) -> None:
    write(tmp_path, {"secret.myc": "package secret;", "root/a.myc": f'package a; import "{path}";'})
    (tmp_path / "root/link.myc").symlink_to(tmp_path / "secret.myc")
    (tmp_path / "root/folder").symlink_to(tmp_path, target_is_directory=True)
    compilation = compile_schemas(tmp_path / "root", [tmp_path / "root/a.myc"])
    assert codes(compilation) == [Code.OUTSIDE_ROOT]
    assert list(compilation.sources) == ["a.myc"]


def test_a_file_outside_the_root_is_refused(tmp_path: Path) -> None:
    write(tmp_path, {"secret.myc": "package secret;", "root/a.myc": "package a;"})
    assert codes(compile_schemas(tmp_path / "root", [tmp_path / "secret.myc"])) == [Code.OUTSIDE_ROOT]


def test_a_file_that_is_too_large(tmp_path: Path) -> None:
    text = "package a;\n// "
    write(tmp_path, {"a.myc": text + "x" * (MAXIMUM_FILE_SIZE - len(text))})
    assert packages(compile_schemas(tmp_path)) == ["a"]
    write(tmp_path, {"a.myc": text + "x" * (MAXIMUM_FILE_SIZE - len(text) + 1)})
    assert codes(compile_schemas(tmp_path)) == [Code.FILE_TOO_LARGE]


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    write(tmp_path, {"a.myc": "package a;"})
    monkeypatch.setattr(Path, "read_bytes", refuse)
    compilation = compile_schemas(tmp_path)
    assert codes(compilation) == [Code.UNREADABLE_FILE]
    assert compilation.diagnostics[0].message == f"cannot read `{tmp_path}/a.myc`: permission denied"
