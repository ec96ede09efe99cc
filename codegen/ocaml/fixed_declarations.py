"""Structs and enums -> model."""

from __future__ import annotations

from mycelium.codegen.ocaml import fixed_types
from mycelium.codegen.ocaml.components import declaration_doc, type_definition
from mycelium.codegen.ocaml.fixed_types import Place
from mycelium.codegen.ocaml.line_breaking import application, binding, items, list_, record
from mycelium.codegen.ocaml.literals import number_literal, string_literal
from mycelium.codegen.ocaml.model import EnumMember, EnumModule, StructModule
from mycelium.codegen.ocaml.naming import NameSpace
from mycelium.codegen.ocaml.printing import print_step
from mycelium.codegen.ocaml.scope import Scope
from mycelium.idl.schema import EnumDeclaration, EnumType, StructDeclaration

_STEP_INDENT = 2


def struct_module(scope: Scope, declaration: StructDeclaration) -> StructModule:
    """A struct."""
    names = scope.symbols.members[declaration.qualified_name]
    locals_ = NameSpace(names)
    bytes_, start = locals_.claim("bytes"), locals_.claim("start")
    fields = list(zip(declaration.fields, names, strict=True))
    get_steps = [
        binding(name, fixed_types.get(scope, field.type, Place(bytes_, start, field.offset)), _STEP_INDENT)
        for field, name in fields
    ]
    set_steps = [
        fixed_types.set_(scope, field.type, Place("bytes", "start", field.offset), f"value.{name}")
        for field, name in fields
    ]
    ends = [";"] * (len(set_steps) - 1) + [""]
    prints = tuple(
        print_step(scope, field.name, field.type, field.annotations, f"value.{name}")
        for field, name in fields
    )
    return StructModule(
        module=scope.symbols.modules[declaration.qualified_name],
        doc=declaration_doc(
            declaration, f"Struct [{declaration.qualified_name}], {declaration.size} bytes, packed."
        ),
        type=type_definition(scope, declaration),
        constants=constants_of(scope),
        size=declaration.size,
        layout_fields=list_(
            "~fields:", (f"({string_literal(field.name)}, {field.offset})" for field, _ in fields), 4
        ),
        bytes=bytes_,
        start=start,
        get_steps=tuple(get_steps),
        result=record(names, _STEP_INDENT),
        set_steps=tuple(
            application(step, _STEP_INDENT, end) for step, end in zip(set_steps, ends, strict=True)
        ),
        printed_name=string_literal(declaration.name),
        print_steps=prints,
        prints_value=any(not field.annotations.sensitive for field, _ in fields),
    )


def constants_of(scope: Scope) -> str:
    """The constants a file came to need, in the order they were needed."""
    return items(binding(name, expression, 0, "") for expression, name in scope.constants.items())


def enum_module(scope: Scope, declaration: EnumDeclaration) -> EnumModule:
    """An enum."""
    name = declaration.qualified_name
    number_type = EnumType(name, declaration.bits, declaration.closed)
    wide = declaration.bits == 64
    openness = "Closed" if declaration.closed else "Open"
    return EnumModule(
        module=scope.symbols.modules[name],
        doc=declaration_doc(declaration, f"{openness} enum [{name}], a [u{declaration.bits}]."),
        type=type_definition(scope, declaration),
        members=tuple(
            EnumMember(
                constructor,
                number_literal(number_type, member.number).strip("()"),
                string_literal(member.name),
            )
            for member, constructor in zip(declaration.members, scope.symbols.members[name], strict=True)
        ),
        is_closed=declaration.closed,
        number_type="int64" if wide else "int",
        base=f"Mycelium.Fixed.u{declaration.bits}",
        compare="Mycelium.Unsigned.compare" if wide else "Stdlib.Int.compare",
        show="Mycelium.Unsigned.to_string" if wide else "Stdlib.string_of_int",
    )
