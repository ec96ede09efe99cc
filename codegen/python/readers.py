"""Messages, unions and structs -> the functions that read them: straight lines for the plain case.

``_read_x(data, position, end, depth)`` gives the value in data[position:end], or raises anything. It need not look
for the end of its bytes at every step: positions only grow, a slice never reaches beyond the data, and the last
line demands that the final position is exactly the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from mycelium.codegen.python.body import (
    FunctionBody,
    Run,
    bytes_constant,
    elements,
    header_bytes,
    prefix_parts,
)
from mycelium.codegen.python.constants import CodecConstants
from mycelium.codegen.python.fixed_values import (
    is_plain_number,
    limit_refusals,
    read_expression,
    read_expressions,
    struct_codes,
)
from mycelium.codegen.python.layout import (
    Comprehension,
    Conditional,
    Expression,
    Keyword,
    call,
    lay_out,
)
from mycelium.codegen.python.nesting import Nesting
from mycelium.codegen.python.types import annotation
from mycelium.idl.schema import (
    AsciiType,
    BlockField,
    BoolType,
    BytesType,
    DurationType,
    EnumType,
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
    fixed_size,
    wire_kind,
)

_VARIABLE_KIND = 6
_PARAMETERS = ("data: _fast.Buffer", "position: int", "end: int", "depth: int")


class ReaderWriter:
    """What readers and writers have in common: names, constants, and how deep things nest."""

    def __init__(self, constants: CodecConstants, nesting: Nesting) -> None:
        self.constants = constants
        self.scope = constants.scope
        self.nesting = nesting
        self._locals: dict[str, str] = {}

    def name_locals(self, names: Iterable[str]) -> None:
        """Choose the variables of a function that are named after fields."""
        self._locals = self.scope.local_names(names)

    def local(self, name: str) -> str:
        """The variable for a field."""
        return self._locals[name]

    def check_depth(self, body: FunctionBody, declaration: MessageDeclaration | UnionDeclaration) -> None:
        """Refuse to go on where what this may hold could lie deeper than the limit."""
        deepest = self.nesting.deepest_start(declaration)
        if deepest is not None:
            body.refuse_if(f"depth > {deepest}")


class MessageReader(ReaderWriter):
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
        body.refuse_if("position != end")
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
            self._convert(body, field.type, self.local(field.name), iter(names))
        if not whole:
            body.add(f"position += {run.size}")

    def _convert(self, body: FunctionBody, type_: Type, local: str, raws: Iterator[str]) -> None:
        """From packed values to the field's own value, in the field's variable."""
        if isinstance(type_, AsciiType):
            raw = next(raws)
            body.add(f'{raw} = {raw}.rstrip(b"\\0").decode("ascii")')
            body.refuse_if(f"not {raw}.isprintable()")
            if raw != local:
                body.add(f"{local} = {raw}")
            return
        if isinstance(type_, EnumType) and not type_.closed:
            raw, numbers = next(raws), self.constants.numbers(type_)
            other = f"{self.scope.class_of(type_.name)}({raw})"
            body.lay_out(Conditional(f"{numbers}[{raw}]", f"{raw} in {numbers}", other), f"{local} = ")
            return
        expressions = read_expressions(type_, raws, self.constants)
        body.refuse_if(*expressions.refusals)
        if expressions.value != local:
            body.add(f"{local} = {expressions.value}")

    def _optional(self, body: FunctionBody, field: TaggedField) -> None:
        local = self.local(field.name)
        body.add(f"{local}: {annotation(field.type, self.scope)} | None = None")
        header = header_bytes(field.tag, wire_kind(field.type))
        if len(header) == 1:
            condition = f"data[position] == 0x{header[0]:02X}"
        else:
            condition = f"data[position : position + 3] == {bytes_constant(header)}"
        with body.block(f"if position < end and {condition}:"):
            self._value_after_header(body, field.type, local, len(header))

    def _required(self, body: FunctionBody, field: TaggedField) -> None:
        local = self.local(field.name)
        header = header_bytes(field.tag, wire_kind(field.type))
        if len(header) == 1:
            body.refuse_if(f"data[position] != 0x{header[0]:02X}")
        else:
            body.refuse_if(f"data[position : position + 3] != {bytes_constant(header)}")
        self._value_after_header(body, field.type, local, len(header))

    def _value_after_header(self, body: FunctionBody, type_: Type, local: str, header_size: int) -> None:
        size = fixed_size(type_)
        if size is None:
            self._extent(body, header_size)
            self.variable(body, type_, local)
            return
        if wire_kind(type_) == _VARIABLE_KIND:
            self._extent(body, header_size)
            body.refuse_if(f"size != {size}")
            self._fixed(body, type_, local, "start")
            return
        self._fixed(body, type_, local, f"position + {header_size}")
        body.add(f"position += {header_size + size}")

    def _fixed(self, body: FunctionBody, type_: Type, local: str, place: str) -> None:
        codes = struct_codes(type_, self.constants)
        raws = [body.unique("raw") for _ in codes]
        layout = self.constants.layout("value", codes)
        body.unpack(raws, f"{layout}.unpack_from(data, {place})")
        self._convert(body, type_, local, iter(raws))

    def _extent(self, body: FunctionBody, header_size: int, place: str = "position") -> None:
        """Set ``start`` and ``size``, and the place to the value's end, after a length prefix."""
        size, start = body.variable("size"), body.variable("start")
        offset = f"{place} + {header_size}" if header_size else place
        body.add(f"{size} = data[{offset}]")
        body.add(f"{start} = {place} + {header_size + 1}")
        with body.block(f"if {size} > 253:"):
            body.add(f"{start}, {size} = _fast.long_length(data, {offset})")
        body.add(f"{place} = {start} + {size}")

    # --- Variable values ---------------------------------------------------------------------------------

    def variable(self, body: FunctionBody, type_: Type, local: str, stop: str = "position") -> None:
        """Set a variable to the value in data[start:stop], ``size`` bytes."""
        start, size = body.variable("start"), body.variable("size")
        source = f"data[{start}:{stop}]"
        match type_:
            case StringType():
                body.refuse_if(*bound_refusals(type_, size, 1))
                body.add(f'{local} = str({source}, "utf-8")')
            case BytesType():
                body.refuse_if(*bound_refusals(type_, size, 1))
                body.add(f"{local} = bytes({source})")
            case ListType(element=element):
                if fixed_size(element) is None:
                    self._list(body, type_, local, stop)
                else:
                    self._packed_list(body, type_, local, stop)
            case MapType():
                self._map(body, type_, local, stop)
            case MessageType(name=name):
                function = self._reader_of(self.scope.schema.message(type_), name)
                body.lay_out(call(function, ("data", start, stop, self._depth(body))), f"{local} = ")
            case UnionType():
                function = self._union_reader(self.scope.schema.union(type_))
                body.lay_out(call(function, ("data", start, stop, self._depth(body))), f"{local} = ")

    def _depth(self, body: FunctionBody) -> str:
        return f"depth + {body.level + 1}"

    def _reader_of(self, message: MessageDeclaration, name: str) -> str:
        if self.scope.is_own(message):
            return self.scope.function("read", message)
        return f"{self.scope.class_of(name)}.__read__"

    def _union_reader(self, union: UnionDeclaration) -> str:
        if self.scope.is_own(union):
            return self.scope.function("read", union)
        return f"{self.scope.unknown_class(union)}.__read__"

    def _packed_list(self, body: FunctionBody, type_: ListType, local: str, stop: str) -> None:
        start, size = body.variable("start"), body.variable("size")
        element = type_.element
        element_size = fixed_size(element) or 1
        if element_size > 1:
            body.refuse_if(f"{size} % {element_size}", *bound_refusals(type_, size, element_size))
        else:
            body.refuse_if(*bound_refusals(type_, size, 1))
        codes = struct_codes(element, self.constants)
        if (
            isinstance(element, IntegerType | FloatType | TimestampType | DurationType)
            and codes[0][-1] != "s"
        ):
            count = size if element_size == 1 else f"{size} // {element_size}"
            text = f'_fast.struct.unpack_from(f"<{{{count}}}{codes[0]}", data, {start})'
            body.add(f"{local} = {text}")
            if not is_plain_number(element):
                item = body.unique("item")
                with body.block(f"for {item} in {local}:"):
                    body.refuse_if(*limit_refusals(element, item))
            return
        if isinstance(element, BoolType):
            body.add(f"{local} = tuple(map(_fast.BOOLEANS.__getitem__, data[{start}:{stop}]))")
            return
        layout = self.constants.layout("value", codes)
        body.add(f"raws = {layout}.iter_unpack(data[{start}:{stop}])")
        if isinstance(element, StructType):
            build = self.constants.struct_builder(self.scope.schema.struct(element))
            body.lay_out(call("tuple", [call("_fast.starmap", [build, "raws"])]), f"{local} = ")
            return
        expression = read_expression(element, "raw", self.constants)
        each = Comprehension(expression, "for (raw,) in raws")
        body.lay_out(call("tuple", [each]), f"{local} = ")

    def _list(self, body: FunctionBody, type_: ListType, local: str, stop: str) -> None:
        start = body.variable("start")
        with body.nested():
            items, item = body.unique("items"), body.unique("item")
            body.add(f"{items}: list[{annotation(type_.element, self.scope)}] = []")
            with body.block(f"while {start} < {stop}:"):
                self._extent(body, 0, start)
                self.variable(body, type_.element, item, start)
                body.add(f"{items}.append({item})")
            body.refuse_if(f"{start} != {stop}", *bound_refusals(type_, f"len({items})", 1))
            body.add(f"{local} = tuple({items})")

    def _map(self, body: FunctionBody, type_: MapType, local: str, stop: str) -> None:
        start = body.variable("start")
        key_text, value_text = annotation(type_.key, self.scope), annotation(type_.value, self.scope)
        with body.nested():
            entries, key, item = (body.unique(name) for name in ("entries", "key", "item"))
            previous = body.unique("previous")
            body.add(f"{entries}: dict[{key_text}, {value_text}] = {{}}")
            body.add(f"{previous}: {key_text} | None = None")
            with body.block(f"while {start} < {stop}:"):
                self._part(body, type_.key, key, start)
                body.refuse_if(f"{previous} is not None and {key} <= {previous}")
                self._part(body, type_.value, item, start)
                body.add(f"{entries}[{key}] = {item}")
                body.add(f"{previous} = {key}")
            body.refuse_if(f"{start} != {stop}", *bound_refusals(type_, f"len({entries})", 1))
            body.add(f"{local} = {entries}")

    def _part(self, body: FunctionBody, type_: Type, local: str, place: str) -> None:
        """A key or value of a map, at the place, which moves on."""
        size = fixed_size(type_)
        if size is None:
            self._extent(body, 0, place)
            self.variable(body, type_, local, place)
        else:
            self._fixed(body, type_, local, place)
            body.add(f"{place} += {size}")

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
        self._value_after_header(body, variant.type, local, header)
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


def signature(name: str, parameters: tuple[str, ...], result: str) -> list[str]:
    """The first line, or lines, of a function."""
    return lay_out(call(name, parameters), "def ", f" -> {result}:")


def bound_refusals(
    type_: StringType | BytesType | ListType | MapType, size: str, unit: int
) -> tuple[str, ...]:
    """The conditions under which a size is outside its type's bounds, each counted in ``unit`` bytes."""
    refusals: list[str] = []
    if type_.maximum is not None:
        refusals.append(f"{size} > {type_.maximum * unit}")
    if type_.minimum is not None:
        refusals.append(f"{size} < {type_.minimum * unit}")
    return tuple(refusals)
