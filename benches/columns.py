"""Columns and views against decoding one by one, natively: ``python -m benches.columns``.

Columns: a buffer of frames is read whole. Its contestants are a loop that decodes bodies which lie ready in a list, the
least that decoding one by one can cost, and a loop that takes each frame from the buffer with ``decode_frame``, which
is what columns do too. Views: one body, and one field of it, beside the least that any object costs: an empty struct of
msgspec, made and thrown away, and a struct of one field, made and read. The time of the loop around them is taken off.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from timeit import Timer
from typing import Any

import msgspec

from benches.codec.contestants.mycelium_classes import book, generate, order, quote, trading_quote
from benches.machine import pin, this_machine, this_python
from benches.rounds import Loop, Schedule, Timing, loops_take_turns, take_turns
from mycelium import encode_frame, native
from mycelium.frames import HEADER_SIZE, decode_frame, parse_header

Contestants = dict[str, Callable[[], object]]


def one_by_one(frames: bytes, kind: type[Any]) -> Callable[[], object]:
    """Frames from a buffer, each decoded."""
    known = {kind.TYPE_ID: kind}

    def decode() -> list[Any]:
        found = []
        view = memoryview(frames)
        start = 0
        while start < len(frames):
            end = start + HEADER_SIZE + parse_header(view[start : start + HEADER_SIZE]).length
            found.append(decode_frame(view[start:end], known).message)
            start = end
        return found

    return decode


def column_contestants(message: Any, count: int) -> Contestants:
    """Ways to read that many frames; a message that is all block can be a structured array, too."""
    kind = type(message)
    frames, bodies = encode_frame(message) * count, [message.encode()] * count
    contestants: Contestants = {
        "decode, bodies ready in a list": lambda: list(map(kind.decode, bodies)),
        "decode_frame, from the buffer": one_by_one(frames, kind),
        "decode_columns": lambda: kind.decode_columns(frames),
        "to_arrow": lambda: kind.to_arrow(frames),
    }
    if not kind.__plan__.tagged:
        contestants["to_numpy"] = lambda: kind.to_numpy(frames)
    return contestants


class Empty(msgspec.Struct, gc=False):
    """No object of a class costs less."""


class OneField(msgspec.Struct, gc=False):
    """Nor one that is read."""

    field: bytes


EMPTY_LOOP = "an empty loop"


def view_loops(message: Any) -> dict[str, Loop]:
    """Ways to read one body, each in a loop of its own; the last is empty."""
    kind, body = type(message), message.encode()
    kind.view(body)  # the first view puts a faster function there
    names = {"decode": kind.decode, "view": kind.view, "body": body, "Empty": Empty, "OneField": OneField}
    fields = [field.attribute for field in kind.__plan__.fields]
    read_all = "; ".join(f"message.{field}" for field in fields)
    statements = {
        "decode": "decode(body)",
        "view": "view(body)",
        f"view, read {fields[0]}": f"view(body).{fields[0]}",
        f"view, read {fields[-1]}": f"view(body).{fields[-1]}",
        "decode, read all": f"message = decode(body); {read_all}",
        "view, read all": f"message = view(body); {read_all}",
        "an empty struct": "Empty()",
        "a struct of one field, read it": "OneField(body).field",
        EMPTY_LOOP: "pass",
    }
    return {name: Timer(statement, globals=names).timeit for name, statement in statements.items()}


def without_loop(timings: dict[str, Timing]) -> dict[str, Timing]:
    """The timings without the time that the loop takes."""
    loop = timings[EMPTY_LOOP].median_ns
    return {
        name: Timing(timing.median_ns - loop, timing.p99_ns - loop)
        for name, timing in timings.items()
        if name != EMPTY_LOOP
    }


def show(title: str, timings: dict[str, Timing], each: int) -> None:
    """A table: nanoseconds for one message, and how often that goes into the first."""
    print(f"\n{title}")
    first = next(iter(timings.values())).median_ns
    for name, timing in timings.items():
        print(
            f"  {name:32} {timing.median_ns / each:9.1f} ns   p99 {timing.p99_ns / each:9.1f} ns"
            f"   {timing.median_ns / first:6.3f}x   {first / timing.median_ns:6.1f} times as fast"
        )


def main() -> int:
    """Print medians, the 99th percentile of the rounds, and ratios to the first line."""
    parser = argparse.ArgumentParser(description="Columns and views against decoding one by one")
    parser.add_argument("--frames", type=int, default=100_000, help="frames in a buffer")
    parser.add_argument("--rounds", type=int, default=15)
    chosen = parser.parse_args()
    if not native.active:
        raise SystemExit(f"the native codec does not run: {native.reason}")
    core = pin(None)
    print(f"{this_python()}, {this_machine(core)}")
    classes = generate("columns_bench")
    makers = {"quote": quote, "trading quote": trading_quote, "book": book, "order": order}
    messages = {name: maker(classes).build() for name, maker in makers.items()}
    for name in ("quote", "trading quote"):
        contestants = column_contestants(messages[name], chosen.frames)
        timings = take_turns(contestants, Schedule(chosen.rounds, turn_seconds=0, warm_up_seconds=0))
        show(f"{name}: {chosen.frames} frames, per message", timings, chosen.frames)
    for name, message in messages.items():
        timings = without_loop(loops_take_turns(view_loops(message), Schedule(rounds=40)))
        show(f"{name}: one body of {len(message.encode())} bytes", timings, 1)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
