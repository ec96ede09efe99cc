"""MYC10xx: what `mycelium-gen check` finds between two versions."""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.explanations.explanation import Explanation

EVOLUTION_EXPLANATIONS = (
    Explanation(
        Code.FIELD_ADDED,
        "a field that may be absent was added",
        "A new field is optional or has a default. Older writers lack it and older readers pass over it.",
        "Nothing has to be done.",
    ),
    Explanation(
        Code.REQUIRED_FIELD_ADDED,
        "a required field was added",
        "A new field is required, and messages of older writers lack it. Older readers pass over it.",
        "Make it optional or give it a default; or update every writer first.",
    ),
    Explanation(
        Code.FIELD_REMOVED,
        "a field that could be absent was removed",
        "An optional field, or one with a default, is gone. Older readers take none or the default.",
        "Nothing has to be done, if its tag and name are reserved.",
    ),
    Explanation(
        Code.REQUIRED_FIELD_REMOVED,
        "a required field was removed",
        "A required field is gone, and older readers refuse messages without it.",
        "Keep it; or give it a default, update every reader, and remove it then.",
    ),
    Explanation(
        Code.FIELD_TYPE_CHANGED,
        "another type",
        (
            "A field, variant, element, key or value has another type. Values are typed: where the bytes can "
            "be read at all, they are misread."
        ),
        "Keep the type, and add a field of the new type.",
    ),
    Explanation(
        Code.TAG_CHANGED,
        "a field in another place",
        (
            "A field has another tag, or moved into the block or out of it. What one side writes the other "
            "does not find."
        ),
        "Put it back.",
    ),
    Explanation(
        Code.REQUIRED_TO_OPTIONAL,
        "a required field became optional",
        "New writers may leave the field out, and older readers refuse messages without it.",
        "Give it a default instead; or update every reader before a writer leaves it out.",
    ),
    Explanation(
        Code.OPTIONAL_TO_REQUIRED,
        "an optional field became required",
        "Older writers may leave the field out, and new readers refuse messages without it.",
        "Leave it optional, or give it a default.",
    ),
    Explanation(
        Code.DEFAULT_ADDED_OR_REMOVED,
        "a required field got a default, or lost it",
        "The field is always written, with a default or without, so both versions read each other.",
        "Nothing has to be done.",
    ),
    Explanation(
        Code.ABSENCE_CHANGED,
        "none arrives as the default",
        (
            "A field with a default became optional, or the other way round. What was none on one side is "
            "the default on the other."
        ),
        "Make sure that both mean the same to every program.",
    ),
    Explanation(
        Code.DEFAULT_CHANGED,
        "another default",
        "The bytes agree, but where the field is absent it now means something else.",
        "Keep the default, or add a field with the new one.",
    ),
    Explanation(
        Code.LIMIT_NARROWED,
        "a narrower limit",
        (
            "A limit or bound excludes values that were allowed. New readers refuse them where they were "
            "written."
        ),
        "Keep the limit, and refuse the values in the program.",
    ),
    Explanation(
        Code.LIMIT_WIDENED,
        "a wider limit",
        "A limit or bound allows values that were excluded. Older readers refuse them.",
        "Update every reader before a writer uses what is new, or keep the limit.",
    ),
    Explanation(
        Code.MEMBER_ADDED,
        "a member was added to an open enum",
        "Older readers have no name for its number, and keep the number.",
        "Nothing has to be done.",
    ),
    Explanation(
        Code.CLOSED_MEMBER_ADDED,
        "a member was added to a closed enum",
        "Older readers refuse a number that is no member.",
        "Update every reader before a writer sends it.",
    ),
    Explanation(
        Code.MEMBER_REMOVED,
        "a member was removed from an open enum",
        "Readers keep its number without a name.",
        "Nothing has to be done, if its number is reserved.",
    ),
    Explanation(
        Code.CLOSED_MEMBER_REMOVED,
        "a member was removed from a closed enum",
        "New readers refuse its number where it was written.",
        "Keep it, marked `@deprecated`.",
    ),
    Explanation(
        Code.MEMBER_RENUMBERED,
        "a member with another number",
        "One name has two numbers: each side takes the member for another or for none.",
        "Give it back its number.",
    ),
    Explanation(
        Code.ENUM_CLOSED,
        "an open enum was closed",
        "Numbers without a name were allowed, and new readers refuse them.",
        "Leave it open.",
    ),
    Explanation(
        Code.ENUM_OPENED,
        "a closed enum was opened",
        "Older readers refuse numbers without a name, which are allowed now.",
        "Update every reader before a writer sends a new number.",
    ),
    Explanation(
        Code.ENUM_BASE_CHANGED,
        "an enum of another size",
        "The base of the enum changed, and with it the size of every value.",
        "Keep the base.",
    ),
    Explanation(
        Code.VARIANT_ADDED,
        "a variant was added to a union",
        "Older readers keep it as an unknown variant.",
        "Nothing has to be done.",
    ),
    Explanation(
        Code.VARIANT_REMOVED,
        "a variant was removed from a union",
        "New readers keep it as an unknown variant where it was written.",
        "Nothing has to be done, if its tag is reserved.",
    ),
    Explanation(
        Code.VARIANT_RENUMBERED,
        "a variant with another tag",
        "Each side takes the variant for another or for an unknown one.",
        "Give it back its tag.",
    ),
    Explanation(
        Code.BLOCK_CHANGED,
        "a block that changed before its end",
        (
            "Fields of a block are known by their place. One that is inserted, moved or removed changes the "
            "meaning of all after it; one removed from the end leaves its place to the next that is added."
        ),
        "Put the block back in its order; add fields at its end or with a number.",
    ),
    Explanation(
        Code.STRUCT_CHANGED,
        "a struct that changed",
        "A struct is a fixed layout, packed wherever it is used, and never evolves.",
        "Keep it, and declare another.",
    ),
    Explanation(
        Code.NAME_CHANGED,
        "another name",
        "The wire holds no names, so both versions read each other. Programs and the JSON form use names.",
        "Keep the name, or change the programs together with it.",
    ),
    Explanation(
        Code.TOPIC_CHANGED,
        "another topic",
        "Publishers and subscribers of different versions use different topics and do not meet.",
        "Keep the topic, or publish on both for a while.",
    ),
    Explanation(
        Code.TYPE_ID_CHANGED,
        "another type id",
        "A frame names its message by the type id: readers of the other version do not know it.",
        "Give it back its type id.",
    ),
    Explanation(
        Code.TYPE_ID_REUSED,
        "a type id of another message",
        "Frames of the old message are taken for the new one, and the other way round.",
        "Use a type id that was never used.",
    ),
    Explanation(
        Code.MESSAGE_ADDED,
        "a message was added",
        "Nothing of the older version uses it.",
        "Nothing has to be done.",
    ),
    Explanation(
        Code.MESSAGE_REMOVED,
        "a message was removed",
        "Frames of it are not known any more.",
        "Nothing has to be done, if its type id is reserved.",
    ),
    Explanation(
        Code.TYPE_ID_NOT_RESERVED,
        "the type id of a removed message is free",
        "A later message could take the type id, and be taken for the one that is gone.",
        "Reserve the type id in a file of the package.",
    ),
    Explanation(
        Code.CONSTANT_CHANGED,
        "another value of a constant",
        "Programs of the two versions count on different values. No byte depends on it any more.",
        "Make sure that no program relies on both sides having the same.",
    ),
    Explanation(
        Code.SENSITIVITY_CHANGED,
        "something became sensitive, or no longer is",
        "The bytes agree. What is sensitive is printed as `<redacted>`, and older programs print what it was then.",
        "Look at where it is printed and logged.",
    ),
    Explanation(
        Code.SOURCE_CHANGED,
        "programs have to change",
        (
            "Generated code has another shape in the languages named, and programs that use it break when they are "
            "built with it: a name is gone, a type is another, something has to be given, or a match lacks a case."
        ),
        "Change the programs together with the generated code. Both versions still read what the verdicts say.",
    ),
    Explanation(
        Code.NOT_RESERVED,
        "something removed was not reserved",
        (
            "A later version could use the number or the name for something else, and old bytes would be "
            "misread."
        ),
        "Reserve the tag and the name of a field, the number of a member or variant.",
    ),
    Explanation(
        Code.RESERVED_REUSED,
        "something reserved is used again",
        "What is reserved once meant something else, and old bytes would be misread.",
        "Reserve it again, and choose another.",
    ),
    Explanation(
        Code.STALE_ACCEPTANCE,
        "an acceptance that accepts nothing",
        "The lock accepts a break that is not there any more, or the acceptance has expired.",
        "Remove it from the lock; or accept the break again, if it is still intended.",
    ),
)
