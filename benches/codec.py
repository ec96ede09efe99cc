"""Python codecs on a quote of 8 fields, beside the usual peers: ``python -m benches.codec``.

Generated pure-Python code against protobuf (upb, the C implementation), msgspec's MessagePack and JSON with
positional fields, and the standard library's json. Building a value is part of *build + encode*, reading every
field part of *decode + read*: some peers defer work to the read.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from benches.rounds import Timing, take_turns
from mycelium.codegen.commands.console import Console
from mycelium.codegen.commands.generate import GenerateOptions, run
from mycelium.codegen.commands.schemas import select

SCHEMAS = Path(__file__).with_name("schemas")
FIELDS = ("symbol", "time", "bid", "ask", "bid_size", "ask_size", "sequence", "side")
VALUES: tuple[Any, ...] = (
    "EURUSD",
    1_577_898_000_065_000_000,
    1.1212,
    1.12172,
    1_000_000,
    2_500_000,
    123_456,
    1,
)


@dataclass(frozen=True)
class Contestant:
    """Two calls to time, and the size of the message in bytes."""

    build_and_encode: Callable[[], bytes]
    decode_and_read: Callable[[], object]
    size: int


def mycelium_contestant() -> Contestant:
    """The generated class, as a user has it."""
    folder = Path(tempfile.mkdtemp(prefix="mycelium-bench-"))
    assert run(select([SCHEMAS], None), GenerateOptions(folder, ["python"]), Console(quiet=True)) == 0
    sys.path.insert(0, str(folder / "python"))
    bench = importlib.import_module("bench")
    quote_class, side = bench.Quote, bench.Side.BUY
    symbol, time, bid, ask, bid_size, ask_size, sequence, _ = VALUES

    def build_and_encode() -> bytes:
        encoded: bytes = quote_class(
            symbol=symbol,
            time=time,
            bid=bid,
            ask=ask,
            bid_size=bid_size,
            ask_size=ask_size,
            sequence=sequence,
            side=side,
        ).encode()
        return encoded

    body = build_and_encode()
    decode = quote_class.decode

    def decode_and_read() -> object:
        q = decode(body)
        return q.symbol, q.time, q.bid, q.ask, q.bid_size, q.ask_size, q.sequence, q.side

    return Contestant(build_and_encode, decode_and_read, len(body))


def protobuf_contestant() -> Contestant:
    """The same message for protobuf, described without its compiler."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    file = descriptor_pb2.FileDescriptorProto(name="bench.proto", package="bench", syntax="proto3")
    message = file.message_type.add(name="Quote")
    kinds = descriptor_pb2.FieldDescriptorProto
    types = (
        kinds.TYPE_STRING,
        kinds.TYPE_FIXED64,
        kinds.TYPE_DOUBLE,
        kinds.TYPE_DOUBLE,
        kinds.TYPE_UINT32,
        kinds.TYPE_UINT32,
        kinds.TYPE_UINT64,
        kinds.TYPE_UINT32,
    )
    for number, (name, type_) in enumerate(zip(FIELDS, types, strict=True), start=1):
        message.field.add(name=name, number=number, type=type_, label=kinds.LABEL_OPTIONAL)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    quote_class = message_factory.GetMessageClass(pool.FindMessageTypeByName("bench.Quote"))
    symbol, time, bid, ask, bid_size, ask_size, sequence, side = VALUES

    def build_and_encode() -> bytes:
        encoded: bytes = quote_class(
            symbol=symbol,
            time=time,
            bid=bid,
            ask=ask,
            bid_size=bid_size,
            ask_size=ask_size,
            sequence=sequence,
            side=side,
        ).SerializeToString()
        return encoded

    body = build_and_encode()
    decode = quote_class.FromString

    def decode_and_read() -> object:
        q = decode(body)
        return q.symbol, q.time, q.bid, q.ask, q.bid_size, q.ask_size, q.sequence, q.side

    return Contestant(build_and_encode, decode_and_read, len(body))


class MsgspecQuote(msgspec.Struct, array_like=True, gc=False):
    """The peer's best settings: positional fields, no garbage collection."""

    symbol: str
    time: int
    bid: float
    ask: float
    bid_size: int
    ask_size: int
    sequence: int
    side: int


def msgspec_contestant(encoder: Any, decoder: Any) -> Contestant:
    """msgspec with one of its formats."""
    symbol, time, bid, ask, bid_size, ask_size, sequence, side = VALUES
    encode, decode = encoder.encode, decoder.decode

    def build_and_encode() -> bytes:
        encoded: bytes = encode(MsgspecQuote(symbol, time, bid, ask, bid_size, ask_size, sequence, side))
        return encoded

    body = build_and_encode()

    def decode_and_read() -> object:
        q = decode(body)
        return q.symbol, q.time, q.bid, q.ask, q.bid_size, q.ask_size, q.sequence, q.side

    return Contestant(build_and_encode, decode_and_read, len(body))


def json_contestant() -> Contestant:
    """The standard library, dictionaries in and out."""
    dumps, loads = json.JSONEncoder(separators=(",", ":")).encode, json.loads

    def build_and_encode() -> bytes:
        return dumps(dict(zip(FIELDS, VALUES, strict=True))).encode()

    body = build_and_encode()

    def decode_and_read() -> object:
        q = loads(body)
        return [q[name] for name in FIELDS]

    return Contestant(build_and_encode, decode_and_read, len(body))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m benches.codec", description=__doc__)
    parser.add_argument("--json", type=Path, help="write the results here, too")
    options = parser.parse_args(arguments)
    contestants = {
        "mycelium, pure Python": mycelium_contestant(),
        "protobuf (upb)": protobuf_contestant(),
        "msgspec MessagePack": msgspec_contestant(
            msgspec.msgpack.Encoder(), msgspec.msgpack.Decoder(MsgspecQuote)
        ),
        "msgspec JSON": msgspec_contestant(msgspec.json.Encoder(), msgspec.json.Decoder(MsgspecQuote)),
        "json": json_contestant(),
    }
    encode = take_turns({name: contestant.build_and_encode for name, contestant in contestants.items()})
    decode = take_turns({name: contestant.decode_and_read for name, contestant in contestants.items()})
    _print(contestants, encode, decode)
    if options.json is not None:
        results = {
            name: {
                "build_and_encode_ns": encode[name].median_ns,
                "decode_and_read_ns": decode[name].median_ns,
            }
            for name in contestants
        }
        options.json.write_text(json.dumps(results, indent=2) + "\n")
    return 0


def _print(contestants: dict[str, Contestant], encode: dict[str, Timing], decode: dict[str, Timing]) -> None:
    first = next(iter(contestants))
    print(
        "Quote of 8 fields; nanoseconds a call, median (99th percentile) of the rounds; ratio of mycelium to the peer"
    )
    print(f"{'':24}{'build + encode':>26}{'ratio':>8}{'decode + read':>26}{'ratio':>8}{'bytes':>8}")
    for name, contestant in contestants.items():
        print(
            f"{name:24}"
            f"{encode[name].median_ns:>14.0f} ({encode[name].p99_ns:>8.0f}) "
            f"{encode[first].median_ns / encode[name].median_ns:>8.2f}"
            f"{decode[name].median_ns:>14.0f} ({decode[name].p99_ns:>8.0f}) "
            f"{decode[first].median_ns / decode[name].median_ns:>8.2f}"
            f"{contestant.size:>8}"
        )


if __name__ == "__main__":
    sys.exit(main())
