"""Size and time of one order as Mycelium, JSON and MessagePack: building and writing, reading every field.

A glance, not a benchmark: ``make bench`` has those.
"""

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

import msgspec
from exchange import ORDER
from trading.orders import OrderRequest

from mycelium import to_json

ROUNDS = 15
CALLS = 2_000


def nanoseconds(calls: list[Callable[[], object]]) -> list[float]:
    """The median time of each call; the calls take turns, so that all meet the same machine."""
    times: list[list[float]] = [[] for _ in calls]
    for _ in range(ROUNDS):
        for place, call in enumerate(calls):
            start = time.perf_counter_ns()
            for _ in range(CALLS):
                call()
            times[place].append((time.perf_counter_ns() - start) / CALLS)
    return [statistics.median(found) for found in times]


def main() -> None:
    """Print the table."""
    plain: Any = to_json(ORDER)
    encode_json, decode_json = json.dumps, json.loads
    pack, unpack = msgspec.msgpack.encode, msgspec.msgpack.decode
    forms = {
        "Mycelium": (ORDER.encode, lambda: OrderRequest.decode(body), body := ORDER.encode()),
        "JSON (json)": (lambda: encode_json(plain), lambda: decode_json(text), text := json.dumps(plain)),
        "MessagePack (msgspec)": (lambda: pack(plain), lambda: unpack(packed), packed := pack(plain)),
    }
    writing = nanoseconds([write for write, _, _ in forms.values()])
    reading = nanoseconds([read for _, read, _ in forms.values()])
    print(f"{'':24}{'bytes':>8}{'write, ns':>12}{'read, ns':>12}   what comes out")
    results = ["typed, validated objects", "a dictionary of strings", "a dictionary of strings"]
    for place, (name, (_, _, encoded)) in enumerate(forms.items()):
        print(f"{name:24}{len(encoded):>8}{writing[place]:>12.0f}{reading[place]:>12.0f}   {results[place]}")


if __name__ == "__main__":
    main()
