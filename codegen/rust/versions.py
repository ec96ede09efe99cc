"""The history of a message -> the constant ``VERSIONS``."""

from __future__ import annotations

from mycelium.codegen.rust.layout import STEP, struct_literal
from mycelium.codegen.rust.literals import text_literal
from mycelium.codegen.rust.naming import upper_camel
from mycelium.idl.lock import KnownVersion, MessageHistory


def lower_versions(runtime: str, history: MessageHistory) -> str:
    """The whole item; "" for a message without history, which has that of the trait."""
    if history == MessageHistory():
        return ""
    path = f"{runtime}::versions"
    margin = " " * 2 * STEP
    match history.known:
        case ():
            known = [f"{margin}known: &[],"]
        case (only,):
            known = [_known(path, only, 2 * STEP, "known: &[", "],")]
        case several:
            entries = [_known(path, each, 3 * STEP, "", ",") for each in several]
            known = [f"{margin}known: &[", *entries, f"{margin}],"]
    fields = [
        f"{margin}version: {text_literal(history.version)},",
        f"{margin}same: {text_literal(history.same)},",
        *known,
    ]
    name = f"{path}::VersionHistory"
    return struct_literal(STEP, f"const VERSIONS: {name} = ", name, fields, ";")


def _known(path: str, known: KnownVersion, indent: int, before: str, after: str) -> str:
    margin = " " * (indent + STEP)
    fields = [
        f"{margin}version: {text_literal(known.version)},",
        f"{margin}wire_digest: 0x{known.wire_digest:016x},",
        f"{margin}direction: {path}::Direction::{upper_camel(known.direction.name)},",
        f"{margin}differences: {text_literal('; '.join(known.differences))},",
    ]
    return struct_literal(indent, before, f"{path}::KnownVersion", fields, after)
