"""The plugins people start from: the example that makes a reference, and the one in the documentation."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from mycelium.codegen.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]
REFERENCE = REPOSITORY / "examples" / "plugins" / "reference.py"
CASE = Path(__file__).with_name("reference")
ACCEPT = os.environ.get("MYCELIUM_ACCEPT") == "1"
PLAIN = """package shop;

message Order = 1000 {
    1 item: string;
}
"""


@pytest.fixture
def plain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a schema that has no comments."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas" / "shop.myc").write_text(PLAIN)
    return tmp_path


def test_the_reference_is_as_expected(tmp_path: Path) -> None:
    """One page each; MYCELIUM_ACCEPT=1 rewrites what is expected."""
    arguments = [str(CASE / "schemas"), "--lang", str(REFERENCE), "--option", "title=A shop", "--quiet"]
    assert main([*arguments, "--out", str(tmp_path)]) == 0
    pages = {path.name: path.read_text() for path in (tmp_path / "reference").glob("*.md")}
    if ACCEPT:
        for name, text in pages.items():
            (CASE / "expected" / name).write_text(text)
    assert pages == {path.name: path.read_text() for path in (CASE / "expected").iterdir()}


def test_links_of_the_reference_lead_to_headings() -> None:
    pages = {path.name: path.read_text() for path in (CASE / "expected").iterdir()}
    links = [link for text in pages.values() for link in re.findall(r"\]\(([^)]+)\)", text)]
    assert len(links) > 10
    for link in links:
        page, _, anchor = link.partition("#")
        headings = {heading.lower() for heading in re.findall(r"^## (.*)$", pages[page], re.MULTILINE)}
        assert not anchor or anchor in headings


def test_the_reference_refuses_what_has_no_comment_where_it_stands(
    plain: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["schemas", "--lang", str(REFERENCE)]
    assert main([*arguments, "--option", "undocumented=refuse"]) == 1
    shown = capsys.readouterr().err
    documented = (REPOSITORY / "docs" / "plugins.md").read_text()
    snippet = re.search(r"^```text\n(error.*?)^```$", documented, re.MULTILINE | re.DOTALL)
    assert snippet is not None and shown.startswith(snippet.group(1))
    assert not (plain / "generated").exists()
    assert main(arguments) == 0


def test_the_reference_refuses_options_it_does_not_know(
    plain: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["schemas", "--lang", str(REFERENCE), "--option", "titel=x"]) == 1
    assert "reference: no option is called titel; there are title, undocumented" in capsys.readouterr().err


def test_the_reference_refuses_another_version_of_the_contract() -> None:
    run = subprocess.run(
        [sys.executable, REFERENCE],
        input='{"plugin": "mycelium-plugin-2"}',
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1 and run.stdout == ""
    assert run.stderr == "reference: speaks mycelium-plugin-1, not mycelium-plugin-2\n"


def test_the_plugin_of_the_documentation_works(plain: Path) -> None:
    documented = (REPOSITORY / "docs" / "plugins.md").read_text()
    (program,) = re.findall(r"^```py\n(.*?)^```$", documented, re.MULTILINE | re.DOTALL)
    (plain / "names.py").write_text(program)
    (plain / "names.py").chmod(0o755)
    assert main(["schemas", "--lang", "python", "--lang", "./names.py"]) == 0
    assert (plain / "generated" / "names" / "names.txt").read_text() == "shop.Order\n"
