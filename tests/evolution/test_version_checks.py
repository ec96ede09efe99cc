"""Generated code judges a peer's version: by the vectors, and by the history of a schema, in three languages."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from version_programs import FOLDER, LANGUAGES, REPOSITORY, Programs, Question, build

from mycelium.codegen.cli import main
from mycelium.idl.compatibility import Verdict, compare
from mycelium.idl.digest import message_digests
from mycelium.idl.schema import MessageDeclaration

VECTORS = json.loads((FOLDER / "verdicts.json").read_text())
FLOWS = ("READS", "IS_READ_BY", "BOTH")
WORKING_NAMES = {"shop.Order": "shop.Purchase"}
"""Messages of released versions that got another name since."""


@pytest.fixture(scope="session")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Programs:
    return build(tmp_path_factory.mktemp("version_checks"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_vectors(programs: Programs, language: str) -> None:
    questions = [
        Question(vector["own"]["name"], vector["peer"], vector["flow"], vector["own"]) for vector in VECTORS
    ]
    answers = programs.ask(language, questions)
    for vector, answer in zip(VECTORS, answers, strict=True):
        assert answer == (vector["compatibility"], vector["message"]), vector["what"]


def test_vectors_tell_all_cases_apart() -> None:
    assert {vector["compatibility"] for vector in VECTORS} == {"exact", "compatible", "incompatible"}
    assert len({vector["what"] for vector in VECTORS}) == len(VECTORS)


def released_questions(programs: Programs) -> Iterator[tuple[Question, str]]:
    """Each released version as a peer, each flow, and what the comparison of the schemas says of it."""
    now = message_digests(programs.schema)
    for release in programs.lock.releases:
        verdicts = compare(release.schema, programs.schema).verdicts
        for name, digests in message_digests(release.schema).items():
            declaration = release.schema.find(name)
            assert isinstance(declaration, MessageDeclaration)
            if declaration.type_id is None:
                continue
            present = WORKING_NAMES.get(name, name)
            peer = {"wire_digest": f"{digests.wire_u64:016x}", "version": None, "accepted": []}
            for flow in FLOWS:
                is_exact = now[present].wire == digests.wire
                expected = "exact" if is_exact else said_by(verdicts[name], flow)
                yield Question(present, peer, flow), expected


def said_by(verdict: Verdict, flow: str) -> str:
    holds = {
        "READS": verdict.new_reads_old,
        "IS_READ_BY": verdict.old_reads_new,
        "BOTH": verdict == Verdict(),
    }
    return "compatible" if holds[flow] else "incompatible"


@pytest.mark.parametrize("language", LANGUAGES)
def test_generated_history_says_what_the_comparison_says(programs: Programs, language: str) -> None:
    asked = list(released_questions(programs))
    answers = programs.ask(language, [question for question, _ in asked])
    assert [compatibility for compatibility, _ in answers] == [expected for _, expected in asked]
    assert {expected for _, expected in asked} == {"exact", "compatible", "incompatible"}


def test_generated_messages_are_the_same_everywhere(programs: Programs) -> None:
    unknown = {"wire_digest": "0000000000000001", "version": "7.7", "accepted": []}
    questions = [question for question, _ in released_questions(programs)]
    questions += [Question(message.qualified_name, unknown, "BOTH") for message in framed(programs)]
    answers = [programs.ask(language, questions) for language in LANGUAGES]
    assert answers[0] == answers[1] == answers[2]
    assert len(answers[0]) == len(questions)


def framed(programs: Programs) -> list[MessageDeclaration]:
    return [message for message in programs.schema.messages() if message.type_id is not None]


def test_a_verdict_names_versions_and_fields(programs: Programs) -> None:
    """A renamed message, whose released versions had another name, and an accepted break inside a message."""
    order, direction = (programs.lock.messages[name] for name in ("shop.Order", "shop.Direction"))
    assert [version.version for version in order] == ["1.0", "1.1", "2.0"]
    asked = [
        Question(
            "shop.Purchase", {"wire_digest": u64(order[1].wire), "version": None, "accepted": []}, "BOTH"
        ),
        Question(
            "shop.Direction",
            {"wire_digest": u64(direction[1].wire), "version": "1.1", "accepted": []},
            "BOTH",
        ),
        Question("shop.Unchanged", {"wire_digest": "9", "version": None, "accepted": []}, "READS"),
    ]
    renamed, broken, unknown = (message for _, message in programs.ask("python", asked))
    assert "an unreleased version" in renamed and "version 1.1 of shop.Order" in renamed
    assert "`shop.Order.size` was u32 and is now u64" in renamed
    assert "neither side can read" in broken and "`shop.Order.size`" in broken
    assert "version 1.0 (wire digest" in unknown and "no history says" in unknown


def u64(wire: str) -> str:
    return bytes.fromhex(wire)[:8][::-1].hex()


def test_generated_code_stays_formatted(programs: Programs) -> None:
    out = programs.tree / "out"
    for command in (
        [sys.executable, "-m", "black", "--check", "--quiet", "--line-length", "88", str(out / "python")],
        ["rustfmt", "--check", "--edition", "2021", str(out / "rust" / "src" / "shop.rs")],
        [sys.executable, "-m", "mypy", "--strict", str(out / "python" / "shop.py")],
    ):
        run = subprocess.run(command, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
    for line in (out / "ocaml" / "shop" / "shop.ml").read_text().splitlines():
        assert len(line) <= 80, line


def test_output_is_stale_when_only_the_lock_changed(programs: Programs) -> None:
    schemas, out = str(programs.tree / "schemas"), str(programs.tree / "out")
    lock = programs.tree / "schemas" / "mycelium.lock"
    text = lock.read_text()
    arguments = ["--quiet", schemas, "--out", out, "--check"]
    assert main(arguments) == 0
    lock.unlink()
    assert main(arguments) == 1
    lock.write_text(text)
    assert main(arguments) == 0


def test_a_damaged_lock_stops_generation(programs: Programs, capsys: pytest.CaptureFixture[str]) -> None:
    lock = programs.tree / "schemas" / "mycelium.lock"
    text = lock.read_text()
    lock.write_text("{")
    try:
        assert main([str(programs.tree / "schemas"), "--out", str(programs.tree / "never")]) == 2
    finally:
        lock.write_text(text)
    assert "mycelium.lock: " in capsys.readouterr().err
    assert not (programs.tree / "never").exists()


def test_control_messages_take_their_history_from_the_same_lock(tmp_path: Path) -> None:
    """They are generated into the runtimes, which must still compile with it."""
    control = tmp_path / "schemas" / "mycelium" / "control.myc"
    control.parent.mkdir(parents=True)
    text = (REPOSITORY / "schemas" / "mycelium" / "control.myc").read_text()
    control.write_text(text)
    assert main(["lock", str(tmp_path / "schemas"), "--quiet"]) == 0
    control.write_text(text.replace("    1 agreed:", "    9 greeting: string?;\n    1 agreed:"))
    runtime = tmp_path / "runtime"
    not_needed = shutil.ignore_patterns("_build", "test", "target")
    shutil.copytree(
        REPOSITORY / "runtime" / "rust" / "mycelium", runtime / "rust" / "mycelium", ignore=not_needed
    )
    shutil.copytree(REPOSITORY / "runtime" / "ocaml", runtime / "ocaml", ignore=not_needed)
    (runtime / "python" / "mycelium").mkdir(parents=True)
    assert main(["--quiet", str(tmp_path / "schemas"), "--runtime", str(runtime)]) == 0
    welcome = (
        "import runpy; made = runpy.run_path('python/mycelium/control.py'); known = made['Welcome'].VERSIONS.known; "
        "assert [(each.version, each.direction.name) for each in known] == [('1.0', 'BOTH')], known"
    )
    library = ["--crate-type", "lib", "--crate-name", "mycelium", "--edition", "2021", "--emit", "metadata"]
    for command in (
        [sys.executable, "-c", welcome],
        ["rustc", *library, "-D", "warnings", "--out-dir", str(tmp_path), "rust/mycelium/src/lib.rs"],
        ["rustfmt", "--check", "--edition", "2021", "rust/mycelium/src/control.rs"],
        ["dune", "build", "--root", "ocaml", "-j", "2", "./control"],
    ):
        run = subprocess.run(command, cwd=runtime, capture_output=True, text=True, check=False)
        assert run.returncode == 0, run.stdout + run.stderr
