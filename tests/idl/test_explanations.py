"""Every code is explained, and the examples of the explanations are true."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from mycelium.idl.codes import Code
from mycelium.idl.compiler import compile_schemas
from mycelium.idl.explanations import EXPLANATIONS, Explanation
from mycelium.idl.lint import lint

NOT_IN_ANY_TEXT = {
    Code.UNREADABLE_FILE,
    Code.NOT_UTF8,
    Code.FILE_TOO_LARGE,
    Code.NO_SCHEMA_FILES,
    Code.REFUSED_BY_PLUGIN,
    *(code for code in Code if code.is_evolution),
}

SURROUNDINGS = {
    "trading/types.myc": "package trading.types;\nstruct Price { value: decimal<8>; }\n",
    "energy/types.myc": "package energy.types;\nstruct Price { value: decimal<4>; }\n",
}
"""Files the examples may import."""


def files_of(example: str) -> dict[str, str]:
    """The files of an example, by path."""
    pieces = re.split(r"^// file: (\S+)\n", example, flags=re.MULTILINE)
    if len(pieces) > 1:
        return dict(zip(pieces[1::2], pieces[2::2], strict=True))
    has_package = re.search(r"^package ", example, flags=re.MULTILINE)
    return {"example.myc": example if has_package else f"package example;\n\n{example}\n"}


def codes_of(example: str, folder: Path) -> list[str]:
    """The codes of everything found in the files of an example, warnings included."""
    files = files_of(example)
    for path, text in (SURROUNDINGS | files).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    compilation = compile_schemas(folder)
    found = compilation.diagnostics or lint(compilation)
    return [one.code.value for one in found]


def test_every_code_is_explained_in_order() -> None:
    assert list(EXPLANATIONS) == [code.value for code in Code]
    assert {
        explanation.kind for explanation in EXPLANATIONS.values() if not explanation.before
    } == NOT_IN_ANY_TEXT


@pytest.mark.parametrize("explanation", EXPLANATIONS.values(), ids=lambda one: one.code)
def test_text_says_everything(explanation: Explanation) -> None:
    text = explanation.text()
    assert text.startswith(f"{explanation.code}: {explanation.title}\n")
    assert explanation.cause.endswith(".") and explanation.cause in text
    assert explanation.cure.endswith(".") and explanation.cure in text


@pytest.mark.parametrize(
    "explanation", [one for one in EXPLANATIONS.values() if one.before], ids=lambda one: one.code
)
def test_example_has_the_mistake_and_loses_it(explanation: Explanation, tmp_path: Path) -> None:
    before, after = tmp_path / "before", tmp_path / "after"
    before.mkdir()
    after.mkdir()
    assert codes_of(explanation.before, before) == [explanation.code]
    assert explanation.code not in codes_of(explanation.after, after)
    assert compile_schemas(after).schema is not None
