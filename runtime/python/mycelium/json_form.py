"""Messages as JSON, for tools, logs and test vectors (docs/wire.md, *JSON form*).

The form is complete: sensitive values are in it. ``to_json`` gives what ``json.dumps`` takes, ``from_json`` takes
what ``json.loads`` gives.
"""

from __future__ import annotations

from mycelium.json_reader import from_json
from mycelium.json_writer import JsonValue, to_json

__all__ = ["JsonValue", "from_json", "to_json"]
