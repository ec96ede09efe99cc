"""The digests of a schema as JSON: what ``mycelium-gen digest --json`` prints and plugins are told."""

from __future__ import annotations

from mycelium.idl.digest import message_digests, schema_digests
from mycelium.idl.schema import Schema


def digest_form(schema: Schema) -> dict[str, object]:
    """The digests of the set and of each message, all 32 bytes in hex, messages sorted by name."""
    digests = message_digests(schema)
    whole = schema_digests(schema, digests)
    return {
        "wire": whole.wire.hex(),
        "full": whole.full.hex(),
        "messages": {
            message.qualified_name: {
                "type_id": message.type_id,
                "wire": digests[message.qualified_name].wire.hex(),
                "full": digests[message.qualified_name].full.hex(),
            }
            for message in sorted(schema.messages(), key=lambda message: message.qualified_name)
        },
    }
