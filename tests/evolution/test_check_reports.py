"""What ``check`` prints, as data: two versions beside the report against a lock in all four formats.

After a change that is meant to alter the output, rewrite what stands beside them and read the difference:
``MYCELIUM_ACCEPT=1 pytest tests/evolution/test_check_reports.py``.
"""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from mycelium.codegen.cli import main
from mycelium.idl.codes import Code

CASES = sorted(Path(__file__).with_name("reports").iterdir())
ENDINGS = {"text": "txt", "json": "json", "github": "github", "sarif": "sarif"}


@pytest.fixture(params=CASES, ids=lambda case: case.name)
def case(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The case; the working folder has its new version in ``schemas``, and the old one locked, and in ``old``."""
    monkeypatch.chdir(tmp_path)
    folder = Path(request.param)
    schema = tmp_path / "schemas" / "shop.myc"
    for parent in ("schemas", "old"):
        (tmp_path / parent).mkdir()
        (tmp_path / parent / "shop.myc").write_text((folder / "old.myc").read_text())
    assert main(["lock", "schemas", "--label", "2026.1", "--quiet"]) == 0
    assert main(["descriptor", "schemas", "--out", "old.json", "--quiet"]) == 0
    schema.write_text((folder / "new.myc").read_text())
    return folder


@pytest.mark.parametrize("format_", ENDINGS)
def test_report(case: Path, format_: str, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    code = main(["check", "schemas", "--format", format_, "--quiet"])
    captured = capsys.readouterr()
    text = captured.err if format_ == "text" else captured.out
    assert code == (1 if "error" in text else 0)
    golden = case / f"report.{ENDINGS[format_]}"
    if os.environ.get("MYCELIUM_ACCEPT"):
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("against", ["old", "old.json", "git:HEAD"])
def test_every_past_gives_the_same_findings_with_both_declarations(
    case: Path, against: str, capsys: pytest.CaptureFixture[str]
) -> None:
    identity = ["-c", "user.name=Ada", "-c", "user.email=ada@example.com"]
    new = Path("schemas/shop.myc").read_text()
    Path("schemas/shop.myc").write_text(Path("old/shop.myc").read_text())
    for arguments in (["init", "-q"], ["add", "schemas"], [*identity, "commit", "-q", "-m", "first"]):
        subprocess.run(["git", *arguments], check=True)
    Path("schemas/shop.myc").write_text(new)
    capsys.readouterr()
    main(["check", "schemas", "--against", against, "--format", "json"])
    found = json.loads(capsys.readouterr().out)["diagnostics"]
    expected = json.loads((case / "report.json").read_text())["diagnostics"]
    assert [each["message"] for each in found] == [
        each["message"].replace("against 2026.1", f"against {against}") for each in expected
    ]
    for each, known in zip(found, expected, strict=True):
        labels = [place["label"] for place in places(each)]
        assert labels == [place["label"] for place in places(known)]
        for place in places(each):
            lines = place["text"].splitlines()
            line = lines[place["line"] - 1] if len(lines) > 1 else lines[0]
            marked = line[place["column"] - 1 : place["end_column"] - 1]
            assert marked, "a caret stands under something"


def places(diagnostic: dict[str, Any]) -> list[dict[str, Any]]:
    return [place for place in (diagnostic["place"], *diagnostic["related"]) if place is not None]


def test_sarif_has_what_the_standard_asks_for(case: Path) -> None:
    """The essentials of SARIF 2.1.0, and what code scanning services need to show a result."""
    document = json.loads((case / "report.sarif").read_text())
    assert document["version"] == "2.1.0" and document["$schema"].endswith("sarif-schema-2.1.0.json")
    (run,) = document["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert run["tool"]["driver"]["name"] == "mycelium-gen"
    assert {rule["id"] for rule in rules} <= {code.value for code in Code}
    assert len({rule["id"] for rule in rules}) == len(rules)
    for rule in rules:
        assert all(rule[part]["text"] for part in ("shortDescription", "fullDescription", "help"))
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("error", "warning")
        assert result["message"]["text"]
        for location in [*result["locations"], *result.get("relatedLocations", [])]:
            physical = location["physicalLocation"]
            assert not physical["artifactLocation"]["uri"].startswith("/")
            region = physical.get("region", {"startLine": 1, "startColumn": 1, "endLine": 1, "endColumn": 2})
            assert 1 <= region["startLine"] <= region["endLine"]
            assert (region["startLine"], region["startColumn"]) < (region["endLine"], region["endColumn"])
            assert location["message"]["text"]
