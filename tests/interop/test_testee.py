"""The executable itself, as somebody with other schemas and other vectors would run it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

TESTEE = Path(__file__).with_name("testee")

pytestmark = pytest.mark.xdist_group("interop")


def converse(folder: Path, *arguments: str, requests: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(TESTEE), *arguments], cwd=folder, input=requests, capture_output=True, text=True, check=False
    )


@pytest.fixture
def schemas(tmp_path: Path) -> Path:
    """A root with two packages that both have a message Item, and a file with a mistake."""
    root = tmp_path / "root"
    (root / "shop").mkdir(parents=True)
    (root / "shop" / "order.myc").write_text(
        'package shop;\nimport "shop/item.myc";\nmessage Order = 1000 { id: u16; 1 item: Item?; }\n'
    )
    (root / "shop" / "item.myc").write_text("package shop;\nmessage Item { 1 name: string<4>; }\n")
    (root / "other.myc").write_text("package other;\nmessage Item = 1001 { 1 flag: bool; }\n")
    return tmp_path


@pytest.mark.parametrize("language", ["python", "rust", "ocaml"])
def test_answers_line_by_line(schemas: Path, language: str) -> None:
    requests = [
        "Order 06020g",
        "Order 06020700",
        "shop.Order 060207000e030e0161",
        "shop.Item 0e0161",
        "Item 0e0161",
        "other.Item 0802",
        "Order",
        "Order ",
        "Order 06020700ff",
        "Order 060207000e070e056162636465",
    ]
    run = converse(schemas, language, "root", requests="".join(f"{request}\n" for request in requests))
    assert run.returncode == 0, run.stderr
    assert run.stdout.splitlines() == [
        "error BAD_REQUEST 0 -",
        "ok 06020700",
        "ok 060207000e030e0161",
        "ok 0e0161",
        "error UNKNOWN_TYPE 0 Item",
        "error BAD_BOOL 1 Item.flag",
        "error MISSING_FIELD 0 Order.id",
        "error MISSING_FIELD 0 Order.id",
        "error TRUNCATED 4 Order",
        "error BOUND_EXCEEDED 8 Order.item.name",
    ]


def test_files_may_be_named_by_their_place_below_the_root(schemas: Path) -> None:
    run = converse(schemas, "python", "root", "shop/order.myc", requests="Item 0e0161\nother.Item 0801\n")
    assert run.stdout.splitlines() == ["ok 0e0161", "error UNKNOWN_TYPE 0 other.Item"]


def test_mistakes_in_schemas_are_shown(schemas: Path) -> None:
    (schemas / "root" / "other.myc").write_text("package other;\nmessage Item = 1001 { 1 flag: boole; }\n")
    run = converse(schemas, "rust", "root", requests="")
    assert run.returncode == 1
    assert "did you mean `bool`?" in run.stderr and "Traceback" not in run.stderr


def test_unknown_languages_are_refused(schemas: Path) -> None:
    run = converse(schemas, "cobol", "root", requests="")
    assert run.returncode == 2 and "invalid choice: 'cobol'" in run.stderr
