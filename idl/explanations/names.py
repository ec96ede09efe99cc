"""MYC03xx: names."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.explanations.explanation import Explanation

NAME_EXPLANATIONS = (
    Explanation(
        Code.DUPLICATE_DECLARATION,
        "a name declared twice",
        "All types and constants of a package share one space of names, over all its files.",
        "Rename one of them.",
        "struct Price { value: f64; }\nmessage Price = 1000 { }",
        "struct Price { value: f64; }\nmessage PriceChange = 1000 { }",
    ),
    Explanation(
        Code.DUPLICATE_FIELD,
        "a field or variant declared twice",
        "Every field of a message or struct and every variant of a union has a name of its own.",
        "Rename one of them.",
        "message Order = 1000 { 1 price: f64; 2 price: f64; }",
        "message Order = 1000 { 1 price: f64; 2 limit_price: f64; }",
    ),
    Explanation(
        Code.DUPLICATE_MEMBER,
        "an enum member declared twice",
        "Every member of an enum has a name of its own.",
        "Rename one of them.",
        "enum Side: u8 { BUY = 1; BUY = 2; }",
        "enum Side: u8 { BUY = 1; SELL = 2; }",
    ),
    Explanation(
        Code.UNKNOWN_TYPE,
        "no type has this name",
        "The name is no type of the language, nor one of this package, nor of a package whose file is imported.",
        "Correct the name, declare the type, or import the file that declares it.",
        "message Order = 1000 { 1 id: int64; }",
        "message Order = 1000 { 1 id: i64; }",
    ),
    Explanation(
        Code.UNKNOWN_CONSTANT,
        "no constant has this name",
        "The name is no constant of this package, nor of a package whose file is imported.",
        "Correct the name, declare the constant, or import the file that declares it.",
        "const MAX_LEVELS: u32 = 20;\nmessage Book = 1000 { 1 levels: list<f64, MAX_LEVEL>; }",
        "const MAX_LEVELS: u32 = 20;\nmessage Book = 1000 { 1 levels: list<f64, MAX_LEVELS>; }",
    ),
    Explanation(
        Code.NOT_IMPORTED,
        "a declaration of a file that is not imported",
        "Names of other packages are seen only by files that import a file of that package.",
        "Add the import.",
        "message Order = 1000 { 1 price: Price; }",
        'import "trading/types.myc";\n\nmessage Order = 1000 { 1 price: Price; }',
    ),
    Explanation(
        Code.AMBIGUOUS_NAME,
        "a name with more than one meaning",
        "Several imported packages declare it.",
        "Write it with its package.",
        'import "trading/types.myc";\nimport "energy/types.myc";\n\nmessage Order = 1000 { 1 price: Price; }',
        'import "trading/types.myc";\nimport "energy/types.myc";\n\nmessage Order = 1000 { 1 price: trading.types.Price; }',
    ),
    Explanation(
        Code.NOT_A_TYPE,
        "a constant where a type is needed",
        "The name is that of a constant.",
        "Write a type.",
        "const LIMIT: u32 = 5;\nmessage Order = 1000 { 1 limit: LIMIT; }",
        "const LIMIT: u32 = 5;\nmessage Order = 1000 { 1 limit: u32 = LIMIT; }",
    ),
    Explanation(
        Code.NOT_A_CONSTANT,
        "a type where a constant is needed",
        "The name is that of a type.",
        "Write a number or the name of a constant.",
        "struct Level { price: f64; }\nmessage Book = 1000 { 1 levels: list<f64, Level>; }",
        "struct Level { price: f64; }\nmessage Book = 1000 { 1 levels: list<Level, 20>; }",
    ),
    Explanation(
        Code.BUILT_IN_NAME,
        "a declaration named like a type of the language",
        "A type of that name could never be used: the name means the type of the language.",
        "Choose another name.",
        "enum decimal: u8 { POINT = 1; }",
        "enum DecimalMark: u8 { POINT = 1; }",
    ),
    Explanation(
        Code.CONSTANT_CYCLE,
        "constants that name each other",
        "A constant is, directly or through others, said to be itself.",
        "Give one of them a value.",
        "const FIRST: u32 = SECOND;\nconst SECOND: u32 = FIRST;",
        "const FIRST: u32 = SECOND;\nconst SECOND: u32 = 2;",
    ),
)
