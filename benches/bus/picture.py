"""The picture of the round trips, contestant by contestant, as SVG: one panel a table, on a logarithmic scale."""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.sax.saxutils import escape

from benches.bus.results import Results, Table
from benches.codec.picture import BAR_HEIGHT, ROW_HEIGHT, STYLE, WIDTH

COLUMN_WIDTH = WIDTH / 2
LABELS_WIDTH = 200
NUMBERS_WIDTH = 70
HEADING = 52
SHOWN = {
    "threads_spinning": "Rust, thread to thread, spinning",
    "processes_spinning": "Rust, between processes, spinning",
    "spinning": "Python, between processes, spinning",
    "sleeping": "Python, between processes, sleeping",
}
COLUMN = "round_trip_64"
SHORTEST_NS = 50.0
"""Where the scale begins."""


def draw(found: Sequence[Results]) -> str:
    """An SVG document that is legible on light and on dark ground."""
    tables = [table for results in found for table in results.measured.tables if table.name in SHOWN]
    longest = max(row.cells[COLUMN][0] for table in tables for row in table.rows)
    tops, height = _places(tables)
    title = "Round trips of 64 bytes: the median"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height + 30}" role="img">',
        f"<title>{title}</title>",
        f"<style>{STYLE}</style>",
        f'<text class="title" x="0" y="18">{title}</text>',
        '<text class="quiet" x="260" y="18">microseconds on a logarithmic scale, less is better</text>',
    ]
    for index, (table, top) in enumerate(zip(tables, tops, strict=True)):
        parts += _panel(table, index % 2 * COLUMN_WIDTH, top, longest)
    footer = f"{found[0].machine.processor}; one core for each end"
    parts.append(f'<text class="quiet" x="0" y="{height + 22}">{escape(footer)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _places(tables: Sequence[Table]) -> tuple[list[int], int]:
    """The top of each panel, two beside each other, and where the last ones end."""
    tops, top = [], 30
    for first in range(0, len(tables), 2):
        pair = tables[first : first + 2]
        tops += [top] * len(pair)
        top += HEADING + ROW_HEIGHT * max(len(table.rows) for table in pair)
    return tops, top


def _panel(table: Table, left: float, top: int, longest: float) -> list[str]:
    start = left + LABELS_WIDTH
    width = COLUMN_WIDTH - LABELS_WIDTH - NUMBERS_WIDTH
    parts = [f'<text class="title" x="{left:.0f}" y="{top + 30}">{escape(SHOWN[table.name])}</text>']
    for place, row in enumerate(table.rows):
        time = row.cells[COLUMN][0]
        line = top + HEADING - 8 + place * ROW_HEIGHT
        length = max(2.0, width * math.log(time / SHORTEST_NS) / math.log(longest / SHORTEST_NS))
        is_ours = row.name.startswith("mycelium")
        kind, emphasis = ("write", ' class="title"') if is_ours else ("read peer", "")
        parts += [
            f'<text x="{start - 10:.0f}" y="{line + 10}" text-anchor="end"{emphasis}>{escape(row.title)}</text>',
            f'<rect class="{kind}" x="{start:.0f}" y="{line}" width="{length:.1f}" height="{BAR_HEIGHT}" rx="2"/>',
            f'<text class="quiet" x="{start + length + 5:.1f}" y="{line + 10}">{time / 1000:,.2f}</text>',
        ]
    return parts
