"""msgspec, JSON: one encoder, a decoder per class, identities and decimals as types of its own."""

from __future__ import annotations

import msgspec

from benches.codec.contestant import Contestant
from benches.codec.contestants import of_classes
from benches.codec.contestants.msgspec_structs import Book, Level, Order, Quote, TradingQuote

TITLE = "msgspec JSON"
_encode = msgspec.json.Encoder().encode


def quote() -> Contestant:
    return of_classes.quote(Quote, _encode, msgspec.json.Decoder(Quote).decode)


def book() -> Contestant:
    return of_classes.book(Book, Level, _encode, msgspec.json.Decoder(Book).decode)


def order() -> Contestant:
    return of_classes.order(Order, _encode, msgspec.json.Decoder(Order).decode, carries_identity=True)


def trading_quote() -> Contestant:
    decode = msgspec.json.Decoder(TradingQuote).decode
    return of_classes.trading_quote(TradingQuote, _encode, decode, carries_decimal=True)
