"""Results as text for a terminal and as Markdown for a document."""

from __future__ import annotations

from collections.abc import Sequence

from benches.bus.results import COLUMNS, Results, Row, Table, ratio

LEGEND = (
    "nanoseconds: p50 (p99, p99.9) of round trips, the median of the rounds for messages one way; "
    "and, for peers, how long Mycelium takes in terms of the peer"
)


def as_text(results: Results) -> str:
    """Every table, with what it was measured on."""
    lines = [circumstances(results), LEGEND]
    for table in results.measured.tables:
        columns = columns_of(table)
        lines += ["", table.title]
        lines.append(f"{'':28}" + "".join(f"{COLUMNS[column]:>36}" for column in columns))
        for row in table.rows:
            cells = "".join(f"{cell(table, row, column):>36}" for column in columns)
            lines.append(f"{row.title:28}{cells}")
    return "\n".join([*lines, *results.measured.notes])


def as_markdown(results: Results) -> str:
    """Every table, each under its title."""
    parts = [circumstances(results)]
    for table in results.measured.tables:
        columns = columns_of(table)
        lines = [
            f"**{table.title}**",
            "",
            "| | " + " | ".join(COLUMNS[column] for column in columns) + " |",
            "|---|" + "---:|" * len(columns),
        ]
        lines += [_line(table, row, columns) for row in table.rows]
        parts.append("\n".join(lines))
    parts += [f"- {note}" for note in results.measured.notes]
    return "\n\n".join(parts)


def _line(table: Table, row: Row, columns: Sequence[str]) -> str:
    return f"| {row.title} | " + " | ".join(cell(table, row, column) for column in columns) + " |"


def columns_of(table: Table) -> list[str]:
    """Those that any row has."""
    return [column for column in COLUMNS if any(column in row.cells for row in table.rows)]


def cell(table: Table, row: Row, column: str) -> str:
    """The numbers of a contestant in a column, and the ratio where it is a peer."""
    numbers = row.cells.get(column)
    if not numbers:
        return "-"
    text = number(numbers[0])
    if len(numbers) > 1:
        text += f" ({', '.join(number(other) for other in numbers[1:])})"
    found = ratio(table, row, column)
    if row.name.startswith("mycelium") or found is None or column.startswith("idle"):
        return text
    return f"{text} ×{found:.2f}" if found >= 0.1 else f"{text} ×{found:.3f}"


def number(value: float) -> str:
    """With one decimal where it is small."""
    return f"{value:.1f}" if value < 100 else f"{value:.0f}"


def circumstances(results: Results) -> str:
    """What it was measured on and with."""
    machine, measured = results.machine, results.measured
    peers = ", ".join(f"{name} {version}" for name, version in measured.versions.items())
    return (
        f"{measured.toolchain}; {machine.processor}, {machine.cores} cores, {machine.system}; the two ends pinned to cores "
        f"0 and 1; load {machine.load:.1f}; {measured.rounds} rounds; {peers}."
    )
