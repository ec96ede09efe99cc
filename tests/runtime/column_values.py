"""Arrays back to the values they hold, one by one: what decoding gives, computed another way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from mycelium import native, plan
from mycelium.message import Message
from mycelium.plan import Presence

WITH_AND_WITHOUT_NATIVE = [False] if native.reason is not None else [False, True]


@pytest.fixture(params=WITH_AND_WITHOUT_NATIVE, ids=lambda on: "native" if on else "python")
def each_codec(request: pytest.FixtureRequest) -> Iterator[None]:
    """The native codec where it is installed, and pure Python."""
    forced: Callable[[bool], AbstractContextManager[None]] = native.forced
    with forced(request.param):
        yield


def row_values(
    message: type[Message], columns: Mapping[str, Any], row: int, prefix: str = ""
) -> dict[str, Any]:
    """The fields of one row, by attribute."""
    values = {}
    for field in message.__plan__.fields:
        name = prefix + field.attribute
        if field.presence is Presence.OPTIONAL and not columns[f"{name}:present"][row]:
            values[field.attribute] = None
        else:
            values[field.attribute] = value_at(field.type, columns, name, row)
    return values


def value_at(type_: plan.Type, columns: Mapping[str, Any], name: str, row: int) -> Any:
    """One value of a column."""
    if plan.fixed_size(type_) is not None:
        return fixed_value(type_, columns[name][row])
    if isinstance(type_, plan.Message):
        return type_.message(**row_values(type_.message, columns, row, f"{name}."))
    start, end = (int(columns[f"{name}:offsets"][at]) for at in (row, row + 1))
    match type_:
        case plan.String():
            return columns[f"{name}:bytes"][start:end].tobytes().decode()
        case plan.Bytes():
            return columns[f"{name}:bytes"][start:end].tobytes()
        case plan.List(element=element):
            return tuple(value_at(element, columns, f"{name}:items", at) for at in range(start, end))
        case plan.Map(key=key, value=value):
            return {
                value_at(key, columns, f"{name}:keys", at): value_at(value, columns, f"{name}:values", at)
                for at in range(start, end)
            }
    raise AssertionError(type_)


def fixed_value(type_: plan.Type, found: Any) -> Any:
    """A value of fixed size, from numpy's."""
    match type_:
        case plan.Boolean() | plan.Float():
            return found.item()
        case plan.Integer(bits=bits, signed=signed) if bits > 64:
            return int.from_bytes(found.tobytes(), "little", signed=signed)
        case plan.Integer():
            return found.item()
        case plan.Timestamp() | plan.Duration():
            return found.view("i8").item()
        case plan.Decimal(scale=scale):
            return Decimal(found.item()).scaleb(-scale)
        case plan.Uuid():
            return UUID(bytes=found.tobytes())
        case plan.Ascii():
            return found.decode()
        case plan.FixedBytes():
            return found.tobytes()
        case plan.Enum(enum=enum):
            return enum(found.item())
        case plan.Struct(struct=struct):
            return struct(
                *(fixed_value(field.type, found[field.attribute]) for field in struct.__plan__.fields)
            )
        case plan.Array(element=element):
            return tuple(fixed_value(element, each) for each in found)
    raise AssertionError(type_)
