"""Runs a plugin: the request in, the answer out, within a time and a size. No shell has a part in it."""

from __future__ import annotations

import os
import selectors
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mycelium.codegen.target import GenerationFailure

DEFAULT_TIMEOUT_SECONDS = 60.0
"""Time enough to start an interpreter and print thousands of files; short enough for a build that hangs."""

MAXIMUM_ANSWER_BYTES = 64 << 20
"""Above what the largest known schemas give, below what troubles a small machine."""

_CHUNK_BYTES = 1 << 16


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a plugin may take from its start to its end, and how large its answer may be."""

    seconds: float = DEFAULT_TIMEOUT_SECONDS
    answer_bytes: int = MAXIMUM_ANSWER_BYTES


def ask(program: Path, request: bytes, limits: Limits) -> bytes:
    """What the program writes to standard output when it reads the request; its standard error is passed on.

    A program that ends without having read everything may still have answered. Raises :class:`GenerationFailure`.
    """
    deadline = time.monotonic() + limits.seconds
    process = _start(program)
    try:
        answer = _converse(process, request, limits.answer_bytes, deadline)
        code = process.wait(max(0.0, deadline - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired):
        _stop(process)
        raise GenerationFailure(
            f"{program}: not finished after {limits.seconds:g} s, and stopped; --plugin-timeout SECONDS gives it longer"
        ) from None
    except _AnswerTooLarge:
        _stop(process)
        raise GenerationFailure(
            f"{program}: its answer is longer than {limits.answer_bytes >> 20} MiB; make fewer or smaller files"
        ) from None
    except BaseException:
        _stop(process)
        raise
    finally:
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
    _refuse_bad_end(program, code)
    return answer


class _AnswerTooLarge(Exception):
    """The answer reached its limit."""


def _start(program: Path) -> subprocess.Popen[bytes]:
    if not program.exists():
        raise GenerationFailure(f"{program}: no such file; --lang names a language or the path of a plugin")
    if not program.is_file():
        raise GenerationFailure(f"{program}: not a program; --lang names the plugin itself")
    try:
        # A session of its own, so that stopping it stops whatever it started.
        return subprocess.Popen(
            [program.absolute()],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
    except PermissionError:
        raise GenerationFailure(f"{program}: not executable; `chmod +x {program}` makes it so") from None
    except OSError as error:
        raise GenerationFailure(
            f"{program}: cannot be started ({error.strerror}); the first line of a script names an interpreter "
            "that is installed, such as `#!/usr/bin/env python3`"
        ) from None


def _converse(process: subprocess.Popen[bytes], request: bytes, limit: int, deadline: float) -> bytes:
    """Write and read as the program is ready for either, until it closes its standard output."""
    assert process.stdin is not None and process.stdout is not None
    answer = bytearray()
    unsent = memoryview(request)
    os.set_blocking(process.stdin.fileno(), False)
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdin, selectors.EVENT_WRITE)
        selector.register(process.stdout, selectors.EVENT_READ)
        while True:
            remaining = deadline - time.monotonic()
            if remaining <= 0:
                raise TimeoutError
            for key, _ in selector.select(remaining):
                if key.fileobj is process.stdin:
                    unsent = _send(process.stdin, unsent)
                    if not unsent:
                        selector.unregister(process.stdin)
                        process.stdin.close()
                    continue
                chunk = os.read(key.fd, _CHUNK_BYTES)
                if not chunk:
                    return bytes(answer)
                answer += chunk
                if len(answer) > limit:
                    raise _AnswerTooLarge


def _send(stream: IO[bytes], unsent: memoryview) -> memoryview:
    """What is left to send: nothing, where nobody reads any more."""
    try:
        return unsent[os.write(stream.fileno(), unsent[:_CHUNK_BYTES]) :]
    except BlockingIOError:
        return unsent
    except BrokenPipeError:
        return unsent[len(unsent) :]


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started. Its number is its group's, and is not given away before ``wait``."""
    if process.returncode is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _refuse_bad_end(program: Path, code: int) -> None:
    if code < 0:
        raise GenerationFailure(f"{program}: killed by {_signal_name(-code)}; run it by hand to see why")
    if code > 0:
        raise GenerationFailure(
            f"{program}: ended with exit code {code}; what it wrote to standard error tells why "
            "(a plugin that refuses a schema answers with `errors` and ends with 0)"
        )


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"
