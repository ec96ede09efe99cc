"""How history grows with its size: ``python tests/evolution/large_history.py`` prints times of lock and check.

Every message is nested in the next of its group, as in real trees; each release adds a field to one message of twenty.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from mycelium.idl.compiler import compile_schemas
from mycelium.idl.lock import Lock, Mode, judge, read_lock, record, write_lock
from mycelium.idl.schema import Schema

GROUP = 20
"""Messages that nest in one another: each group is a package."""

_MESSAGE = """
message {name} = {type_id} @topic("topics.{type_id}") {{
    symbol: ascii[8];
    at: timestamp;
    bid: decimal<8>;
    sequence: u64 = 0;
    1 side: Side?;
    2 note: string<64>?;
    3 tags: map<string, string, 16>;
    4 decimals: u8 in 0..18;
    {before}
{added}}}
"""


def write_release(root: Path, message_count: int, release: int) -> None:
    """Write the schemas of a release; its message ``i`` has a field for each earlier release that changed it."""
    for group in range(message_count // GROUP):
        texts = [f"package group_{group};\n\nenum Side: u8 {{ BUY = 1; SELL = 2; }}\n"]
        for number in range(GROUP):
            index = group * GROUP + number
            before = f"5 before: Message{number - 1}?;" if number else ""
            changes = [at for at in range(1, release + 1) if index % GROUP == at % GROUP]
            added = "".join(f"    {9 + at} added_{at}: u32?;\n" for at in changes)
            texts.append(
                _MESSAGE.format(name=f"Message{number}", type_id=1000 + index, before=before, added=added)
            )
        (root / f"group_{group}.myc").write_text("".join(texts))


def compiled(message_count: int, release: int) -> Schema:
    """The schema of a release."""
    with tempfile.TemporaryDirectory() as folder:
        write_release(Path(folder), message_count, release)
        compilation = compile_schemas(Path(folder))
    assert compilation.schema is not None, compilation.diagnostics[:3]
    return compilation.schema


def main() -> None:
    """Print one line for each size."""
    sizes = [tuple(map(int, size.split("x"))) for size in sys.argv[1:]] or [(500, 10), (1000, 20), (3000, 3)]
    for message_count, release_count in sizes:
        schemas = [compiled(message_count, release) for release in range(release_count)]
        lock = Lock()
        for number, schema in enumerate(schemas):
            start = time.process_time()
            lock = record(lock, schema, str(number))
            recording_s = time.process_time() - start
        text = write_lock(lock)
        writing_s = time.process_time() - start - recording_s
        start = time.process_time()
        lock = read_lock(text)
        reading_s = time.process_time() - start
        start = time.process_time()
        judge(lock.snapshots, schemas[-1], Mode.FULL_TRANSITIVE)
        judging_s = time.process_time() - start
        memory_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{message_count} messages x {release_count} releases: lock {len(text) / 1e6:.1f} MB, "
            f"last record {recording_s:.2f} s, write {writing_s:.2f} s, read {reading_s:.2f} s, "
            f"judge {judging_s:.2f} s, at most {memory_mib:.0f} MiB"
        )


if __name__ == "__main__":
    main()
