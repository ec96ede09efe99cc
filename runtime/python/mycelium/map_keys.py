"""How the key of a map is written in a path and in the JSON form."""

from __future__ import annotations

from typing import Any

from mycelium import plan


def key_name(type_: plan.Type, key: Any) -> str:
    """A key as the name of a JSON member: numbers in decimal, enums by name, bytes in hex."""
    match type_:
        case plan.Integer():
            return str(int(key))
        case plan.Enum(enum=enum):
            return enum.__plan__.names.get(int(key), str(int(key)))
        case plan.FixedBytes():
            return bytes(key).hex()
    return str(key)


def key_text(type_: plan.Type, key: Any) -> str:
    """A key as it stands between the brackets of a path: names of numbers bare, all else in double quotes."""
    name = key_name(type_, key)
    if isinstance(type_, plan.Integer | plan.Enum):
        return name
    return quoted(name)


def quoted(name: str) -> str:
    """A name in double quotes, as it stands in a path."""
    return '"' + "".join(_ESCAPES.get(character, character) for character in name) + '"'


_ESCAPES = {chr(code): f"\\u{code:04x}" for code in range(0x20)} | {'"': '\\"', "\\": "\\\\"}
