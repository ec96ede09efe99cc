"""Messages, unions and structs -> the functions that write them: straight lines for the plain case.

``_write_x(message, depth)`` gives the bytes, or raises anything where a value is not exactly of its type.
"""

from __future__ import annotations

from mycelium.codegen.python.body import (
    FunctionBody,
    Run,
    bytes_constant,
    element_prefix,
    elements,
    header_bytes,
    prefix_parts,
)
from mycelium.codegen.python.codec_functions import CodecFunctions, bound_refusals, signature
from mycelium.codegen.python.fixed_values import (
    Expressions,
    limit_refusals,
    number_refusals,
    struct_codes,
    write_expressions,
)
from mycelium.codegen.python.layout import Comprehension, Expression, call, tuple_of
from mycelium.idl.schema import (
    AsciiType,
    BoolType,
    BytesType,
    DecimalType,
    DurationType,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    ListType,
    MapType,
    MessageDeclaration,
    MessageType,
    Presence,
    StringType,
    StructDeclaration,
    StructType,
    TaggedField,
    TimestampType,
    Type,
    UnionDeclaration,
    UnionType,
    UnionVariant,
    UuidType,
    fixed_size,
    wire_kind,
)


class MessageWriter(CodecFunctions):
    """Writes ``_write_`` and ``_spread_`` functions."""

    def message(self, message: MessageDeclaration) -> tuple[str, ...]:
        """The function that writes a body."""
        body = FunctionBody()
        self.name_locals(field.name for field in message.fields)
        self.check_depth(body, message)
        sequence = elements(message)
        if len(sequence) == 1 and isinstance(sequence[0], Run):
            self._run(body, sequence[0], message, is_all=True)
        elif not sequence:
            body.add('return b""')
        else:
            body.add("parts: list[bytes] = []")
            for element in sequence:
                if isinstance(element, Run):
                    self._run(body, element, message, is_all=False)
                else:
                    self._field(body, element)
            body.add('return b"".join(parts)')
        name = self.scope.function("write", message)
        parameters = (f"message: {self.scope.class_of(message.qualified_name)}", "depth: int")
        return (*signature(name, parameters, "bytes"), *body.lines)

    def _run(self, body: FunctionBody, run: Run, message: MessageDeclaration, is_all: bool) -> None:
        codes: list[str] = []
        arguments: list[Expression] = []
        refusals: list[str] = []
        for field, header in zip(run.fields, run.headers, strict=True):
            for code, text in prefix_parts(header):
                codes.append(code)
                arguments.append(text)
            local = self.local(field.name)
            body.add(f"{local} = message.{self.scope.attribute(field.name)}")
            expressions = write_expressions(field.type, local, self.constants)
            codes += struct_codes(field.type, self.constants)
            refusals += expressions.refusals
            arguments.append(expressions.value)
        body.refuse_if(*refusals)
        layout = self.constants.layout(message.name, codes)
        packed = call(f"{layout}.pack", arguments)
        if is_all:
            body.lay_out(packed, "return ")
        else:
            body.lay_out(call("parts.append", [packed]))

    def _field(self, body: FunctionBody, field: TaggedField) -> None:
        local = self.local(field.name)
        body.add(f"{local} = message.{self.scope.attribute(field.name)}")
        if field.presence is Presence.OPTIONAL:
            with body.block(f"if {local} is not None:"):
                self._element(body, field, local)
        else:
            self._element(body, field, local)

    def _element(self, body: FunctionBody, field: TaggedField | UnionVariant, local: str) -> None:
        """Header, length where there is one, and value."""
        header = bytes_constant(header_bytes(field.tag, wire_kind(field.type)))
        size = fixed_size(field.type)
        if size is not None:
            header = bytes_constant(element_prefix(field, size))
            body.add(f"parts.append({header})")
            body.lay_out(call("parts.append", [self._packed(body, field.type, local)]))
            return
        value = self._variable(body, field.type, local)
        body.add(f"parts += ({header}, _fast.length_prefix(len({value})), {value})")

    def _packed(self, body: FunctionBody, type_: Type, local: str) -> Expression:
        """An expression for the bytes of a fixed-size value, after its checks."""
        expressions: Expressions = write_expressions(type_, local, self.constants)
        body.refuse_if(*expressions.refusals)
        layout = self.constants.layout("value", struct_codes(type_, self.constants))
        return call(f"{layout}.pack", [expressions.value])

    # --- Variable values ---------------------------------------------------------------------------------

    def _variable(self, body: FunctionBody, type_: Type, local: str) -> str:
        """The variable that holds the bytes of a variable value."""
        result = body.unique("body")
        match type_:
            case StringType():
                body.add(f'{result} = {local}.encode("utf-8")')
                body.refuse_if(*bound_refusals(type_, f"len({result})", 1))
            case BytesType():
                body.refuse_if(f"type({local}) is not bytes", *bound_refusals(type_, f"len({local})", 1))
                return local
            case ListType(element=element):
                bounds = bound_refusals(type_, f"len({local})", 1)
                body.refuse_if(f"type({local}) is not tuple", *bounds)
                if fixed_size(element) is None:
                    self._list(body, element, local, result)
                else:
                    self._packed_list(body, element, local, result)
            case MapType():
                bounds = bound_refusals(type_, f"len({local})", 1)
                body.refuse_if(f"type({local}) is not dict", *bounds)
                self._map(body, type_, local, result)
            case MessageType(name=name):
                body.refuse_if(f"type({local}) is not {self.scope.class_of(name)}")
                function = self._message_writer(self.scope.schema.message(type_))
                body.add(f"{result} = {function}({local}, depth + {body.level + 1})")
            case UnionType():
                function = self._union_writer(self.scope.schema.union(type_))
                body.add(f"{result} = {function}({local}, depth + {body.level + 1})")
        return result

    def _message_writer(self, message: MessageDeclaration) -> str:
        if self.scope.is_own(message):
            return self.scope.function("write", message)
        return f"{self.scope.class_of(message.qualified_name)}.__write__"

    def _union_writer(self, union: UnionDeclaration) -> str:
        if self.scope.is_own(union):
            return self.scope.function("write", union)
        return f"{self.scope.unknown_class(union)}.__write__"

    def _packed_list(self, body: FunctionBody, element: Type, local: str, result: str) -> None:
        codes = struct_codes(element, self.constants)
        match element:
            case BoolType():
                body.refuse_if(f"not _fast.BOOLEAN_TYPES.issuperset(map(type, {local}))")
                body.add(f"{result} = bytes({local})")
                return
            case EnumType(name=name):
                body.refuse_if(f"not {{{self.scope.class_of(name)}}}.issuperset(map(type, {local}))")
            case IntegerType() | FloatType() | TimestampType() | DurationType() if codes[0][-1] != "s":
                body.refuse_if(*number_refusals(element, local))
                if element.minimum is not None or element.maximum is not None:
                    item = body.unique("item")
                    with body.block(f"for {item} in {local}:"):
                        body.refuse_if(*limit_refusals(element, item))
            case _:
                self._each_packed(body, element, codes, local, result)
                return
        body.add(f'{result} = _fast.struct.pack(f"<{{len({local})}}{codes[0]}", *{local})')

    def _each_packed(
        self, body: FunctionBody, element: Type, codes: tuple[str, ...], local: str, result: str
    ) -> None:
        layout = self.constants.layout("value", codes)
        if isinstance(element, StructType | DecimalType):
            value = write_expressions(element, "item", self.constants).value
            body.lay_out(_joined(f"{layout}.pack({value})", f"for item in {local}"), f"{result} = ")
            return
        if isinstance(element, UuidType):
            uuid = self.scope.use("uuid", "UUID")
            body.refuse_if(f"not {{{uuid}}}.issuperset(map(type, {local}))")
            body.lay_out(_joined("item.bytes", f"for item in {local}"), f"{result} = ")
            return
        if isinstance(element, AsciiType):
            value = f"_fast.padded(item, {element.length})"
        elif isinstance(element, FixedBytesType):
            value = f"_fast.exactly(item, {element.length})"
        else:
            value = f"_fast.write_fixed({self.constants.type_plan(element)}, item)"
        body.lay_out(_joined(value, f"for item in {local}"), f"{result} = ")

    def _list(self, body: FunctionBody, element: Type, local: str, result: str) -> None:
        with body.nested():
            items, item = body.unique("items"), body.unique("item")
            body.add(f"{items}: list[bytes] = []")
            with body.block(f"for {item} in {local}:"):
                value = self._variable(body, element, item)
                body.add(f"{items} += (_fast.length_prefix(len({value})), {value})")
            body.add(f'{result} = b"".join({items})')

    def _map(self, body: FunctionBody, type_: MapType, local: str, result: str) -> None:
        with body.nested():
            items, key, item = body.unique("items"), body.unique("key"), body.unique("item")
            body.add(f"{items}: list[bytes] = []")
            with body.block(f"for {key} in sorted({local}):"):
                self._part(body, type_.key, key, items)
                body.add(f"{item} = {local}[{key}]")
                self._part(body, type_.value, item, items)
            body.add(f'{result} = b"".join({items})')

    def _part(self, body: FunctionBody, type_: Type, local: str, items: str) -> None:
        """A key or value of a map."""
        if fixed_size(type_) is not None:
            body.lay_out(call(f"{items}.append", [self._packed(body, type_, local)]))
            return
        value = self._variable(body, type_, local)
        body.add(f"{items} += (_fast.length_prefix(len({value})), {value})")

    # --- Unions and structs ------------------------------------------------------------------------------

    def union(self, union: UnionDeclaration) -> tuple[str, ...]:
        """The function that writes the one element of a union."""
        body = FunctionBody()
        self.name_locals(variant.name for variant in union.variants)
        self.check_depth(body, union)
        body.add("parts: list[bytes] = []")
        for variant in union.variants:
            with body.block(f"if type(variant) is {self.scope.variant_class(union, variant)}:"):
                local = self.local(variant.name)
                body.add(f"{local} = variant.value")
                self._element(body, variant, local)
                body.add('return b"".join(parts)')
        body.add("raise _fast.Unexpected")
        name = self.scope.function("write", union)
        parameters = (f"variant: {self.scope.class_of(union.qualified_name)}", "depth: int")
        return (*signature(name, parameters, "bytes"), *body.lines)

    def struct(self, struct: StructDeclaration) -> tuple[str, ...]:
        """The function that spreads a struct over the arguments of ``pack``."""
        body = FunctionBody()
        self.name_locals(field.name for field in struct.fields)
        class_name = self.scope.class_of(struct.qualified_name)
        body.refuse_if(f"type(value) is not {class_name}")
        refusals: list[str] = []
        arguments: list[Expression] = []
        for field in struct.fields:
            local = self.local(field.name)
            body.add(f"{local} = value.{self.scope.attribute(field.name, struct.package)}")
            expressions = write_expressions(field.type, local, self.constants)
            refusals += expressions.refusals
            arguments.append(expressions.value)
        body.refuse_if(*refusals)
        body.lay_out(tuple_of(arguments), "return ")
        name = self.scope.function("spread", struct)
        any_type = self.scope.use("typing", "Any")
        return (*signature(name, (f"value: {class_name}",), f"tuple[{any_type}, ...]"), *body.lines)


def _joined(element: str, clause: str) -> Expression:
    """All elements' bytes in one."""
    return call('b"".join', [Comprehension(element, clause)])
