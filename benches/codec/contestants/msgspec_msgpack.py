"""msgspec, MessagePack: one encoder, a decoder per class, identities and decimals as types of its own."""

from __future__ import annotations

import msgspec

from benches.codec.contestant import Contestant
from benches.codec.contestants import of_classes
from benches.codec.contestants.msgspec_structs import Book, Level, Order, Quote, TradingQuote

TITLE = "msgspec MessagePack"
_encode = msgspec.msgpack.Encoder(uuid_format="bytes").encode


def quote() -> Contestant:
    return of_classes.quote(Quote, _encode, msgspec.msgpack.Decoder(Quote).decode)


def book() -> Contestant:
    return of_classes.book(Book, Level, _encode, msgspec.msgpack.Decoder(Book).decode)


def order() -> Contestant:
    return of_classes.order(Order, _encode, msgspec.msgpack.Decoder(Order).decode, carries_identity=True)


def trading_quote() -> Contestant:
    decode = msgspec.msgpack.Decoder(TradingQuote).decode
    return of_classes.trading_quote(TradingQuote, _encode, decode, carries_decimal=True)
