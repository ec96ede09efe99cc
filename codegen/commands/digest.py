"""``mycelium-gen digest SCHEMAS``: the digests of every message and of the whole set."""

from __future__ import annotations

import json

from mycelium.codegen.commands.console import FINE, PROBLEMS_FOUND, Console
from mycelium.codegen.commands.schemas import SchemaSelection, compile_selection
from mycelium.codegen.digest_form import digest_form
from mycelium.idl.digest import canonical_forms, message_digests, schema_digests
from mycelium.idl.schema import Schema


def run(selection: SchemaSelection, *, as_json: bool, canonical: bool, console: Console) -> int:
    """One line per message, sorted by name: wire digest, full digest, type id or -, name. Then the set."""
    schema = compile_selection(selection, console)
    if schema is None:
        return PROBLEMS_FOUND
    if canonical:
        for tier in ("wire", "full"):
            for _, form in sorted(canonical_forms(schema, tier).items()):
                console.result(form.rstrip("\n"))
    elif as_json:
        console.result(json.dumps(digest_form(schema), indent=2))
    else:
        _print_table(schema, console)
    return FINE


def _print_table(schema: Schema, console: Console) -> None:
    digests = message_digests(schema)
    for message in sorted(schema.messages(), key=lambda message: message.qualified_name):
        digest = digests[message.qualified_name]
        type_id = "-" if message.type_id is None else message.type_id
        console.result(
            f"{digest.wire_u64:016x}  {digest.full_u64:016x}  {type_id:>5}  {message.qualified_name}"
        )
    whole = schema_digests(schema, digests)
    console.result(f"{whole.wire.hex()}  wire digest of the set")
    console.result(f"{whole.full.hex()}  full digest of the set")
