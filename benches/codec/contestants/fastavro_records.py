"""fastavro: parsed schemas, records without a header, identities in 16 bytes, decimals as Avro's own type."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import fastavro

from benches.codec.contestant import Contestant
from benches.codec.contestants import of_dictionaries

TITLE = "fastavro"
_TEXTS = {"type": "array", "items": "string"}
_DECIMAL = {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 8}
_QUOTE = {"symbol": "string", "time": "long", "bid": "double", "ask": "double"}
_SIZES = {"bid_size": "long", "ask_size": "long", "sequence": "long"}


def _record(name: str, fields: dict[str, Any]) -> Any:
    described = [{"name": field, "type": type_} for field, type_ in fields.items()]
    return {"type": "record", "name": name, "fields": described}


def _codec(name: str, fields: dict[str, Any]) -> tuple[Callable[[Any], bytes], Callable[[bytes], Any]]:
    parsed = fastavro.parse_schema(_record(name, fields))
    write, read = fastavro.schemaless_writer, fastavro.schemaless_reader

    def encode(record: Any) -> bytes:
        stream = BytesIO()
        write(stream, parsed, record)
        return stream.getvalue()

    def decode(body: bytes) -> Any:
        return read(BytesIO(body), parsed, None)

    return encode, decode


def quote() -> Contestant:
    return of_dictionaries.quote(*_codec("Quote", {**_QUOTE, **_SIZES, "side": "int"}))


def book() -> Contestant:
    fields = {
        "symbol": "string",
        "time": "long",
        "sequence": "long",
        "bids": {"type": "array", "items": _record("Level", {"price": "double", "quantity": "double"})},
        "asks": {"type": "array", "items": "Level"},
    }
    return of_dictionaries.book(*_codec("Book", fields))


def order() -> Contestant:
    fields = {
        "id": {"type": "fixed", "name": "Identity", "size": 16},
        "symbol": "string",
        "side": "int",
        "limit_price": ["null", "double"],
        "tags": _TEXTS,
        "attributes": {"type": "map", "values": "string"},
    }
    return of_dictionaries.order(*_codec("Order", fields), identity="bytes")


def trading_quote() -> Contestant:
    fields = {
        "symbol": "string",
        "time": "long",
        "bid": _DECIMAL,
        "ask": _DECIMAL,
        **_SIZES,
        "venue": ["null", "int"],
        "conditions": ["null", _TEXTS],
    }
    return of_dictionaries.trading_quote(*_codec("TradingQuote", fields), carries_decimal=True)
