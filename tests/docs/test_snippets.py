"""Documents do not lie: their schemas compile, their programs run, their links lead somewhere."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from mycelium.codegen.cli import main
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.explanations import EXPLANATIONS

REPOSITORY = Path(__file__).resolve().parents[2]
DOCUMENTS = sorted([*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")])
PROGRAM_SECONDS_MAX = 120
"""After which the program of a document will not end."""
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\(([^)#:]+\.[a-z]+)(?:#[^)]*)?\)")


@dataclass(frozen=True)
class Snippet:
    document: Path
    language: str
    text: str
    number: int

    def __str__(self) -> str:
        return f"{self.document.name}-{self.number}"


def snippets(language: str) -> list[Snippet]:
    found = []
    for document in DOCUMENTS:
        for number, match in enumerate(_FENCE.finditer(document.read_text()), start=1):
            if match.group(1) == language:
                found.append(Snippet(document, language, match.group(2), number))
    return found


def package_of(snippet: Snippet) -> str:
    found = re.search(r"^package ([\w.]+);", snippet.text, re.MULTILINE)
    assert found is not None, snippet
    return found.group(1)


@pytest.mark.parametrize("snippet", snippets("myc"), ids=str)
def test_schemas_compile(snippet: Snippet, tmp_path: Path) -> None:
    (tmp_path / "snippet.myc").write_text(snippet.text)
    compilation = compile_schemas(tmp_path)
    assert compilation.schema is not None, [found.message for found in compilation.diagnostics]


@pytest.mark.parametrize(
    "document", sorted({snippet.document for snippet in snippets("python")}), ids=lambda d: d.name
)
def test_programs_run(document: Path, tmp_path: Path) -> None:
    """The Python of a document, in order, with the codecs of the schemas the same document shows.

    A package that is shown again is its next version: what was shown before is released.
    """
    schemas = [snippet for snippet in snippets("myc") if snippet.document == document]
    for snippet in schemas:
        file = tmp_path / f"{package_of(snippet)}.myc"
        if file.exists():
            assert main(["lock", "--quiet", str(tmp_path)]) == 0
        file.write_text(snippet.text)
    if schemas:
        assert main(["--quiet", str(tmp_path), "--out", str(tmp_path / "out"), "--lang", "python"]) == 0
    program = "\n".join(snippet.text for snippet in snippets("python") if snippet.document == document)
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path / "out" / "python")},
        capture_output=True,
        text=True,
        check=False,
        timeout=PROGRAM_SECONDS_MAX,
    )
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_lead_somewhere(document: Path) -> None:
    for target in _LINK.findall(document.read_text()):
        assert (document.parent / target).exists(), target


def test_every_diagnostic_is_listed() -> None:
    text = (REPOSITORY / "docs" / "errors.md").read_text()
    listed = re.findall(r"^\| `(MYC\d+)` \| (.*) \|$", text, re.MULTILINE)
    assert listed == [(explanation.code, explanation.title) for explanation in EXPLANATIONS.values()]


def test_folders_of_the_map_exist() -> None:
    text = (REPOSITORY / "ARCHITECTURE.md").read_text()
    for path in re.findall(r"`([a-z_]+(?:/[a-z_.]+)*/?)`", text):
        if "/" in path:
            assert (REPOSITORY / path).exists() or list(REPOSITORY.glob(f"*/{path}")), path


@pytest.mark.parametrize("snippet", snippets("rust") + snippets("ocaml"), ids=str)
def test_rust_and_ocaml_are_quoted_from_programs_that_run(snippet: Snippet) -> None:
    ending = {"rust": "rs", "ocaml": "ml"}[snippet.language]
    programs = [path.read_text() for path in (REPOSITORY / "examples").rglob(f"*.{ending}")]
    assert any(snippet.text in program for program in programs)
