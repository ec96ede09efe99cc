"""Arrow record batches hold what the columns hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow
import pytest
from column_values import WITH_AND_WITHOUT_NATIVE, each_codec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plan_values import message_values

from mycelium import native, plan
from mycelium.columns import to_arrow
from mycelium.message import Message

__all__ = ["each_codec"]

NAMES = "Scalars Optionals Leaf Texts Maps Sparse Limits Quote Mixed Wide1 Older Newer Empty".split()


def arrow_value(type_: plan.Type, value: Any) -> Any:
    """A decoded value as Arrow shows it: times as numbers, since a datetime has no nanoseconds."""
    if value is None:
        return None
    match type_:
        case plan.Integer(bits=bits, signed=signed) if bits > 64:
            return value.to_bytes(bits // 8, "little", signed=signed)
        case plan.Uuid():
            return value.bytes
        case plan.Enum():
            return int(value)
        case plan.Struct(struct=struct):
            return {
                field.attribute: arrow_value(field.type, getattr(value, field.attribute))
                for field in struct.__plan__.fields
            }
        case plan.Message(message=message):
            return row_of(message, value)
        case plan.Array(element=element) | plan.List(element=element):
            return [arrow_value(element, item) for item in value]
        case plan.Map(key=key, value=item_type):
            return [(arrow_value(key, each), arrow_value(item_type, item)) for each, item in value.items()]
        case plan.Float(bits=32):
            return pyarrow.scalar(value, pyarrow.float32()).as_py()
    return value


def row_of(message: type[Message], value: Message) -> dict[str, Any]:
    return {
        field.attribute: arrow_value(field.type, getattr(value, field.attribute))
        for field in message.__plan__.fields
    }


def times_as_numbers(batch: Any) -> Any:
    """Timestamps and durations as int64; they stand at the top in these messages."""
    arrays = [
        column.cast(pyarrow.int64()) if pyarrow.types.is_temporal(column.type) else column
        for column in batch.columns
    ]
    return pyarrow.RecordBatch.from_arrays(arrays, names=batch.schema.names)


@pytest.mark.parametrize("on", WITH_AND_WITHOUT_NATIVE)
@pytest.mark.parametrize("name", NAMES)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(data=st.data())
def test_rows_are_those_of_decoding(
    generated: Mapping[str, type[Message]], name: str, on: bool, data: st.DataObject
) -> None:
    message = generated[name]
    values = data.draw(st.lists(message_values(message), max_size=4))
    with native.forced(on):
        batch = to_arrow(message, [value.encode() for value in values])
    batch.validate(full=True)
    if message.__plan__.fields:
        decoded = [message.decode(value.encode()) for value in values]
        assert repr(times_as_numbers(batch).to_pylist()) == repr([row_of(message, each) for each in decoded])


@pytest.mark.usefixtures("each_codec")
def test_types_are_those_of_the_table(generated: Mapping[str, type[Message]]) -> None:
    schema = generated["Scalars"].to_arrow([]).schema
    expected = {
        "flag": "bool",
        "e": "fixed_size_binary[16]",
        "at": "timestamp[ns, tz=UTC]",
        "took": "duration[ns]",
        "price": "decimal128(19, 8)",
        "id": "fixed_size_binary[16]",
        "closed": "uint16",
        "code": "large_string",
        "quad": "fixed_size_list<item: uint16>[4]",
        "point": "struct<x: double, y: double>",
    }
    assert {name: str(schema.field(name).type) for name in expected} == expected
    assert str(generated["Maps"].to_arrow([]).schema.field("names").type) == "map<large_string, double>"


@pytest.mark.usefixtures("each_codec")
def test_the_smallest_time_is_no_null(generated: Mapping[str, type[Message]]) -> None:
    """The smallest i64 is NaT to numpy, and a time like any other here."""
    message = generated["Quote"]
    smallest = -(1 << 63)
    value = message(symbol="S", ts=smallest, bid=1.5, ask=2.0, bid_size=3, ask_size=4, sequence=5, side=1)
    batch = message.to_arrow([value.encode()])
    assert batch.column("ts").cast(pyarrow.int64()).to_pylist() == [smallest]
    assert batch.column("ts").null_count == 0
