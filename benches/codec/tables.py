"""Results as text for a terminal and as Markdown for a document."""

from __future__ import annotations

from benches.codec.results import COLUMNS, Results, Row, Table, ratio

LEGEND = "nanoseconds a call: median (99th percentile) and, for peers, how long Mycelium takes in terms of the peer"


def as_text(results: Results) -> str:
    """Every table, with what it was measured on."""
    lines = [_circumstances(results), LEGEND]
    for table in results.tables:
        titles = _columns_of(table)
        lines += ["", table.title]
        lines.append(f"{'':28}" + "".join(f"{COLUMNS[column]:>26}" for column in titles) + f"{'bytes':>8}")
        for row in table.rows:
            cells = "".join(f"{_cell(table, row, column):>26}" for column in titles)
            lines.append(f"{row.title:28}{cells}{row.size:>8}")
    return "\n".join(lines)


def as_markdown(results: Results) -> str:
    """Every table, each under its title."""
    parts = [_circumstances(results)]
    for table in results.tables:
        titles = _columns_of(table)
        lines = [
            f"**{table.title}**",
            "",
            "| | " + " | ".join(COLUMNS[column] for column in titles) + " | bytes |",
            "|---|" + "---:|" * (len(titles) + 1),
        ]
        for row in table.rows:
            cells = " | ".join(_cell(table, row, column) for column in titles)
            lines.append(f"| {row.title} | {cells} | {row.size} |")
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _columns_of(table: Table) -> list[str]:
    return [column for column in COLUMNS if any(column in row.columns for row in table.rows)]


def _cell(table: Table, row: Row, column: str) -> str:
    timing = row.columns.get(column)
    if timing is None:
        return "-"
    cell = f"{_number(timing.median_ns)} ({_number(timing.p99_ns)})"
    found = ratio(table, row, column)
    return cell if row is table.rows[0] or found is None else f"{cell} ×{_ratio(found)}"


def _ratio(found: float) -> str:
    return f"{found:.2f}" if found >= 0.1 else f"{found:.3f}"


def _number(nanoseconds: float) -> str:
    return f"{nanoseconds:.1f}" if nanoseconds < 100 else f"{nanoseconds:.0f}"


def _circumstances(results: Results) -> str:
    machine = results.machine
    pinned = "not pinned" if machine.core is None else f"pinned to core {machine.core}"
    peers = ", ".join(f"{name} {version}" for name, version in results.versions.items())
    return (
        f"{results.toolchain}; {machine.processor}, {machine.cores} cores, {machine.system}; {pinned}, "
        f"load {machine.load:.1f}; {results.rounds} rounds; {peers}."
    )
