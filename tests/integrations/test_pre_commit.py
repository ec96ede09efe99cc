"""The hooks for pre-commit, run by pre-commit itself: it clones this project, installs it and runs the hooks."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCHEMA = """package shop;

message Order = 1000 {
    id: u64;

    1 item: string<40>;
}
"""
CONFIGURATION = """repos:
  - repo: {repository}
    rev: {revision}
    hooks:
      - id: mycelium-fmt
      - id: mycelium-lint
      - id: mycelium-check
      - id: mycelium-generate
        args: [schemas, --out, generated, --lang, python]
"""


def command(folder: Path, *words: str) -> str:
    """What a command prints, which must succeed."""
    run = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return run.stdout.strip()


def committed(folder: Path) -> str:
    """Make a folder a repository of one commit, and name that."""
    command(folder, "git", "init", "--quiet")
    command(folder, "git", "add", "--all")
    identity = ("-c", "user.name=Somebody", "-c", "user.email=somebody@example.com")
    command(folder, "git", *identity, "commit", "--quiet", "--message", "All of it")
    return command(folder, "git", "rev-parse", "HEAD")


@pytest.fixture(scope="module")
def environment(installing: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Variables for pre-commit, with a folder of its own for what it installs."""
    return {**installing, "PRE_COMMIT_HOME": str(tmp_path_factory.mktemp("pre-commit"))}


@pytest.fixture(scope="module")
def project(checkout: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Somebody's repository that uses the hooks of a clone of this one, with one release and fresh code."""
    upstream = tmp_path_factory.mktemp("upstream") / "mycelium"
    shutil.copytree(checkout, upstream, symlinks=True)
    folder = tmp_path_factory.mktemp("project")
    (folder / "schemas").mkdir()
    (folder / "schemas" / "shop.myc").write_text(SCHEMA)
    generator = (sys.executable, "-m", "mycelium.codegen")
    command(folder, *generator, "lock", "schemas", "--label", "1")
    command(folder, *generator, "schemas", "--lang", "python")
    configuration = CONFIGURATION.format(repository=upstream, revision=committed(upstream))
    (folder / ".pre-commit-config.yaml").write_text(configuration)
    committed(folder)
    return folder


def hooks(project: Path, environment: dict[str, str]) -> tuple[dict[str, str], str]:
    """How each hook ends on all files, by its name, and all that they say."""
    command(project, "git", "add", "--all")
    run = subprocess.run(
        [sys.executable, "-m", "pre_commit", "run", "--all-files", "--color", "never"],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    ends = ("Passed", "Failed", "Skipped")
    results = {
        line.partition("...")[0]: line.rpartition(".")[2]
        for line in run.stdout.splitlines()
        if line.endswith(ends)
    }
    return results, run.stdout + run.stderr


FMT, LINT, CHECK, GENERATE = (
    "schemas have their one layout",
    "schemas are without errors and bad habits",
    "schemas break nobody",
    "generated code is fresh",
)


def test_the_hooks_find_what_each_is_for(project: Path, environment: dict[str, str]) -> None:
    """One test: the environment is made once, by the first run."""
    results, said = hooks(project, environment)
    assert results == dict.fromkeys((FMT, LINT, CHECK, GENERATE), "Passed"), said

    schema = project / "schemas" / "shop.myc"
    schema.write_text(SCHEMA.replace("    id: u64;", "  id:u64;"))
    results, said = hooks(project, environment)
    assert results[FMT] == "Failed" and "files were modified by this hook" in said
    assert schema.read_text() == SCHEMA

    schema.write_text(SCHEMA.replace("item:", "itemName:"))
    results, said = hooks(project, environment)
    assert results == {FMT: "Passed", LINT: "Failed", CHECK: "Passed", GENERATE: "Failed"}, said
    assert "MYC0902" in said and "stale: generated/python/shop.py" in said

    schema.write_text(SCHEMA.replace("string<40>", "u32"))
    results, said = hooks(project, environment)
    assert results == {FMT: "Passed", LINT: "Passed", CHECK: "Failed", GENERATE: "Failed"}, said
    assert "MYC1005" in said
