"""Every row of the table of changes as data: two versions beside what the comparison says of them, and of each message.

After a change that is meant to alter the output, rewrite what stands beside them and read the difference:
``MYCELIUM_ACCEPT=1 pytest tests/evolution/test_table_of_changes.py``.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from observing import Observer
from table_of_changes import CASES, compiled

from mycelium.codegen.witness import Version
from mycelium.idl.codes import Code
from mycelium.idl.compatibility import Comparison, Verdict, compare


def facts(verdict: Verdict) -> str:
    words = {True: "yes", False: "no"}
    return f"new reads old: {words[verdict.new_reads_old]}, old reads new: {words[verdict.old_reads_new]}"


def comparison_text(comparison: Comparison) -> str:
    """Everything the comparison says, in lines."""
    lines = []
    for finding in comparison.findings:
        lines.append(f"{finding.code.value} {finding.surface.value} {finding.element}")
        lines.append(f"  {finding.message}")
        lines.append(
            f"  {facts(finding.verdict)}" + (f"; breaks {who}" if (who := finding.who_breaks) else "")
        )
        lines.append(f"  mend: {finding.mend}")
        for which, span in (("old", finding.old_span), ("new", finding.new_span)):
            if span is not None:
                lines.append(f"  {which}.myc:{span.line}:{span.column}")
    lines += [f"{name}: {facts(verdict)}" for name, verdict in comparison.verdicts.items()]
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    text = comparison_text(compare(compiled(case / "old.myc"), compiled(case / "new.myc")))
    golden = case / "findings.txt"
    if os.environ.get("MYCELIUM_ACCEPT"):
        golden.write_text(text)
    assert text == golden.read_text()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_codecs_agree(case: Path) -> None:
    """The verdict on each message, by what really happens to bytes."""
    observer = Observer(Version(compiled(case / "old.myc")), Version(compiled(case / "new.myc")))
    for name, verdict in observer.comparison.verdicts.items():
        assert observer.verdict(name) == verdict, name


def test_every_code_is_given_by_a_case() -> None:
    given = {
        line.split()[0]
        for case in CASES
        for line in (case / "findings.txt").read_text().splitlines()
        if line.startswith("MYC")
    }
    wanted = {code.value for code in Code if code.is_evolution}
    assert given == wanted - {
        Code.STALE_ACCEPTANCE.value
    }, "what the lock alone gives is tested in test_lock.py"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_version_agrees_with_itself(case: Path) -> None:
    for file in (case / "old.myc", case / "new.myc"):
        comparison = compare(compiled(file), compiled(file))
        assert comparison.findings == ()
        assert set(comparison.verdicts.values()) <= {Verdict()}
