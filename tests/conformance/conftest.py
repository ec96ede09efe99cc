"""The programs, built once."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from execution import Stage
from guest import Hosting
from program import FOLDER, REPOSITORY, python, rust

from mycelium.codegen.cli import main


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """How the program of each language is started."""
    folders = {}
    for version in ("current", "other"):
        folders[version] = tmp_path_factory.mktemp(version)
        schemas = str(FOLDER / "schemas" / version)
        assert main(["--quiet", schemas, "--out", str(folders[version]), "--lang", "python"]) == 0
    messages, other = (folders[version] / "python" for version in ("current", "other"))
    programs = built()
    hosting = Hosting(messages, other, programs["conformance_host"], programs["conformance_guest"])
    return Stage({"python": python(messages, other), "rust": rust(programs["conformance_peer"])}, hosting)


def built() -> dict[str, Path]:
    """The Rust programs and the library, built where they are not yet."""
    workspace = REPOSITORY / "runtime" / "rust"
    command = ["cargo", "build", "--quiet", "--locked", "--manifest-path", str(workspace / "Cargo.toml")]
    command += ["--package", "mycelium-bus", "--package", "mycelium-ffi", "--message-format", "json"]
    for name in ("conformance_peer", "conformance_host", "conformance_guest"):
        command += ["--example", name]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-4000:]
    artifacts = [json.loads(line) for line in done.stdout.splitlines()]
    return {
        each["target"]["name"]: Path(each["filenames"][0])
        for each in artifacts
        if "example" in each.get("target", {}).get("kind", [])
    }
