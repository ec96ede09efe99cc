"""``python -m benches.bus.report``: what the documents say of the bus's speed, made anew from benches/results.

It replaces the tables in docs/performance.md, between the marks it left there, and draws docs/images/bus.svg.
"""

from __future__ import annotations

import sys
from pathlib import Path

from benches.bus import picture, results, tables, targets

REPOSITORY = Path(__file__).resolve().parents[2]
RESULTS = REPOSITORY / "benches" / "results"
DOCUMENT = REPOSITORY / "docs" / "performance.md"
PICTURE = REPOSITORY / "docs" / "images" / "bus.svg"


def with_tables(document: str, found: list[results.Results]) -> str:
    """The document with the tables of each language between its marks.

    Raises ValueError where the marks of a language are missing.
    """
    for one in found:
        language = one.measured.language
        begin, end = (f"<!-- {word} of the {language} bus tables -->" for word in ("begin", "end"))
        before, has_begin, rest = document.partition(begin)
        _, has_end, after = rest.partition(end)
        if not has_begin or not has_end:
            raise ValueError(f"there is no place for the {language} tables: {begin} ... {end}")
        filled = [tables.as_markdown(one), "**Targets**", targets.as_markdown(one.measured)]
        if one is found[0]:
            filled.insert(0, "![Round trips of 64 bytes](images/bus.svg)")
        document = f"{before}{begin}\n" + "\n\n".join(filled) + f"\n{end}{after}"
    return document


def main() -> int:
    found = results.read(RESULTS)
    if not found:
        print(
            f"benches.bus.report: no results in {RESULTS}: scripts/bench --record makes them", file=sys.stderr
        )
        return 1
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(), found))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture.draw(found))
    print(f"written: {DOCUMENT.relative_to(REPOSITORY)}, {PICTURE.relative_to(REPOSITORY)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
