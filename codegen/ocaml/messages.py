"""Messages -> model."""

from __future__ import annotations

from collections.abc import Iterator

from mycelium.codegen.ocaml import fixed_types, variable_types
from mycelium.codegen.ocaml.components import field_type
from mycelium.codegen.ocaml.fixed_types import Place
from mycelium.codegen.ocaml.line_breaking import (
    application,
    binding,
    choice,
    fill,
    function,
    list_,
    record,
    signature,
)
from mycelium.codegen.ocaml.literals import bytes_literal, encoded, string_literal
from mycelium.codegen.ocaml.model import Codec
from mycelium.codegen.ocaml.naming import NameSpace
from mycelium.codegen.ocaml.printing import print_step
from mycelium.codegen.ocaml.scope import Scope
from mycelium.codegen.ocaml.values import default_expression
from mycelium.idl.schema import (
    BlockField,
    MessageDeclaration,
    Presence,
    Schema,
    TaggedField,
    UnionVariant,
    fixed_size,
    wire_kind,
)

_STEP_INDENT = 2
_LAYOUT_INDENT = 4


class MessageLowering:
    """One message in one file: the file of its own, or that of its cycle.

    ``qualifier`` stands before field names: "" where the type is defined in the file itself, else ``Node.``.
    """

    def __init__(self, schema: Schema, scope: Scope, declaration: MessageDeclaration, qualifier: str) -> None:
        self.schema = schema
        self.scope = scope
        self.declaration = declaration
        self.qualifier = qualifier
        self.names = scope.symbols.members[declaration.qualified_name]
        locals_ = NameSpace(self.names)
        self.reader, self.bytes, self.start = (locals_.claim(name) for name in ("reader", "bytes", "start"))
        self.block_names = self.names[: len(declaration.block)]
        self.tagged_names = self.names[len(declaration.block) :]

    def codec(self, layout: str) -> Codec:
        """The codec, with the name its layout has in the file."""
        name = self.declaration.qualified_name
        printed = tuple(
            print_step(
                self.scope,
                field.name,
                field.type,
                field.annotations,
                self._value(field_name),
                _optional(field),
            )
            for field, field_name in zip(self.declaration.fields, self.names, strict=True)
        )
        return Codec(
            type="t" if self.scope.own else f"{self.qualifier}t",
            layout=layout,
            read=self.scope.function("read", name),
            write=self.scope.function("write", name),
            pp=self.scope.function("pp", name),
            layout_block=list_("~block:", map(self._layout_entry, self.declaration.block), _LAYOUT_INDENT),
            layout_fields=list_("~fields:", map(layout_field, self.declaration.tagged), _LAYOUT_INDENT),
            reader=self.reader,
            bytes=self.bytes,
            start=self.start,
            read_block=tuple(self._read_block()),
            read_steps=tuple(self._read_tagged()),
            result=self._result(),
            write_steps=self._write_steps(),
            printed_name=string_literal(self.declaration.name),
            print_steps=printed,
            prints_value=any(not field.annotations.sensitive for field in self.declaration.fields),
            is_sensitive=self.declaration.annotations.sensitive,
        )

    def make_signature(self) -> str:
        """``val make``."""
        arguments = [
            (
                f"?{name}:{field_type(self.scope, field, True).removesuffix(' option')}"
                if _optional(field)
                else f"{'?' if field.presence is Presence.DEFAULTED else ''}{name}:{field_type(self.scope, field, True)}"
            )
            for field, name in zip(self.declaration.fields, self.names, strict=True)
        ]
        return signature("make", [*arguments, "unit", "t"])

    def make_definition(self) -> str:
        """``let make ~a ?b () = { a; b }``."""
        arguments = [
            self._make_argument(field, name)
            for field, name in zip(self.declaration.fields, self.names, strict=True)
        ]
        return function(fill(["let make", *arguments, "()", "="], 0, 4), self._result())

    def _make_argument(self, field: BlockField | TaggedField, name: str) -> str:
        if field.default is not None:
            default = default_expression(self.schema, self.scope, name, field.type, field.default)
            return f"?({name} = {default})"
        return f"?{name}" if _optional(field) else f"~{name}"

    def _result(self) -> str:
        if not self.names:
            return "  ()"
        return record([self.qualifier + self.names[0], *self.names[1:]], _STEP_INDENT)

    def _value(self, name: str) -> str:
        return f"value.{self.qualifier}{name}"

    def _layout_entry(self, field: BlockField) -> str:
        name = string_literal(field.name)
        if field.default is None:
            return f"Mycelium.Layout.required {name} {fixed_size(field.type)}"
        return f"Mycelium.Layout.defaulted {name} {bytes_literal(encoded(field.type, field.default))}"

    def _read_block(self) -> Iterator[str]:
        for field, name in zip(self.declaration.block, self.block_names, strict=True):
            place = Place(self.bytes, self.start, field.offset)
            yield binding(name, fixed_types.get(self.scope, field.type, place), _STEP_INDENT)

    def _read_tagged(self) -> Iterator[str]:
        for field, name in zip(self.declaration.tagged, self.tagged_names, strict=True):
            header = f"{self.reader} {field.tag} {wire_kind(field.type)}"
            value = self._read_value(field)
            if field.presence is Presence.REQUIRED:
                required = application(f"Mycelium.Reader.require {header}", _STEP_INDENT, ";")
                yield required + "\n" + binding(name, value, _STEP_INDENT)
            elif field.default is None:
                yield choice(name, f"Mycelium.Reader.find {header}", f"Some ({value})", "None", _STEP_INDENT)
            else:
                default = default_expression(self.schema, self.scope, name, field.type, field.default)
                yield choice(name, f"Mycelium.Reader.find {header}", value, default, _STEP_INDENT)

    def _read_value(self, field: TaggedField) -> str:
        if fixed_size(field.type) is not None:
            return f"Mycelium.Decode.fixed {fixed_types.codec(self.scope, field.type)} {self.reader}"
        return variable_types.applied(variable_types.reader(self.scope, field.type), self.reader)

    def _write_steps(self) -> tuple[str, ...]:
        steps: list[str] = []
        for field, name in zip(self.declaration.block, self.block_names, strict=True):
            place = Place("bytes", "start", field.offset)
            steps.append(fixed_types.set_(self.scope, field.type, place, self._value(name)))
        for tagged, name in zip(self.declaration.tagged, self.tagged_names, strict=True):
            steps += self._write_tagged(tagged, self._value(name))
        ends = [";"] * (len(steps) - 1) + [""]
        return tuple(application(step, _STEP_INDENT, end) for step, end in zip(steps, ends, strict=False))

    def _write_tagged(self, field: TaggedField, value: str) -> Iterator[str]:
        presence = "optional" if _optional(field) else "field"
        if fixed_size(field.type) is not None:
            how = fixed_types.codec(self.scope, field.type)
            yield f"Mycelium.Encode.{presence}_fixed writer {field.tag} {how} {value}"
            return
        how = variable_types.writer(self.scope, field.type)
        if _optional(field):
            yield f"Mycelium.Encode.optional writer {field.tag} {how} {value}"
        else:
            yield f"Mycelium.Writer.header writer {field.tag} 6"
            yield variable_types.applied(how, "writer", value)


def layout_field(field: TaggedField | UnionVariant) -> str:
    """A field or variant as layouts list it: tag and name."""
    return f"({field.tag}, {string_literal(field.name)})"


def _optional(field: BlockField | TaggedField) -> bool:
    return field.presence is Presence.OPTIONAL
