"""Schema names -> Python names.

A name that means something else in its place gets an underscore, and so does the same name already followed by
underscores; no two names of a schema can meet that way.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Set

_ANNOTATION_NAMES = frozenset({"bool", "bytes", "dict", "float", "int", "str", "tuple"})
"""Builtins that stand in annotations, where a field or class of that name would take their place."""

_FUNCTION_NAMES = frozenset({"len", "list", "map", "set", "sorted", "type"})
"""Builtins that stand in generated functions."""

_KEYWORDS = frozenset(keyword.kwlist)

RESERVED_FOR_TYPES = _KEYWORDS | _ANNOTATION_NAMES | _FUNCTION_NAMES | {"ClassVar", "annotations"}

RESERVED_FOR_FIELDS = (
    _KEYWORDS
    | _ANNOTATION_NAMES
    | {
        "ClassVar",
        "Decimal",
        "FULL_DIGEST",
        "NAME",
        "TOPIC",
        "TYPE_ID",
        "UUID",
        "VERSIONS",
        "WIRE_DIGEST",
        "decode",
        "decode_columns",
        "encode",
        "encode_into",
        "self",
        "to_arrow",
        "to_numpy",
        "version_verdict",
        "view",
    }
)

RESERVED_FOR_MEMBERS = _KEYWORDS | {
    "as_integer_ratio",
    "bit_count",
    "bit_length",
    "conjugate",
    "denominator",
    "from_bytes",
    "imag",
    "is_integer",
    "is_known",
    "mro",
    "name",
    "numerator",
    "real",
    "to_bytes",
    "value",
}

_LOCAL_NAMES = re.compile(
    r"(?:body|data|depth|end|entries|header|item|items|key|message|parts|position|previous|raw|raws|size|start|stop|value"
    r"|variant)(?:_[0-9]+)?"
)
"""Variables that generated functions have beside those named after fields."""


def escaped(name: str, reserved: Set[str]) -> str:
    """The name, with one more underscore if it is a reserved one followed by any number of them."""
    return f"{name}_" if name.rstrip("_") in reserved or name in reserved else name


def is_function_name(name: str) -> bool:
    """Whether generated functions use this name for something of their own."""
    return name in _FUNCTION_NAMES or name in _ANNOTATION_NAMES or _LOCAL_NAMES.fullmatch(name) is not None


def upper_camel(name: str) -> str:
    """``far_away`` -> ``FarAway``."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    """``OrderBook`` -> ``order_book``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def module_parts(package: str) -> tuple[str, ...]:
    """The importable parts of a package's name."""
    return tuple(escaped(part, _KEYWORDS) for part in package.split("."))


class UniqueNames:
    """Hands out names, each once: a name already taken gets underscores until it is free."""

    def __init__(
        self, taken: Set[str] = frozenset(), is_taken: Callable[[str], bool] = lambda name: False
    ) -> None:
        self._taken = set(taken)
        self._is_taken = is_taken

    def take(self, wanted: str) -> str:
        """The name wanted, or the nearest free one."""
        while wanted in self._taken or self._is_taken(wanted):
            wanted += "_"
        self._taken.add(wanted)
        return wanted
