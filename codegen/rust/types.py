"""Types of the schema as Rust spells them: the value, the view, and the codec that reads and writes it."""

from __future__ import annotations

from dataclasses import dataclass, field

from mycelium.codegen.rust.scope import VIEW, Scope
from mycelium.codegen.rust.structure import is_limited
from mycelium.idl.schema import (
    ArrayType,
    AsciiType,
    BoolType,
    BoundedType,
    BytesType,
    DecimalType,
    DurationType,
    EnumType,
    FixedBytesType,
    FloatType,
    IntegerType,
    ListType,
    MapType,
    MessageType,
    StringType,
    StructType,
    TimestampType,
    Type,
    UnionType,
    UuidType,
    fixed_size,
)

CODEC_WIDTH = 36
"""A codec spelled longer than this gets a name of its own."""

LINE_WIDTH = 96
"""What a field's name and its codec share with the longest call around them (``CALL``)."""

CALL = "            : wire::defaulted_owned::<>("
"""What surrounds a field's name and its codec, at most."""

COMPLEXITY_MAX = 250
"""A linter finds value types above this hard to read; what they nest gets a name of its own."""


@dataclass
class TypeSpelling:
    """Spells the types of one place (a field, a variant) and collects the ranges and aliases it takes.

    ``keeps_box`` says that the value is boxed. ``name`` is what ranges and aliases are named after; ``field_width``
    is the length of the field's own name.
    """

    scope: Scope
    name: str
    field_width: int
    keeps_box: bool = False
    ranges: list[tuple[str, Type]] = field(default_factory=list)
    aliases: list[tuple[str, str]] = field(default_factory=list)
    elements: list[tuple[str, str]] = field(default_factory=list)
    _elements: dict[Type, str] = field(default_factory=dict)
    _codecs: dict[Type, str] = field(default_factory=dict)
    _fixed: dict[Type, str] = field(default_factory=dict)

    @property
    def _width(self) -> int:
        return min(CODEC_WIDTH, LINE_WIDTH - len(CALL) - self.field_width)

    def _own_name(self, kind: str) -> str:
        """Named after the field; numbered where that would be long."""
        name = f"{self.name}{kind}"
        return self.scope.numbered(kind) if len(name) > self._width else self.scope.names.claim(name)

    def value(self, type_: Type) -> str:
        """The type of an owned value."""
        text = self.unboxed(type_)
        return f"{self.scope.standard('Box')}<{text}>" if self.keeps_box else text

    def unboxed(self, type_: Type) -> str:
        """The type of an owned value, whether it is kept in a box or not."""
        scope = self.scope
        match type_:
            case StringType():
                return scope.standard("String")
            case BytesType():
                return f"{scope.standard('Vec')}<u8>"
            case ListType(element=element):
                return f"{scope.standard('Vec')}<{self._nested(element)}>"
            case MapType(key=key, value=value):
                return f"{scope.standard('BTreeMap')}<{self.unboxed(key)}, {self._nested(value)}>"
            case ArrayType(element=element, length=length):
                return f"[{self.unboxed(element)}; {length}]"
        return self._plain(type_)

    def _nested(self, type_: Type) -> str:
        """The type of an element or map value, under a name of its own where it nests too deeply itself."""
        if _complexity(type_, _ELEMENT_NESTING) <= COMPLEXITY_MAX // 2:
            return self.unboxed(type_)
        if type_ not in self._elements:
            name = self._own_name("Element")
            self._elements[type_] = name
            self.elements.append((name, self.unboxed(type_)))
        return self._elements[type_]

    def _plain(self, type_: Type) -> str:
        scope = self.scope
        match type_:
            case BoolType():
                return "bool"
            case IntegerType(bits=256):
                return scope.runtime_type("U256")
            case IntegerType(bits=bits, signed=signed):
                return f"{'i' if signed else 'u'}{bits}"
            case FloatType(bits=bits):
                return f"f{bits}"
            case TimestampType():
                return scope.runtime_type("Timestamp")
            case DurationType():
                return scope.runtime_type("Duration")
            case DecimalType(scale=scale):
                return f"{scope.runtime_type('Decimal')}<{scale}>"
            case UuidType():
                return scope.runtime_type("Uuid")
            case AsciiType(length=length):
                return f"{scope.runtime_type('Ascii')}<{length}>"
            case FixedBytesType(length=length):
                return f"[u8; {length}]"
            case EnumType(name=name) | StructType(name=name) | MessageType(name=name) | UnionType(name=name):
                return scope.declaration(name)
        raise TypeError(f"no plain type: {type_}")

    def view(self, type_: Type) -> str:
        """The type of a value in place."""
        wire = self.scope.wire
        if self.keeps_box:
            return f"{wire}::Deferred<'a, {self.codec(type_)}>"
        match type_:
            case StringType():
                return "&'a str"
            case BytesType():
                return "&'a [u8]"
            case ListType(element=element) if fixed_size(element) is not None:
                return f"{wire}::PackedView<'a, {self.fixed(element)}>"
            case ListType(element=element):
                return f"{wire}::SequenceView<'a, {self.codec(element)}>"
            case MapType(key=key, value=value):
                return f"{wire}::MapView<'a, {self.codec(key)}, {self.codec(value)}>"
            case MessageType(name=name) | UnionType(name=name):
                return f"{self.scope.declaration(name, VIEW)}<'a>"
        return self.unboxed(type_)

    def fixed(self, type_: Type) -> str:
        """The codec of a fixed-size type at a constant offset."""
        if type_ not in self._fixed:
            self._fixed[type_] = self._fixed_text(type_)
        return self._fixed[type_]

    def _fixed_text(self, type_: Type) -> str:
        if isinstance(type_, ArrayType):
            return f"[{self.fixed(type_.element)}; {type_.length}]"
        if not is_limited(type_):
            return self._plain(type_)
        name = self._own_name("Range")
        self.ranges.append((name, type_))
        return f"{self.scope.wire}::Within<{self._plain(type_)}, {name}>"

    def field_codec(self, type_: Type) -> str:
        """The codec of a field or variant."""
        return f"{self.scope.wire}::Boxed<{self.codec(type_)}>" if self.keeps_box else self.codec(type_)

    def codec(self, type_: Type) -> str:
        """The codec of an element, key or value."""
        if type_ not in self._codecs:
            text = self._codec_text(type_)
            if len(text) > self._width:
                name = self._own_name("Codec")
                self.aliases.append((name, text))
                text = name
            self._codecs[type_] = text
        return self._codecs[type_]

    def _codec_text(self, type_: Type) -> str:
        wire = self.scope.wire
        match type_:
            case StringType():
                return f"{wire}::Text{_bounds(type_, '')}"
            case BytesType():
                return f"{wire}::Bytes{_bounds(type_, '')}"
            case ListType(element=element) if fixed_size(element) is not None:
                return f"{wire}::Packed{_bounds(type_, self.fixed(element))}"
            case ListType(element=element):
                return f"{wire}::Sequence{_bounds(type_, self.codec(element))}"
            case MapType(key=key, value=value):
                return f"{wire}::Map{_bounds(type_, f'{self.codec(key)}, {self.codec(value)}')}"
            case MessageType(name=name) | UnionType(name=name):
                return self.scope.declaration(name)
        return f"{wire}::Fixed<{self.fixed(type_)}>"


_ELEMENT_NESTING = 3
"""How deep an element lies in an optional list."""


def _complexity(type_: Type, nesting: int) -> int:
    """The linter's measure: ten for every part of the type, times how deep it lies."""
    own = 10 * nesting
    match type_:
        case ListType(element=element) | ArrayType(element=element):
            return own + _complexity(element, nesting + 1)
        case MapType(key=key, value=value):
            return own + _complexity(key, nesting + 1) + _complexity(value, nesting + 1)
    return own


def _bounds(type_: BoundedType, parameters: str) -> str:
    parts = [parameters] if parameters else []
    if type_.maximum is not None:
        parts += [str(type_.minimum or 0), str(type_.maximum)]
    elif type_.minimum:
        parts.append(str(type_.minimum))
    return f"<{', '.join(parts)}>" if parts else ""
