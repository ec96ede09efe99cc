"""What was aimed at, and whether it was reached: ratios of Mycelium to a peer, in the results of one run."""

from __future__ import annotations

from dataclasses import dataclass

from benches.bus.results import COLUMNS, Measured, Row, Table


@dataclass(frozen=True)
class Target:
    """In this column of this table the row of Mycelium takes at most ``limit`` times as long as the peer's."""

    table: str
    column: str
    ours: str
    peer: str
    limit: float


_SMALL = "round_trip_64"

TARGETS = {
    "rust": [
        Target("calls", "call", "mycelium_static", "by_hand", 1.5),
        Target("threads_spinning", _SMALL, "mycelium_in_place", "cache_line", 1.5),
        Target("threads_spinning", _SMALL, "mycelium_in_place", "disruptor", 1.0),
        *(
            Target("threads_spinning", _SMALL, "mycelium", peer, 1.0)
            for peer in ("crossbeam", "tokio_broadcast", "iceoryx2")
        ),
        Target("processes_spinning", _SMALL, "mycelium_shm", "lane", 1.3),
        Target("processes_spinning", _SMALL, "mycelium_shm", "iceoryx2", 1.0),
        *(
            Target(table, _SMALL, f"mycelium_{kind}", f"{kind}_socket", 1.3)
            for table in ("processes_spinning", "processes_sleeping")
            for kind in ("unix", "tcp")
        ),
    ],
    "python": [
        Target("callback", "call", "mycelium", "nautilus", 1.0),
        Target("callback", "call", "mycelium", "dictionary", 2.0),
        Target("spinning", _SMALL, "mycelium_shm", "iceoryx2_slices", 0.3),
        Target("spinning", _SMALL, "mycelium_unix", "unix_sockets", 1.3),
        *(
            Target("sleeping", _SMALL, "mycelium_unix", peer, 1.0)
            for peer in ("multiprocessing_pipes", "pyzmq_ipc", "pynng_ipc", "zenoh_sockets")
        ),
        Target("typed", "round_trip_quote", "mycelium_shm", "msgspec_iceoryx2", 0.5),
        Target("typed", "round_trip_quote", "mycelium_unix", "msgspec_unix", 1.0),
    ],
}


def as_markdown(measured: Measured) -> str:
    """The targets of a language, each with the ratio that was measured."""
    lines = ["| table | column | | against | at most | measured | |", "|---|---|---|---|---:|---:|---|"]
    by_name = {table.name: table for table in measured.tables}
    for target in TARGETS[measured.language]:
        table = by_name[target.table]
        ours, peer = _row(table, target.ours), _row(table, target.peer)
        if ours and peer:
            lines.append(_line(table, target, ours, peer))
    return "\n".join(lines)


def _row(table: Table, name: str) -> Row | None:
    return next((row for row in table.rows if row.name == name), None)


def _line(table: Table, target: Target, ours: Row, peer: Row) -> str:
    found = ours.cells[target.column][0] / peer.cells[target.column][0]
    verdict = "reached" if found <= target.limit else "**missed**"
    column = COLUMNS[target.column]
    return f"| {table.title} | {column} | {ours.title} | {peer.title} | {target.limit:.2f} | {found:.2f} | {verdict} |"
