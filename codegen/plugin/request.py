"""Schema -> the one JSON document a plugin reads."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mycelium.codegen.digest_form import digest_form
from mycelium.codegen.plugin.form import PLUGIN_FORM
from mycelium.idl.descriptor import to_descriptor
from mycelium.idl.lock import Direction, KnownVersion, MessageHistory
from mycelium.idl.schema import Schema


def plugin_request(
    schema: Schema, options: Mapping[str, str], histories: Mapping[str, MessageHistory]
) -> bytes:
    """The request in UTF-8. Equal schemas, options and histories give equal bytes."""
    document = {
        "plugin": PLUGIN_FORM,
        "options": dict(sorted(options.items())),
        "digests": digest_form(schema),
        "histories": {
            name: _history(history)
            for name, history in sorted(histories.items())
            if history != MessageHistory()
        },
        "descriptor": to_descriptor(schema),
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


def _history(history: MessageHistory) -> dict[str, object]:
    return {
        "version": history.version,
        "same": history.same,
        "known": [_known_version(each) for each in history.known],
    }


def _known_version(known: KnownVersion) -> dict[str, object]:
    return {
        "version": known.version,
        "wire_u64": known.wire_digest,
        "reads": known.direction in (Direction.READS, Direction.BOTH),
        "is_read_by": known.direction in (Direction.IS_READ_BY, Direction.BOTH),
        "differences": list(known.differences),
    }
