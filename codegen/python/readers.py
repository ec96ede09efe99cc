"""Messages, unions and structs -> the functions that read them: straight lines for the plain case.

``_read_x(data, position, end, depth)`` gives the value in data[position:end], or raises anything. It need not look
for the end of its bytes at every step: positions only grow, a slice never reaches beyond the data, and the last
lines demand that the final position is exactly the end, elements of a newer writer included.
"""

from __future__ import annotations

from mycelium.codegen.python.body import (
    FunctionBody,
    Run,
    bytes_constant,
    elements,
    header_bytes,
    prefix_parts,
)
from mycelium.codegen.python.codec_functions import signature
from mycelium.codegen.python.fixed_values import (
    read_expressions,
    struct_codes,
)
from mycelium.codegen.python.layout import (
    Expression,
    Keyword,
    call,
)
from mycelium.codegen.python.types import annotation
from mycelium.codegen.python.value_readers import ValueReader
from mycelium.idl.schema import (
    AsciiType,
    BlockField,
    MessageDeclaration,
    Presence,
    StructDeclaration,
    TaggedField,
    UnionDeclaration,
    UnionVariant,
    wire_kind,
)

_PARAMETERS = ("data: _fast.Buffer", "position: int", "end: int", "depth: int")


class MessageReader(ValueReader):
    """Writes ``_read_`` and ``_build_`` functions."""

    def message(self, message: MessageDeclaration) -> tuple[str, ...]:
        """The function that reads a body."""
        body = FunctionBody()
        self.name_locals(field.name for field in message.fields)
        self.check_depth(body, message)
        for element in elements(message):
            if isinstance(element, Run):
                self._run(body, element, message)
            elif element.presence is Presence.OPTIONAL:
                self._optional(body, element)
            else:
                self._required(body, element)
        last_tag = message.tagged[-1].tag if message.tagged else 0 if message.block else -1
        with body.block("if position != end:"):
            body.add(f"_fast.skip_newer(data, position, end, {last_tag})")
        body.lay_out(self._construction(message), "return ")
        name = self.scope.function("read", message)
        class_name = self.scope.class_of(message.qualified_name)
        return (*signature(name, _PARAMETERS, class_name), *body.lines)

    def _construction(self, message: MessageDeclaration) -> Expression:
        arguments = [
            Keyword(self.scope.attribute(field.name), self.local(field.name)) for field in message.fields
        ]
        return call(self.scope.class_of(message.qualified_name), arguments)

    def whole(self, message: MessageDeclaration) -> tuple[str, ...] | None:
        """The function that decodes a whole body of constant size, for a message that has no other.

        One call with no bookkeeping: this is the hot part of hot messages.
        """
        sequence = elements(message)
        if message.type_id is None or len(sequence) != 1 or not isinstance(sequence[0], Run):
            return None
        body = FunctionBody()
        self.name_locals(field.name for field in message.fields)
        class_name = self.scope.class_of(message.qualified_name)
        with body.block("try:"):
            self._run(body, sequence[0], message, whole=True)
            body.lay_out(self._construction(message), "return ")
        with body.block("except Exception:"):
            body.lay_out(call("_fast.decode_carefully", [class_name, "data"]), "return ")
        name = self.scope.function("decode", message)
        return (*signature(name, ("data: _fast.Buffer",), class_name), *body.lines)

    # --- Elements ----------------------------------------------------------------------------------------

    def _run(self, body: FunctionBody, run: Run, message: MessageDeclaration, whole: bool = False) -> None:
        """Read a run at ``position`` and move on; a ``whole`` body is nothing else."""
        codes: list[str] = []
        targets: list[str] = []
        refusals: list[str] = []
        raws: list[tuple[BlockField | TaggedField, list[str]]] = []
        for field, header in zip(run.fields, run.headers, strict=True):
            for code, text in prefix_parts(header):
                variable = body.unique("header")
                codes.append(code)
                targets.append(variable)
                refusals.append(f"{variable} != {text}")
            field_codes = struct_codes(field.type, self.constants)
            names = [self.local(field.name)]
            if len(field_codes) > 1:
                names = [body.unique("raw") for _ in field_codes]
            codes += field_codes
            targets += names
            raws.append((field, names))
        layout = self.constants.layout(message.name, codes)
        source = "unpack(data)" if whole else "unpack_from(data, position)"
        body.unpack(targets, f"{layout}.{source}")
        body.refuse_if(*refusals)
        for field, names in raws:
            self.convert(body, field.type, self.local(field.name), iter(names))
        if not whole:
            body.add(f"position += {run.size}")

    def _optional(self, body: FunctionBody, field: TaggedField) -> None:
        local = self.local(field.name)
        body.add(f"{local}: {annotation(field.type, self.scope)} | None = None")
        header = header_bytes(field.tag, wire_kind(field.type))
        if len(header) == 1:
            condition = f"data[position] == 0x{header[0]:02X}"
        else:
            condition = f"data[position : position + 3] == {bytes_constant(header)}"
        with body.block(f"if position < end and {condition}:"):
            self.value_after_header(body, field.type, local, len(header))

    def _required(self, body: FunctionBody, field: TaggedField) -> None:
        local = self.local(field.name)
        header = header_bytes(field.tag, wire_kind(field.type))
        if len(header) == 1:
            body.refuse_if(f"data[position] != 0x{header[0]:02X}")
        else:
            body.refuse_if(f"data[position : position + 3] != {bytes_constant(header)}")
        self.value_after_header(body, field.type, local, len(header))

    # --- Unions and structs ------------------------------------------------------------------------------

    def union(self, union: UnionDeclaration) -> tuple[str, ...]:
        """The function that reads the one element of a union."""
        body = FunctionBody()
        self.name_locals(variant.name for variant in union.variants)
        self.check_depth(body, union)
        for variant in union.variants:
            header = header_bytes(variant.tag, wire_kind(variant.type))
            if len(header) == 1:
                condition = f"data[position] == 0x{header[0]:02X}"
            else:
                condition = f"data[position : position + 3] == {bytes_constant(header)}"
            with body.block(f"if {condition}:"):
                self._variant(body, union, variant, len(header))
        body.add("raise _fast.Unexpected")
        name = self.scope.function("read", union)
        alias = self.scope.class_of(union.qualified_name)
        return (*signature(name, _PARAMETERS, alias), *body.lines)

    def _variant(
        self, body: FunctionBody, union: UnionDeclaration, variant: UnionVariant, header: int
    ) -> None:
        local = self.local(variant.name)
        self.value_after_header(body, variant.type, local, header)
        body.refuse_if("position != end")
        body.add(f"return {self.scope.variant_class(union, variant)}({local})")

    def struct(self, struct: StructDeclaration) -> tuple[str, ...]:
        """The function that makes a struct of its packed values."""
        body = FunctionBody()
        self.name_locals(field.name for field in struct.fields)
        parameters: list[str] = []
        arguments: list[str] = []
        for field in struct.fields:
            codes = struct_codes(field.type, self.constants)
            names = [self.local(field.name)]
            if len(codes) > 1:
                names = [body.unique("raw") for _ in codes]
            parameters += names
            if isinstance(field.type, AsciiType):
                arguments.append(f"_fast.text_of({names[0]})")
                continue
            expressions = read_expressions(field.type, iter(names), self.constants)
            body.refuse_if(*expressions.refusals)
            arguments.append(expressions.value)
        class_name = self.scope.class_of(struct.qualified_name)
        body.lay_out(call(class_name, arguments), "return ")
        name = self.scope.function("build", struct)
        any_type = self.scope.use("typing", "Any")
        typed = tuple(f"{parameter}: {any_type}" for parameter in parameters)
        return (*signature(name, typed, class_name), *body.lines)
