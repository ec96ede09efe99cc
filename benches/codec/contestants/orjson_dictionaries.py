"""orjson: dictionaries in and out; it writes identities as text, decimals are made text while building."""

from __future__ import annotations

import orjson

from benches.codec.contestant import Contestant
from benches.codec.contestants import of_dictionaries

TITLE = "orjson"


def quote() -> Contestant:
    return of_dictionaries.quote(orjson.dumps, orjson.loads)


def book() -> Contestant:
    return of_dictionaries.book(orjson.dumps, orjson.loads)


def order() -> Contestant:
    return of_dictionaries.order(orjson.dumps, orjson.loads, identity="text")


def trading_quote() -> Contestant:
    return of_dictionaries.trading_quote(orjson.dumps, orjson.loads, carries_decimal=False)
