"""How compiling grows with its input: ``python tests/idl/large_tree.py`` prints times for trees of growing size.

The largest has 300 files and 5,100 messages; the time per message should stay the same.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from mycelium.idl.compiler import compile_schemas

MESSAGES_PER_FILE = 17

_DECLARATIONS = """
const MAXIMUM_LEVELS: u32 = 20;

enum Side: u8 { BUY = 1; SELL = 2; }

struct Level { price: f64; quantity: f64; }
"""

_MESSAGE = """
/// One of many.
message {name} = {type_id} @topic("topics.{type_id}") {{
    symbol: ascii[8];
    at: timestamp;
    bid: decimal<8>;
    ask: decimal<8>;
    sequence: u64 = 0;
    /// Where it came from.
    1 side: Side?;
    2 note: string<64>? @deprecated("use tags");
    3 tags: map<string, string, 16>;
    4 levels: list<Level, MAXIMUM_LEVELS>;
    5 decimals: u8 in 0..18;
    6 before: {before};
    reserved 12, 20..29, "old_name";
}}
"""


def write_tree(root: Path, file_count: int) -> int:
    """Write that many files, each a package that imports the one before; the number of messages."""
    for index in range(file_count):
        before = f"package_{index - 1}.Level" if index else "Level"
        messages = [
            _MESSAGE.format(
                name=f"Message{number}", type_id=1000 + index * MESSAGES_PER_FILE + number, before=before
            )
            for number in range(MESSAGES_PER_FILE)
        ]
        import_ = f'import "file_{index - 1}.myc";\n' if index else ""
        text = f"package package_{index};\n\n{import_}{_DECLARATIONS}{''.join(messages)}"
        (root / f"file_{index}.myc").write_text(text, encoding="utf-8")
    return file_count * MESSAGES_PER_FILE


def main() -> int:
    """Print one line for each size."""
    for file_count in (75, 150, 300):
        with tempfile.TemporaryDirectory() as folder:
            message_count = write_tree(Path(folder), file_count)
            start = time.perf_counter()
            compilation = compile_schemas(Path(folder))
            seconds = time.perf_counter() - start
        assert compilation.schema is not None, compilation.diagnostics
        per_message_us = seconds / message_count * 1e6
        print(
            f"{file_count:4} files {message_count:6} messages {seconds:7.2f} s {per_message_us:7.0f} us per message"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
