"""Types -> the lines that read a value of each, for the functions that read messages and unions."""

from __future__ import annotations

from collections.abc import Iterator

from mycelium.codegen.python.body import (
    FunctionBody,
)
from mycelium.codegen.python.codec_functions import CodecFunctions, bound_refusals
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
    call,
)
from mycelium.codegen.python.types import annotation
from mycelium.idl.schema import (
    AsciiType,
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
    StringType,
    StructType,
    TimestampType,
    Type,
    UnionDeclaration,
    UnionType,
    fixed_size,
    wire_kind,
)

_VARIABLE_KIND = 6


class ValueReader(CodecFunctions):
    """Writes the part of a function that sets a variable to a value."""

    def convert(self, body: FunctionBody, type_: Type, local: str, raws: Iterator[str]) -> None:
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

    def value_after_header(self, body: FunctionBody, type_: Type, local: str, header_size: int) -> None:
        size = fixed_size(type_)
        if size is None:
            self.extent(body, header_size)
            self.variable(body, type_, local)
            return
        if wire_kind(type_) == _VARIABLE_KIND:
            self.extent(body, header_size)
            body.refuse_if(f"size != {size}")
            self.fixed(body, type_, local, "start")
            return
        self.fixed(body, type_, local, f"position + {header_size}")
        body.add(f"position += {header_size + size}")

    def fixed(self, body: FunctionBody, type_: Type, local: str, place: str) -> None:
        codes = struct_codes(type_, self.constants)
        raws = [body.unique("raw") for _ in codes]
        layout = self.constants.layout("value", codes)
        body.unpack(raws, f"{layout}.unpack_from(data, {place})")
        self.convert(body, type_, local, iter(raws))

    def extent(self, body: FunctionBody, header_size: int, place: str = "position") -> None:
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
                self.extent(body, 0, start)
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
            self.extent(body, 0, place)
            self.variable(body, type_, local, place)
        else:
            self.fixed(body, type_, local, place)
            body.add(f"{place} += {size}")
