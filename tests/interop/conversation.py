"""Talking to the driver programs of the languages: many requests in, as many answers out."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

LIMIT_SECONDS = 300


@dataclass(frozen=True)
class Request:
    """One line to a driver."""

    message: str
    body: bytes

    def line(self) -> str:
        return f"{self.message} {self.body.hex()}"


def ask(command: Sequence[str], requests: Sequence[Request]) -> list[str]:
    """The answer to every request; a driver that dies or loses a line is a failure."""
    text = "".join(request.line() + "\n" for request in requests)
    run = subprocess.run(
        command, input=text, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
    )
    answers = run.stdout.split("\n")[:-1]  # not splitlines: a path may hold other line ends
    assert run.returncode == 0, f"{command} ended with {run.returncode}: {run.stderr[-2000:]}"
    assert len(answers) == len(
        requests
    ), f"{len(requests)} requests, {len(answers)} answers: {run.stderr[-2000:]}"
    return answers
