"""MYC09xx: what ``lint`` finds."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.explanations.explanation import Explanation

HABIT_EXPLANATIONS = (
    Explanation(
        Code.TYPE_NAME_STYLE,
        "a type that is not in UpperCamel",
        "Enums, structs, messages and unions are named like `OrderBook`.",
        "Rename it. The wire does not change.",
        "struct price_level { price: f64; }",
        "struct PriceLevel { price: f64; }",
    ),
    Explanation(
        Code.FIELD_NAME_STYLE,
        "a field or variant that is not in lower_snake",
        "Fields and variants are named like `bid_size`.",
        "Rename it. The wire does not change; the JSON form does.",
        "struct Level { bidSize: u32; }",
        "struct Level { bid_size: u32; }",
    ),
    Explanation(
        Code.MEMBER_NAME_STYLE,
        "an enum member or constant that is not in UPPER_SNAKE",
        "Enum members and constants are named like `MAX_LEVELS`.",
        "Rename it. The wire does not change; the JSON form of enums does.",
        "const maxLevels: u32 = 20;",
        "const MAX_LEVELS: u32 = 20;",
    ),
    Explanation(
        Code.PACKAGE_NAME_STYLE,
        "a package that is not in lower case",
        "Packages are named like `trading.market_data`.",
        "Rename it.",
        "package Trading.Market;\n\nmessage Order = 1000 { }",
        "package trading.market;\n\nmessage Order = 1000 { }",
    ),
    Explanation(
        Code.UNUSED_IMPORT,
        "an import that is not needed",
        "Nothing in the file names anything the import brings.",
        "Remove it.",
        'import "trading/types.myc";\n\nmessage Order = 1000 { }',
        "message Order = 1000 { }",
    ),
    Explanation(
        Code.UNATTACHED_DOC_COMMENT,
        "a doc comment that documents nothing",
        "A `///` comment belongs to the declaration, field, member or variant on the lines after it.",
        "Move it above what it describes, or write `//`.",
        "struct Level {\n    price: f64;  /// In dollars.\n}",
        "struct Level {\n    /// In dollars.\n    price: f64;\n}",
    ),
    Explanation(
        Code.BLOCK_SUGGESTED,
        "required fixed-size fields outside the block",
        "In the block they would need no headers: smaller, and read with one step.",
        "If the message is new, take their numbers away and put them first. A released message cannot change this.",
        "message Order = 1000 {\n    1 price: f64;\n    2 size: u32;\n    3 side: u8;\n    4 note: string?;\n}",
        "message Order = 1000 {\n    price: f64;\n    size: u32;\n    side: u8;\n    1 note: string?;\n}",
    ),
    Explanation(
        Code.TAGGED_ON_TOPIC,
        "a required fixed-size field tagged in a message on a topic",
        "Messages on topics are the hot ones, and the block is the fast part of them.",
        "If the message is new, put the field into the block. A released message cannot change this.",
        'message Quote = 1000 @topic("quotes") {\n    bid: f64;\n    1 ask: f64;\n}',
        'message Quote = 1000 @topic("quotes") {\n    bid: f64;\n    ask: f64;\n}',
    ),
)
