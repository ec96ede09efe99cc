"""``mycelium-gen inspect``: what each byte of a body or frame means."""

from __future__ import annotations

import sys
from pathlib import Path

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console, UsageError
from mycelium.codegen.commands.schemas import SchemaSelection, compile_selection, find_message
from mycelium.codegen.dynamic import load_messages
from mycelium.inspection import annotate_body, annotate_frame, format_annotations


def run(
    selection: SchemaSelection,
    name: str | None,
    hex_text: str | None,
    source: Path | None,
    console: Console,
    *,
    reveal: bool,
) -> int:
    """Print one line per header, length and value, then the offence where there is one (exit code 1).

    Sensitive values are shown only with ``reveal``.
    """
    schema = compile_selection(selection, console)
    if schema is None:
        return PROBLEMS_FOUND
    messages = load_messages(schema)
    data = _input(hex_text, source)
    if name is None:
        by_type_id = {
            message.TYPE_ID: message for message in messages.values() if message.TYPE_ID is not None
        }
        inspection = annotate_frame(by_type_id, data, reveal=reveal)
    else:
        inspection = annotate_body(messages[find_message(schema, name).qualified_name], data, reveal=reveal)
    console.result(format_annotations(inspection))
    return FINE if inspection.error is None else PROBLEMS_FOUND


def _input(hex_text: str | None, source: Path | None) -> bytes:
    if hex_text is not None and source is not None:
        raise UsageError("--hex and --input do not go together")
    if source is not None:
        try:
            return source.read_bytes()
        except OSError as error:
            raise UsageError(f"{source}: {error.strerror}") from error
    if hex_text is None and sys.stdin is None:
        raise UsageError("standard input is closed")
    text = sys.stdin.read() if hex_text is None else hex_text
    try:
        return bytes.fromhex(text)
    except ValueError as error:
        raise UsageError(f"not hexadecimal: {error}") from error
