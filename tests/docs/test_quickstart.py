"""The programs of docs/quickstart-rust.md find each other wherever the topology puts them."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from mycelium.topology import load_topology

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "examples" / "bus" / "quickstart"
DOCUMENT = (REPOSITORY / "docs" / "quickstart-rust.md").read_text()
ENDPOINTS = {
    "shm": 'endpoint = { kind = "shm", path = "SHARED/model" }',
    "tcp": 'endpoint = { kind = "tcp" }',
    "unix": "",
}

pytestmark = pytest.mark.xdist_group("quickstart")


def test_the_document_shows_the_files() -> None:
    assert (FOLDER / "topology.toml").read_text() in DOCUMENT
    dependencies = (FOLDER / "Cargo.toml").read_text().partition("[dependencies]")[2].partition("\n\n")[0]
    assert f"[dependencies]{dependencies}\n" in DOCUMENT


@pytest.mark.parametrize("kind", sorted(ENDPOINTS))
def test_the_programs_run_over(kind: str) -> None:
    subprocess.run([REPOSITORY / "scripts" / "build-quickstart"], check=True, timeout=600)
    with (
        tempfile.TemporaryDirectory(prefix="mycelium-") as sockets,
        tempfile.TemporaryDirectory(prefix="mycelium-", dir="/dev/shm") as shared,
    ):
        text = (FOLDER / "topology.toml").read_text()
        *before, _ = text.replace("/tmp/mycelium-quickstart", sockets).splitlines()
        topology = Path(sockets) / "topology.toml"
        topology.write_text("\n".join([*before, ENDPOINTS[kind].replace("SHARED", shared)]) + "\n")
        assert load_topology(topology)
        strategy = subprocess.Popen(
            [sys.executable, FOLDER / "strategy.py", topology],
            env={"PYTHONPATH": str(REPOSITORY / "generated" / "python")},
        )
        done = subprocess.run(
            [REPOSITORY / ".cache" / "quickstart" / "market-data", topology],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert strategy.wait(30) == 0
    assert done.returncode == 0, done.stderr
    *heard, link = done.stdout.splitlines()
    assert heard == ["mean-reversion of EURUSD: +0.25"] * 5
    assert link == f"market-data <-> strategy over {kind}"
