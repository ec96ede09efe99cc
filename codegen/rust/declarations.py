"""Constants, enums, structs and ranges: schema -> model."""

from __future__ import annotations

from collections.abc import Sequence

from mycelium.codegen.rust import layout, model
from mycelium.codegen.rust.documentation import documentation
from mycelium.codegen.rust.literals import (
    bytes_literal,
    float_literal,
    literal,
    text_literal,
    u256,
    wide_number_halves,
)
from mycelium.codegen.rust.naming import field_names
from mycelium.codegen.rust.scope import Scope
from mycelium.codegen.rust.structure import is_checked, is_limited_inside, limits
from mycelium.codegen.rust.types import TypeSpelling
from mycelium.idl.schema import (
    BlockField,
    BytesType,
    Constant,
    DecimalType,
    DurationType,
    EnumDeclaration,
    FloatType,
    IntegerType,
    StringType,
    StructDeclaration,
    StructField,
    TaggedField,
    TimestampType,
    Type,
    fixed_size,
)


def lower_constant(scope: Scope, name: str, constant: Constant) -> model.Constant:
    """``pub const NAME: type = value;``."""
    match constant.type, constant.value:
        case StringType(), str() as text:
            type_text, value = "&str", text_literal(text)
        case BytesType(), bytes() as octets:
            type_text, value = "&[u8]", bytes_literal(octets)
        case _:
            spelling = TypeSpelling(scope, name, len(name))
            type_text, value = spelling.value(constant.type), literal(scope, constant.type, constant.value)
    item = layout.statement(0, f"pub const {name}: {type_text}", " =", value, ";")
    doc = documentation(constant.doc, constant.annotations, f"`{constant.name}` of the schema.")
    return model.Constant(doc, item)


def lower_enum(scope: Scope, declaration: EnumDeclaration) -> model.Enum:
    """An enum and its members, in declaration order."""
    names = scope.crate.members[declaration.qualified_name]
    return model.Enum(
        documentation=documentation(declaration.doc, declaration.annotations, f"`{declaration.name}`."),
        name=scope.declaration(declaration.qualified_name),
        number_type=f"u{declaration.bits}",
        is_closed=declaration.closed,
        members=tuple(
            model.EnumMember(
                documentation(member.doc, member.annotations, f"`{member.name}`, {member.number}."),
                names[member.number],
                member.number,
                layout.match_arm(12, f"Self::{names[member.number]}", "Some", [text_literal(member.name)]),
            )
            for member in declaration.members
        ),
        wire=scope.wire,
        option=scope.standard("Option"),
    )


def lower_struct(scope: Scope, declaration: StructDeclaration) -> tuple[model.Struct, list[TypeSpelling]]:
    """A struct, and the spellings that hold the ranges of its fields."""
    name = scope.declaration(declaration.qualified_name)
    names = field_names(field.name for field in declaration.fields)
    spellings = [
        TypeSpelling(scope, name + camel(field.name), len(field.name)) for field in declaration.fields
    ]
    members = list(zip(declaration.fields, names, spellings, strict=True))
    redacted = any(field.annotations.sensitive for field in declaration.fields)
    checked = any(is_checked(scope.crate.schema, field.type) for field in declaration.fields)
    allowed = allows(scope, members)
    lowered = model.Struct(
        documentation=documentation(declaration.doc, declaration.annotations, f"`{declaration.name}`."),
        name=name,
        derives=derives(scope, declaration.qualified_name, ["Clone", "Copy"], shown_by_hand=redacted),
        is_redacted=redacted,
        shown_start=shown_start(declaration.name),
        size=declaration.size,
        is_checked=checked,
        fields=tuple(
            field_model(field, text, spelling.value(field.type)) for field, text, spelling in members
        ),
        checks=checks(scope, members, "bytes"),
        allows=allowed,
        puts=tuple(put(field, f"value.{text}", spelling, "bytes", 8) for field, text, spelling in members),
        literal=layout.struct_literal(
            8, "", "Self", [get(field, text, spelling, "bytes", 12) for field, text, spelling in members], ""
        ),
        wire=scope.wire,
        check_result=scope.result("()", "DecodeError"),
        list=f"{scope.standard('Vec')}<{name}>",
        put_all_signature=layout.signature(4, "fn put_all", [f"values: &[{name}]", "bytes: &mut [u8]"], ""),
        allow_signature=(
            layout.signature(4, "fn allow", [f"value: &{name}"], scope.result("()", "EncodeError"))
            if allowed
            else ""
        ),
        put_signature=layout.signature(4, "fn put", [f"value: &{name}", "bytes: &mut [u8]"], ""),
    )
    return lowered, spellings


def camel(name: str) -> str:
    """A field's name as a part of a type's name."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def derives(scope: Scope, qualified_name: str, first: Sequence[str], *, shown_by_hand: bool) -> str:
    """The derives of a struct, message or union."""
    traits = [*first, *([] if shown_by_hand else ["Debug"]), "PartialEq"]
    if qualified_name not in scope.crate.inexact:
        traits += ["Eq", "Hash"]
    return ", ".join(traits)


AnyField = StructField | BlockField | TaggedField


def field_model(field: AnyField, name: str, type_text: str) -> model.Field:
    """The declaration of a field."""
    return model.Field(
        documentation(field.doc, field.annotations, f"`{field.name}`: {place(field)}."),
        layout.statement(4, f"pub {name}", ":", type_text, ","),
        shown(field, f"self.{name}"),
    )


def place(field: AnyField) -> str:
    """Where on the wire a field is, for fields the schema does not document."""
    match field:
        case TaggedField(tag=tag):
            return f"tag {tag}"
        case BlockField(offset=offset):
            return f"byte {offset} of the block"
    return f"byte {field.offset}"


REDACTED = '&::std::format_args!("<redacted>")'


def shown_start(name: str) -> str:
    """The statement that begins a ``Debug`` form written by hand."""
    return layout.statement(8, "let mut shown", " =", f"formatter.debug_struct({text_literal(name)})", ";")


def shown(field: AnyField, value: str) -> str:
    """The statement of a ``Debug`` form that shows a field, or hides a sensitive one."""
    text = REDACTED if field.annotations.sensitive else f"&{value}"
    return layout.call(8, "", "shown.field", [text_literal(field.name), text], ";")


Members = Sequence[tuple[StructField, str, TypeSpelling]] | Sequence[tuple[BlockField, str, TypeSpelling]]


def checks(scope: Scope, members: Members, bytes_: str) -> tuple[str, ...]:
    """The statements that check the fields of a block or struct which some bytes are not valid for."""
    return tuple(
        layout.call(
            8,
            "",
            f"{scope.wire}::check::<{spelling.fixed(field.type)}>",
            [f"&{_slice(field, bytes_)}", str(field.offset), text_literal(field.name)],
            "?;",
        )
        for field, _, spelling in members
        if is_checked(scope.crate.schema, field.type)
    )


def validities(scope: Scope, members: Members, bytes_: str) -> tuple[str, ...]:
    """The statements that tell whether :func:`checks` would find nothing."""
    return tuple(
        layout.call(
            8,
            "valid &= ",
            f"{scope.wire}::is_valid::<{spelling.fixed(field.type)}>",
            [f"&{_slice(field, bytes_)}"],
            ";",
        )
        for field, _, spelling in members
        if is_checked(scope.crate.schema, field.type)
    )


def allows(scope: Scope, members: Members) -> tuple[str, ...]:
    """The statements that refuse the values of fields which not all of their type's values are valid for."""
    return tuple(
        layout.call(
            8,
            "",
            f"{scope.wire}::allow::<{spelling.fixed(field.type)}>",
            [f"&value.{name}", text_literal(field.name)],
            "?;",
        )
        for field, name, spelling in members
        if is_limited_inside(scope.crate.schema, field.type)
    )


def put(field: StructField | BlockField, value: str, spelling: TypeSpelling, bytes_: str, indent: int) -> str:
    """The statement that writes a field of a block or struct."""
    callee = f"{spelling.scope.wire}::put::<{spelling.fixed(field.type)}>"
    arguments = [f"&{value}", f"&mut {_slice(field, bytes_)}"]
    return layout.call(indent, "", callee, arguments, ";")


def get(field: StructField | BlockField, name: str, spelling: TypeSpelling, bytes_: str, indent: int) -> str:
    """The field of a struct literal that reads a field of a block or struct."""
    function = "get_boxed" if spelling.keeps_box else "get"
    callee = f"{spelling.scope.wire}::{function}::<{spelling.fixed(field.type)}>"
    return layout.call(indent, f"{name}: ", callee, [f"&{_slice(field, bytes_)}"], ",")


def _slice(field: StructField | BlockField, bytes_: str) -> str:
    end = field.offset + (fixed_size(field.type) or 0)
    return f"{bytes_}[{field.offset}..{end}]"


def lower_range(scope: Scope, name: str, type_: Type, owner: str) -> model.Range:
    """The type that stands for the range of a number."""
    low, high = (None if end is None else _limit(scope, type_, end) for end in limits(type_))
    number = "number"
    if isinstance(type_, TimestampType | DurationType):
        number = "number.nanoseconds()"
    elif isinstance(type_, DecimalType):
        number = "number.mantissa()"
    spelling = TypeSpelling(scope, name, len(name))
    return model.Range(
        name=name,
        summary=f"The range of {owner}.",
        number_type=spelling.value(type_),
        condition=_condition(number, low, high),
        wire=scope.wire,
    )


def _condition(number: str, low: str | None, high: str | None) -> str:
    value = f"*{number}" if number == "number" else number
    if low is None:
        return f"{value} <= {high}"
    if high is None:
        return f"{value} >= {low}"
    return f"({low}..={high}).contains({number if number == 'number' else f'&{number}'})"


def _limit(scope: Scope, type_: Type, value: int | float) -> str:
    if isinstance(type_, FloatType):
        return float_literal(type_.bits, float(value))
    if isinstance(type_, IntegerType) and type_.bits == 256:
        return u256(scope, int(value))
    return str(value)


def lower_wide_number(scope: Scope, name: str, value: int) -> model.Constant:
    """A private constant for a number too long to be spelled where it is used."""
    number = scope.runtime_type("U256")
    item = layout.call(
        0, f"const {name}: {number} = ", f"{number}::from_halves", wide_number_halves(value), ";"
    )
    return model.Constant(("A number of the schema.",), item)


def lower_element(name: str, type_text: str, owner: str) -> model.Constant:
    """A name for what a list or map nests."""
    item = layout.statement(0, f"pub type {name}", " =", type_text, ";")
    return model.Constant((f"What a field of `{owner}` nests.",), item)
