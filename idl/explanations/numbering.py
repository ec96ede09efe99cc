"""MYC06xx: tags, member numbers, type ids, reservations."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.explanations.explanation import Explanation

NUMBER_EXPLANATIONS = (
    Explanation(
        Code.BAD_TAG,
        "not a tag",
        "Tags are whole numbers from 1 to 65535; 0 is the block.",
        "Choose another number; 1 to 30 take the least space.",
        "message Order = 1000 { 0 price: f64; }",
        "message Order = 1000 { 1 price: f64; }",
    ),
    Explanation(
        Code.DUPLICATE_TAG,
        "a tag used twice",
        "The tag tells on the wire which field or variant follows.",
        "Give one of them the next free tag.",
        "message Order = 1000 { 1 price: f64; 1 size: u32; }",
        "message Order = 1000 { 1 price: f64; 2 size: u32; }",
    ),
    Explanation(
        Code.BAD_TYPE_ID,
        "not a type id for this package",
        "Type ids are 1000 to 49999 for applications and 50000 to 65535 for experiments; 1 to 999 belong to Mycelium.",
        "Choose another type id.",
        "message Order = 7 { }",
        "message Order = 1007 { }",
    ),
    Explanation(
        Code.DUPLICATE_TYPE_ID,
        "a type id used twice",
        "The type id tells on the wire which message follows, so it is unique over all packages compiled together.",
        "Give one of them the next free type id.",
        "message Order = 1000 { }\nmessage Fill = 1000 { }",
        "message Order = 1000 { }\nmessage Fill = 1001 { }",
    ),
    Explanation(
        Code.BAD_MEMBER_NUMBER,
        "a number the base of the enum cannot hold",
        "Member numbers are whole numbers from 0 to the largest of the base type.",
        "Choose another number, or a wider base.",
        "enum Side: u8 { BUY = 256; }",
        "enum Side: u16 { BUY = 256; }",
    ),
    Explanation(
        Code.DUPLICATE_MEMBER_NUMBER,
        "a member number used twice",
        "Each number has one name, so that what is printed is what was written.",
        "Give one of them the next free number.",
        "enum Side: u8 { BUY = 1; SELL = 1; }",
        "enum Side: u8 { BUY = 1; SELL = 2; }",
    ),
    Explanation(
        Code.RESERVED_NUMBER,
        "a reserved number",
        "It was used by something that is gone: old data would be misread as the new.",
        "Choose a number that was never used.",
        "message Order = 1000 { 3 price: f64; reserved 3; }",
        "message Order = 1000 { 4 price: f64; reserved 3; }",
    ),
    Explanation(
        Code.RESERVED_NAME,
        "a reserved name",
        "It was the name of something that is gone: old sources and texts would be misread.",
        "Choose a name that was never used.",
        'message Order = 1000 { 1 price: f64; reserved "price"; }',
        'message Order = 1000 { 1 limit_price: f64; reserved "price"; }',
    ),
    Explanation(
        Code.BAD_RESERVATION,
        "a reservation of what could never be used",
        "Reserved numbers lie in the range of their kind, ranges go upwards, and reserved names are names.",
        "Correct it, or remove it.",
        "message Order = 1000 { 1 price: f64; reserved 9..5; }",
        "message Order = 1000 { 1 price: f64; reserved 5..9; }",
    ),
    Explanation(
        Code.RESERVED_IN_STRUCT,
        "a reservation in a struct",
        "A struct never changes, so nothing of it is ever gone.",
        "Remove it, or make it a message.",
        'struct Level { price: f64; reserved "size"; }',
        "struct Level { price: f64; }",
    ),
)
