"""The action for GitHub: its shape, and its steps run as GitHub runs them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from mycelium.codegen.cli import main

REPOSITORY = Path(__file__).resolve().parents[2]
ACTION: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text())
STEPS: list[dict[str, Any]] = ACTION["runs"]["steps"]
pytestmark = pytest.mark.xdist_group("github action")
_EXPRESSION = re.compile(r"\$\{\{ inputs\.(\w+) \}\}")
_CONDITION = re.compile(r"inputs\.(\w+) != ''")

SCHEMA = "package shop;\n\nmessage Order = 1000 {\n    1 item: string<40>;\n}\n"


def test_the_shape() -> None:
    """What GitHub asks of the metadata of a composite action."""
    assert set(ACTION) == {"name", "description", "author", "branding", "inputs", "runs"}
    assert set(ACTION["branding"]) == {"icon", "color"}
    assert ACTION["runs"]["using"] == "composite" and set(ACTION["runs"]) == {"using", "steps"}
    for name, given in ACTION["inputs"].items():
        assert set(given) == {"description", "default"} and isinstance(given["default"], str), name
    for step in STEPS:
        assert set(step) - {"if"} == {"name", "shell", "env", "run"} and step["shell"] == "bash"
        assert all(isinstance(value, str) for value in step["env"].values())


def test_inputs_reach_scripts_by_variables_alone() -> None:
    """Text in a script would be run; every input is used, and only what is an input."""
    used = {name for step in STEPS for value in step["env"].values() for name in _EXPRESSION.findall(value)}
    conditions = {name for step in STEPS for name in _CONDITION.findall(step.get("if", ""))}
    assert used | conditions == set(ACTION["inputs"])
    for step in STEPS:
        assert "${{" not in step["run"]
        own = set(re.findall(r"\$\{?([A-Za-z_]+)", step["run"])) - {"wanted"}
        assert own - set(step["env"]) <= {"RUNNER_TEMP", "GITHUB_ACTION_PATH"}


class Runner:
    """Runs steps in order until one fails, as GitHub does."""

    def __init__(self, workspace: Path, environment: dict[str, str]) -> None:
        self.workspace, self.environment = workspace, environment

    def run(self, steps: list[dict[str, Any]], **given: str) -> tuple[int, str]:
        """The exit code of the last step that ran, and what all printed."""
        inputs = {name: each["default"] for name, each in ACTION["inputs"].items()} | given
        code, said = 0, ""
        for step in steps:
            condition = _CONDITION.fullmatch(step.get("if", "inputs.schemas != ''"))
            assert condition is not None, "a condition this test cannot judge"
            if code or inputs[condition.group(1)] == "":
                continue
            variables = {
                name: _EXPRESSION.sub(lambda found: inputs[found.group(1)], value)
                for name, value in step["env"].items()
            }
            run = subprocess.run(
                ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", step["run"]],
                cwd=self.workspace,
                env=self.environment | variables,
                capture_output=True,
                text=True,
                check=False,
            )
            code, said = run.returncode, said + run.stdout + run.stderr
        return code, said


@pytest.fixture(scope="module")
def runner(checkout: Path, installing: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Runner:
    """A workspace with one release and fresh code, and the action's own tool installed from a checkout of it."""
    workspace = tmp_path_factory.mktemp("workspace")
    (workspace / "schemas").mkdir()
    (workspace / "schemas" / "shop.myc").write_text(SCHEMA)
    assert main(["lock", str(workspace / "schemas"), "--label", "1", "--quiet"]) == 0
    assert main([str(workspace / "schemas"), "--out", str(workspace / "generated"), "--quiet"]) == 0
    places = {"RUNNER_TEMP": str(tmp_path_factory.mktemp("runner")), "GITHUB_ACTION_PATH": str(checkout)}
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    made = Runner(workspace, installing | places | {"PATH": path})
    code, said = made.run(STEPS[:1])
    assert code == 0, said
    return made


def test_good_schemas_pass(runner: Runner) -> None:
    (runner.workspace / "schemas" / "shop.myc").write_text(SCHEMA)
    code, said = runner.run(STEPS[1:])
    assert code == 0, said
    code, said = runner.run(STEPS[1:], generated="generated", languages="python")
    assert code == 0 and "generated/python: fresh" in said, said


def test_a_break_fails_beside_its_line(runner: Runner) -> None:
    (runner.workspace / "schemas" / "shop.myc").write_text(SCHEMA.replace("string<40>", "u32"))
    code, said = runner.run(STEPS[1:], generated="generated")
    assert code == 1
    assert "::error title=MYC1005,file=schemas/shop.myc,line=4," in said
    assert "stale" not in said


def test_the_mode_is_passed_on(runner: Runner) -> None:
    (runner.workspace / "schemas" / "shop.myc").write_text(SCHEMA.replace("<40>", "<80>"))
    assert runner.run(STEPS[1:])[0] == 1
    assert runner.run(STEPS[1:], mode="backward")[0] == 0


def test_stale_code_fails(runner: Runner) -> None:
    (runner.workspace / "schemas" / "shop.myc").write_text(SCHEMA.replace("item", "thing"))
    code, said = runner.run(STEPS[1:], mode="backward", generated="generated", languages="python")
    assert code == 1 and "stale: generated/python/shop.py" in said


def test_inputs_are_no_code(runner: Runner) -> None:
    code, said = runner.run(STEPS[1:], schemas="$(touch injected); schemas")
    assert code == 2 and "no such file or folder" in said
    assert not (runner.workspace / "injected").exists()


def test_a_release_that_is_not_there_is_an_error_of_pip(runner: Runner) -> None:
    code, said = runner.run(STEPS[:1], version="0.0.1")
    assert code != 0 and "mycelium-bus" in said and "0.0.1" in said
