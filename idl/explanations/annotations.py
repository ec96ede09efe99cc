"""MYC07xx: annotations."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.explanations.explanation import Explanation

ANNOTATION_EXPLANATIONS = (
    Explanation(
        Code.UNKNOWN_ANNOTATION,
        "an annotation the language does not know",
        "The annotations are `@topic`, `@deprecated` and `@sensitive`.",
        "Correct the name, or make it a comment.",
        "message Order = 1000 { 1 account: string @sensitiv; }",
        "message Order = 1000 { 1 account: string @sensitive; }",
    ),
    Explanation(
        Code.MISPLACED_ANNOTATION,
        "an annotation where it means nothing",
        "`@topic` stands on messages with a type id, `@sensitive` on fields and messages, `@deprecated` on anything.",
        "Move it, or remove it.",
        'message Order = 1000 { 1 account: string @topic("orders"); }',
        'message Order = 1000 @topic("orders") { 1 account: string; }',
    ),
    Explanation(
        Code.BAD_ANNOTATION_ARGUMENT,
        "an annotation that is not written like this",
        '`@topic("name")` takes a text without spaces, `@deprecated` may take a text, `@sensitive` takes nothing.',
        "Write it in its form.",
        "message Order = 1000 @topic { }",
        'message Order = 1000 @topic("orders") { }',
    ),
    Explanation(
        Code.REPEATED_ANNOTATION,
        "an annotation given twice",
        "Each annotation stands once.",
        "Remove one.",
        "message Order = 1000 { 1 account: string @sensitive @sensitive; }",
        "message Order = 1000 { 1 account: string @sensitive; }",
    ),
)
