"""Types of variable size -> the functions that read and write their values."""

from __future__ import annotations

from mycelium.codegen.ocaml.fixed_types import codec, is_limited
from mycelium.codegen.ocaml.scope import Scope
from mycelium.codegen.ocaml.types import scalar_name
from mycelium.idl.schema import (
    AsciiType,
    BytesType,
    EnumType,
    FixedBytesType,
    IntegerType,
    ListType,
    MapType,
    MessageType,
    StringType,
    Type,
    UnionType,
    fixed_size,
)


def reader(scope: Scope, type_: Type) -> str:
    """A function that reads a value of variable size, as an argument."""
    return _function(scope, type_, "read")


def writer(scope: Scope, type_: Type) -> str:
    """A function that writes a value of variable size, as an argument."""
    return _function(scope, type_, "write")


def applied(function: str, *arguments: str) -> str:
    """The application of what :func:`reader` or :func:`writer` gives."""
    words = function[1:-1] if function.startswith("(") else function
    return " ".join([words, *arguments])


_RUNTIME_MODULE = {"read": "Mycelium.Decode", "write": "Mycelium.Encode"}
_MAP_FUNCTIONS = {"read": "Mycelium.Map_codec.decode", "write": "Mycelium.Map_codec.encode"}


def _function(scope: Scope, type_: Type, verb: str) -> str:
    match type_:
        case StringType():
            return _bounded(f"{_RUNTIME_MODULE[verb]}.string", type_)
        case BytesType():
            return _bounded(f"{_RUNTIME_MODULE[verb]}.bytes", type_)
        case ListType(element=element):
            if fixed_size(element) is not None:
                return _bounded(f"{_RUNTIME_MODULE[verb]}.packed", type_, codec(scope, element))
            of_strings = verb == "read" and isinstance(element, StringType | BytesType)
            function = f"{_RUNTIME_MODULE[verb]}.{'strings' if of_strings else 'list'}"
            return _bounded(function, type_, _function(scope, element, verb))
        case MapType(value=value):
            if fixed_size(value) is not None:
                entry = f"({_RUNTIME_MODULE[verb]}.fixed_part {codec(scope, value)})"
            else:
                entry = _function(scope, value, verb)
            return _bounded(_MAP_FUNCTIONS[verb], type_, key(scope, type_.key), entry)
        case MessageType(name=name) | UnionType(name=name):
            return scope.function(verb, name)
    raise AssertionError(f"{type_} is of fixed size")


def _bounded(function: str, type_: StringType | BytesType | ListType | MapType, *arguments: str) -> str:
    if type_.minimum is None and type_.maximum is None:
        words = [function, *arguments]
    else:
        greatest = "Stdlib.max_int" if type_.maximum is None else str(type_.maximum)
        words = [f"{function}_within", str(type_.minimum or 0), greatest, *arguments]
    return words[0] if len(words) == 1 else f"({' '.join(words)})"


def key(scope: Scope, type_: Type) -> str:
    """An expression of type ``Mycelium.Key.t``."""
    match type_:
        case IntegerType():
            plain = f"Mycelium.Key.{scalar_name(type_)}"
            if not is_limited(type_):
                return plain
            limited = codec(scope, type_)
            return scope.constant(f"{limited}_key", f"Mycelium.Key.within {plain} {limited}")
        case EnumType(name=name):
            return f"{scope.module(name)}.key"
        case AsciiType(length=length):
            return scope.constant(f"ascii_{length}_key", f"Mycelium.Key.ascii {length}")
        case FixedBytesType(length=length):
            return scope.constant(f"bytes_{length}_key", f"Mycelium.Key.fixed_bytes {length}")
        case StringType(minimum=None, maximum=None):
            return "Mycelium.Key.string"
        case StringType():
            return scope.constant("string_key", _bounded("Mycelium.Key.string", type_).strip("()"))
    raise AssertionError(f"{type_} cannot be a key")
