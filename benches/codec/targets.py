"""What was aimed at, and whether it was reached: ratios of Mycelium to a peer, in the results of one run."""

from __future__ import annotations

from dataclasses import dataclass

from benches.codec.results import COLUMNS, Results, Table, ratio


@dataclass(frozen=True)
class Target:
    """In this column of this table Mycelium takes at most ``limit`` times as long as each of the peers."""

    table: str
    column: str
    peers: tuple[str, ...]
    limit: float


_PYTHON = ("msgspec_msgpack",)
_RUST = ("prost", "bincode", "capnp")
_OCAML = ("marshal", "bin_prot")

TARGETS = {
    "python": [
        Target("quote", "encode", _PYTHON, 0.6),
        Target("quote", "decode", _PYTHON, 0.75),
        Target("book", "encode", _PYTHON, 0.2),
        Target("book", "decode", _PYTHON, 0.6),
        Target("order", "encode", _PYTHON, 0.8),
        Target("order", "decode", _PYTHON, 0.8),
    ],
    "rust": [
        *(
            Target(table, column, ("packed_checked",), 1.3)
            for table in ("quote", "book")
            for column in ("encode", "decode", "decode_and_read")
        ),
        *(
            Target(table, column, _RUST, 1.0)
            for table in ("quote", "book")
            for column in ("encode", "build_and_encode", "decode", "decode_and_read")
        ),
    ],
    "ocaml": [
        Target(table, column, _OCAML, 1.0)
        for table in ("quote", "book", "order")
        for column in ("encode", "decode", "decode_and_read")
    ],
}


def as_markdown(results: Results) -> str:
    """The targets of a language, each with the ratio that was measured."""
    lines = ["| message | column | against | at most | measured | |", "|---|---|---|---:|---:|---|"]
    by_name = {table.name: table for table in results.tables}
    for target in TARGETS[results.language]:
        table = by_name[target.table]
        for peer in target.peers:
            lines.append(_line(table, target, peer))
    return "\n".join(lines)


def _line(table: Table, target: Target, peer: str) -> str:
    row = next(row for row in table.rows if row.name == peer)
    found = ratio(table, row, target.column)
    assert found is not None, f"{row.title} has no column {target.column}"
    verdict = "reached" if found <= target.limit else "**missed**"
    title, column = table.title.partition(":")[0], COLUMNS[target.column]
    return f"| {title} | {column} | {row.title} | {target.limit:.2f} | {found:.2f} | {verdict} |"
