"""Schema -> the one JSON document a plugin reads."""

from __future__ import annotations

import json
from collections.abc import Mapping

from mycelium.codegen.digest_form import digest_form
from mycelium.codegen.plugin.form import PLUGIN_FORM
from mycelium.idl.descriptor import to_descriptor
from mycelium.idl.schema import Schema


def plugin_request(schema: Schema, options: Mapping[str, str]) -> bytes:
    """The request in UTF-8. Equal schemas and options give equal bytes."""
    document = {
        "plugin": PLUGIN_FORM,
        "options": dict(sorted(options.items())),
        "digests": digest_form(schema),
        "descriptor": to_descriptor(schema),
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()
