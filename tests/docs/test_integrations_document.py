"""docs/integrations.md shows what the examples do, and names only what the hooks and the action have."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

REPOSITORY = Path(__file__).resolve().parents[2]
EXAMPLES = REPOSITORY / "examples" / "integrations"
DOCUMENT = (REPOSITORY / "docs" / "integrations.md").read_text()
SNIPPETS = re.findall(r"^```(\w+)\n(.*?)^```$", DOCUMENT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    "text", [text for language, text in SNIPPETS if language in ("toml", "dune", "rust")]
)
def test_snippets_are_quoted_from_the_examples(text: str) -> None:
    files = [path for ending in ("toml", "rs") for path in EXAMPLES.rglob(f"*.{ending}")]
    assert any(text in path.read_text() for path in [*files, EXAMPLES / "dune" / "dune"])


def test_hooks_and_their_arguments_are_those_of_the_definition() -> None:
    defined = {
        hook["id"]: hook for hook in yaml.safe_load((REPOSITORY / ".pre-commit-hooks.yaml").read_text())
    }
    (shown,) = [yaml.safe_load(text)["repos"][0] for _, text in SNIPPETS if "hooks:" in text]
    assert [hook["id"] for hook in shown["hooks"]] == list(defined)
    for hook in shown["hooks"]:
        assert hook.get("args") == defined[hook["id"]].get("args"), hook["id"]


def test_inputs_of_the_action_exist() -> None:
    inputs: dict[str, Any] = yaml.safe_load((REPOSITORY / "action.yml").read_text())["inputs"]
    (shown,) = [yaml.safe_load(text)[-1] for _, text in SNIPPETS if "actions/checkout" in text]
    assert set(shown["with"]) <= set(inputs)
