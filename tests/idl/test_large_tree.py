"""The tree that is measured is one that compiles."""

from __future__ import annotations

from pathlib import Path

from large_tree import write_tree

from mycelium.idl.compiler import compile_schemas


def test_a_tree_of_files_compiles_whole(tmp_path: Path) -> None:
    message_count = write_tree(tmp_path, 5)
    compilation = compile_schemas(tmp_path)
    assert compilation.schema is not None
    assert len(compilation.schema.packages) == 5
    assert len(list(compilation.schema.messages())) == message_count
