"""Single values as short text for people."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from mycelium import plan

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_CHARACTERS_SHOWN = 60


def value_text(type_: plan.Type, value: Any) -> str:
    """A value as people read it: timestamps with their date, enums with name and number, text in quotes."""
    match type_:
        case plan.Timestamp():
            return moment_text(value)
        case plan.Duration():
            return f"{value} ns"
        case plan.Enum(enum=enum):
            name = enum.__plan__.names.get(int(value))
            return f"{int(value)} without a name" if name is None else f"{name} ({int(value)})"
        case plan.Ascii() | plan.String():
            shown = value if len(value) <= _MOST_CHARACTERS_SHOWN else value[:_MOST_CHARACTERS_SHOWN] + "..."
            return json.dumps(shown, ensure_ascii=False)
        case plan.Boolean():
            return "true" if value else "false"
        case plan.FixedBytes(length=length):
            return f"{length} bytes"
        case plan.Array():
            return f"{len(value)} elements"
    return str(value)


def moment_text(nanoseconds: int) -> str:
    """Nanoseconds since 1970-01-01 UTC, and the date they mean."""
    seconds, fraction = divmod(nanoseconds, 1_000_000_000)
    moment = _EPOCH + timedelta(seconds=seconds)
    return f"{nanoseconds} ({moment:%Y-%m-%dT%H:%M:%S}.{fraction:09}Z)"
