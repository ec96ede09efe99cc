"""The picture of the README: what a message costs there and back, contestant by contestant, as SVG."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape

from benches.codec.results import Results, Row, Table

WIDTH = 960
LABELS_WIDTH = 170
PANEL_GAP = 24
ROW_HEIGHT = 22
BAR_HEIGHT = 12
TOP = 84
SHOWN = ("quote", "book", "order")
CLIPPED_AT = 8.0
"""Bars longer than so many times Mycelium's end there, with a mark; the number beside them still tells."""

STYLE = """
  text { font: 12px system-ui, sans-serif; fill: #1f2328; }
  .title { font-weight: 600; }
  .quiet { fill: #59636e; font-size: 11px; }
  .write { fill: #0e8a74; }
  .read { fill: #5b6ee1; }
  .peer { opacity: 0.55; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; }
    .quiet { fill: #9198a1; }
    .write { fill: #2bb89c; }
    .read { fill: #8c9bff; }
  }
"""


def draw(results: Results) -> str:
    """An SVG document that is legible on light and on dark ground."""
    tables = [table for table in results.tables if table.name in SHOWN]
    rows = tables[0].rows
    height = TOP + ROW_HEIGHT * len(rows) + 30
    panel = (WIDTH - LABELS_WIDTH) / len(tables) - PANEL_GAP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>Nanoseconds to build and encode a message, and to decode it and read every field</title>",
        f"<style>{STYLE}</style>",
        *_legend(),
        *_labels(rows),
    ]
    for index, table in enumerate(tables):
        parts += _panel(table, LABELS_WIDTH + index * (panel + PANEL_GAP), panel)
    footer = f"{results.toolchain}; {results.machine.processor}; median of {results.rounds} rounds in turn"
    parts.append(f'<text class="quiet" x="0" y="{height - 8}">{escape(footer)}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"


def _legend() -> list[str]:
    return [
        f'<rect class="write" x="{LABELS_WIDTH}" y="8" width="12" height="12" rx="2"/>',
        f'<text x="{LABELS_WIDTH + 18}" y="18">build + encode</text>',
        f'<rect class="read" x="{LABELS_WIDTH + 130}" y="8" width="12" height="12" rx="2"/>',
        f'<text x="{LABELS_WIDTH + 148}" y="18">decode + read every field</text>',
        f'<text class="quiet" x="{LABELS_WIDTH + 320}" y="18">nanoseconds, less is better</text>',
    ]


def _labels(rows: Sequence[Row]) -> list[str]:
    return [
        f'<text x="{LABELS_WIDTH - 12}" y="{_top(place) + 10}" text-anchor="end"'
        f"{_emphasis(row)}>{escape(row.title)}</text>"
        for place, row in enumerate(rows)
    ]


def _panel(table: Table, left: float, width: float) -> list[str]:
    name, _, contents = table.title.partition(": ")
    parts = [
        f'<text class="title" x="{left:.0f}" y="{TOP - 30}">{escape(name)}</text>',
        f'<text class="quiet" x="{left:.0f}" y="{TOP - 14}">{escape(contents)}</text>',
    ]
    longest = CLIPPED_AT * sum(_halves(table.rows[0]))
    scale = (width - 58) / min(longest, max(sum(_halves(row)) for row in table.rows))
    for place, row in enumerate(table.rows):
        written, read = _halves(row)
        peer = "" if row.name.startswith("mycelium") else " peer"
        first = min(written, longest) * scale
        second = max(0.0, min(written + read, longest) * scale - first)
        end = left + first + second
        top = _top(place)
        parts.append(_bar(f"write{peer}", left, top, first))
        parts.append(_bar(f"read{peer}", left + first, top, second))
        mark = "» " if written + read > longest else ""
        parts.append(
            f'<text class="quiet" x="{end + 5:.1f}" y="{top + 10}">{mark}{written + read:,.0f}</text>'
        )
    return parts


def _bar(kind: str, left: float, top: int, width: float) -> str:
    return f'<rect class="{kind}" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{BAR_HEIGHT}" rx="2"/>'


def _halves(row: Row) -> tuple[float, float]:
    return row.columns["build_and_encode"].median_ns, row.columns["decode_and_read"].median_ns


def _top(place: int) -> int:
    return TOP + place * ROW_HEIGHT


def _emphasis(row: Row) -> str:
    return ' class="title"' if row.name.startswith("mycelium") else ""
