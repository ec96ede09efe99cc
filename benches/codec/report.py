"""``python -m benches.codec.report``: what the documents say of speed, made anew from benches/results.

It replaces the tables in docs/performance.md, between the marks it left there, and draws docs/images/codec.svg.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from benches.codec import picture, results, tables, targets

REPOSITORY = Path(__file__).resolve().parents[2]
RESULTS = REPOSITORY / "benches" / "results"
DOCUMENT = REPOSITORY / "docs" / "performance.md"
PICTURE = REPOSITORY / "docs" / "images" / "codec.svg"


def with_tables(document: str, found: list[results.Results]) -> str:
    """The document with the tables of every language between its marks.

    Raises ValueError where the marks of a language are missing.
    """
    for language in found:
        begin, end = (f"<!-- {word} of the {language.language} tables -->" for word in ("begin", "end"))
        pattern = re.compile(f"{begin}.*{end}", re.DOTALL)
        if not pattern.search(document):
            raise ValueError(f"there is no place for the {language.language} tables: {begin} ... {end}")
        parts = [tables.as_markdown(language), "**Targets**", targets.as_markdown(language)]
        filled = "\n".join([begin, "\n\n".join(parts), end])
        document = pattern.sub(lambda _, filled=filled: filled, document)  # type: ignore[misc]
    return document


def main() -> int:
    found = results.read(RESULTS)
    DOCUMENT.write_text(with_tables(DOCUMENT.read_text(), found))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_text(picture.draw(found[0]))
    print(f"written: {DOCUMENT.relative_to(REPOSITORY)}, {PICTURE.relative_to(REPOSITORY)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
