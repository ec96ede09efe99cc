"""MYC05xx: fields, defaults and values."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.explanations.explanation import Explanation

FIELD_EXPLANATIONS = (
    Explanation(
        Code.OPTIONAL_NOT_TAGGED,
        "`?` where nothing can be absent",
        "Only fields of a message with a number can be absent. The block, structs and unions hold all they declare.",
        "Give the field a number.",
        "message Quote = 1000 { venue: u8?; }",
        "message Quote = 1000 { 1 venue: u8?; }",
    ),
    Explanation(
        Code.OPTIONAL_WITH_DEFAULT,
        "a field both optional and with a default",
        "If an optional field is absent there is no value; if a field with a default is absent it has that value.",
        "Choose one.",
        "message Quote = 1000 { 1 venue: u8? = 0; }",
        "message Quote = 1000 { 1 venue: u8 = 0; }",
    ),
    Explanation(
        Code.DEFAULT_NOT_ALLOWED,
        "a default where none can be",
        "Fields of messages may have defaults, if their type is a bool, number, text, bytes, uuid, enum, list or map.",
        "Leave it out; in a message the field may be optional instead.",
        "struct Level { price: f64 = 0; }",
        "struct Level { price: f64; }",
    ),
    Explanation(
        Code.WRONG_VALUE,
        "a value of another type",
        "A value is a literal of the type of its field or constant, or a constant of that type.",
        "Write a value of the type.",
        'message Quote = 1000 { 1 size: u32 = "none"; }',
        "message Quote = 1000 { 1 size: u32 = 0; }",
    ),
    Explanation(
        Code.VALUE_OUT_OF_RANGE,
        "a value its type cannot hold",
        "The number lies outside the type or outside the limits of the field.",
        "Choose another number, or a wider type or limit.",
        "message Quote = 1000 { 1 size: u8 = 256; }",
        "message Quote = 1000 { 1 size: u16 = 256; }",
    ),
    Explanation(
        Code.UNKNOWN_MEMBER,
        "a member the enum does not have",
        "The default of an enum field is the name of one of its members.",
        "Correct the name, or add the member.",
        "enum Side: u8 { BUY = 1; SELL = 2; }\nmessage Order = 1000 { 1 side: Side = BYE; }",
        "enum Side: u8 { BUY = 1; SELL = 2; }\nmessage Order = 1000 { 1 side: Side = BUY; }",
    ),
    Explanation(
        Code.NOT_EXACT,
        "a number with too many digits after the point",
        "A decimal holds its number exactly, so a number with more digits than its scale has no place in it.",
        "Write fewer digits, or choose a larger scale.",
        "message Fee = 1000 { 1 rate: decimal<2> = 0.125; }",
        "message Fee = 1000 { 1 rate: decimal<3> = 0.125; }",
    ),
    Explanation(
        Code.VALUE_OUT_OF_BOUND,
        "a value outside its bound",
        "The text, bytes, list or map is shorter or longer than its type allows.",
        "Choose another value, or a wider bound.",
        'message Order = 1000 { 1 account: string<1..4> = "house"; }',
        'message Order = 1000 { 1 account: string<1..5> = "house"; }',
    ),
    Explanation(
        Code.MALFORMED_VALUE,
        "a text that is no value of its type",
        "Bytes are written in hexadecimal digits, uuids as 8-4-4-4-12 of them, ascii in printable ASCII characters.",
        "Write the text in this form.",
        'const MAGIC: bytes = "mycelium";',
        'const MAGIC: bytes = "6d7963656c69756d";',
    ),
    Explanation(
        Code.BLOCK_NOT_FIRST,
        "a field without a number after one with a number",
        "Fields without a number form the block, which comes first in the message and on the wire.",
        "Move the field up, or give it a number.",
        "message Quote = 1000 {\n    1 venue: u8?;\n    bid: f64;\n}",
        "message Quote = 1000 {\n    bid: f64;\n    1 venue: u8?;\n}",
    ),
    Explanation(
        Code.NUMBERED_STRUCT_FIELD,
        "a number in a struct",
        "The fields of a struct are packed in the order they are declared; they need no numbers.",
        "Remove the number, or make it a message.",
        "struct Level { 1 price: f64; }",
        "struct Level { price: f64; }",
    ),
    Explanation(
        Code.VARIANT_WITHOUT_TAG,
        "a variant without a number",
        "The number of a variant tells on the wire which one follows.",
        "Give it a number.",
        "union Event { text: string; }",
        "union Event { 1 text: string; }",
    ),
)
