"""The four outputs of the same diagnostics."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mycelium.idl.codes import Code
from mycelium.idl.compiler import Compilation, compile_schemas
from mycelium.idl.diagnostics import MAXIMUM_SHOWN, Diagnostic, Label
from mycelium.idl.lint import lint
from mycelium.idl.reporting import FORMATS, report
from mycelium.idl.schema import Span
from mycelium.idl.source import Source

TEXT = """package example;

message Order = 1000 {
    1 price: prise;
    1 size: u32;
}
"""


@pytest.fixture
def compilation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Compilation:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "schemas/orders.myc").write_text(TEXT)
    return compile_schemas(Path("schemas"))


def many(count: int) -> tuple[Diagnostic, ...]:
    span = Span("a.myc", 1, 1, 1, 2)
    return tuple(Diagnostic(Code.UNKNOWN_TYPE, f"number {index}", Label(span)) for index in range(count))


def test_json(compilation: Compilation) -> None:
    assert json.loads(report(compilation.diagnostics, compilation.sources, "json")) == {
        "diagnostics": [
            {
                "code": "MYC0304",
                "severity": "error",
                "message": "unknown type `prise`",
                "place": {
                    "file": "schemas/orders.myc",
                    "line": 4,
                    "column": 14,
                    "end_line": 4,
                    "end_column": 19,
                    "label": "",
                    "text": "    1 price: prise;",
                },
                "related": [],
                "hint": None,
            },
            {
                "code": "MYC0602",
                "severity": "error",
                "message": "tag 1 is used twice",
                "place": {
                    "file": "schemas/orders.myc",
                    "line": 5,
                    "column": 5,
                    "end_line": 5,
                    "end_column": 6,
                    "label": "used again by `size`",
                    "text": "    1 size: u32;",
                },
                "related": [
                    {
                        "file": "schemas/orders.myc",
                        "line": 4,
                        "column": 5,
                        "end_line": 4,
                        "end_column": 6,
                        "label": "first used by `price`",
                        "text": "    1 price: prise;",
                    }
                ],
                "hint": "the next free tag is 2",
            },
        ],
        "not_shown": 0,
    }


def test_github(compilation: Compilation) -> None:
    assert report(compilation.diagnostics, compilation.sources, "github") == (
        "::error title=MYC0304,file=schemas/orders.myc,line=4,col=14,endLine=4,endColumn=18::unknown type `prise`\n"
        "::error title=MYC0602,file=schemas/orders.myc,line=5,col=5,endLine=5,endColumn=5::"
        "tag 1 is used twice%0Ahelp: the next free tag is 2\n"
    )


def test_github_escapes_what_would_end_a_property() -> None:
    label = Label(Span("a,b:100%.myc", 1, 1, 1, 2))
    text = report([Diagnostic(Code.NOT_UTF8, "100%\nbad", label)], {}, "github")
    assert (
        text
        == "::error title=MYC0202,file=a%2Cb%3A100%25.myc,line=1,col=1,endLine=1,endColumn=1::100%25%0Abad\n"
    )


def test_sarif(compilation: Compilation) -> None:
    document = json.loads(report(compilation.diagnostics, compilation.sources, "sarif"))
    assert document["version"] == "2.1.0"
    assert document["$schema"].endswith("/sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == ["MYC0304", "MYC0602"]
    assert all(rule["shortDescription"]["text"] and rule["help"]["text"] for rule in rules)
    unknown, repeated = run["results"]
    assert unknown == {
        "ruleId": "MYC0304",
        "ruleIndex": 0,
        "level": "error",
        "message": {"text": "unknown type `prise`"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "schemas/orders.myc"},
                    "region": {"startLine": 4, "startColumn": 14, "endLine": 4, "endColumn": 19},
                }
            }
        ],
    }
    assert repeated["ruleIndex"] == 1
    assert repeated["relatedLocations"][0]["message"]["text"] == "first used by `price`"


def test_warnings_are_warnings(tmp_path: Path) -> None:
    (tmp_path / "a.myc").write_text("package example;\nstruct price { value: f64; }\n")
    compilation = compile_schemas(tmp_path)
    warnings = lint(compilation)
    assert report(warnings, compilation.sources).startswith("warning[MYC0901]: ")
    assert report(warnings, compilation.sources).endswith("\n\n1 warning\n")
    assert report(warnings, compilation.sources, "github").startswith("::warning ")
    assert '"level": "warning"' in report(warnings, compilation.sources, "sarif")


def test_colours_change_nothing_but_colours(compilation: Compilation) -> None:
    plain = report(compilation.diagnostics, compilation.sources)
    coloured = report(compilation.diagnostics, compilation.sources, colour=True)
    assert "\x1b" not in plain
    assert "\x1b[1;31merror[MYC0304]\x1b[0m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_at_most_twenty_are_shown_and_the_rest_is_counted() -> None:
    found = many(MAXIMUM_SHOWN + 5)
    assert report(found, {}).endswith("\n25 errors: the first 20 are shown, and 5 more\n")
    assert report(found, {}).count("error[") == MAXIMUM_SHOWN
    assert report(found, {}, "github").endswith("::notice title=mycelium::and 5 more\n")
    document = json.loads(report(found, {}, "json"))
    assert (len(document["diagnostics"]), document["not_shown"]) == (MAXIMUM_SHOWN, 5)
    (run,) = json.loads(report(found, {}, "sarif"))["runs"]
    assert len(run["results"]) == MAXIMUM_SHOWN
    assert run["invocations"][0]["toolExecutionNotifications"][0]["message"]["text"] == "and 5 more"


@pytest.mark.parametrize("output_format", FORMATS)
def test_what_lies_in_no_file(output_format: str, tmp_path: Path) -> None:
    compilation = compile_schemas(tmp_path / "nowhere")
    text = report(compilation.diagnostics, compilation.sources, output_format)
    assert "no such folder" in text and text.endswith("\n")


def test_nothing_in_a_source_reaches_the_terminal_as_a_command() -> None:
    source = Source("a.myc", "\x1b[2J unknown\x07")
    diagnostic = Diagnostic(Code.UNKNOWN_TYPE, "unknown type `\x1b[2J`", Label(Span("a.myc", 1, 6, 1, 13)))
    assert "\x1b" not in report([diagnostic], {"a.myc": source})


def test_an_unknown_format() -> None:
    with pytest.raises(ValueError, match="unknown format 'xml': one of text, json, github, sarif"):
        report([], {}, "xml")
