"""Names of the descriptor form, shared by writing and reading."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mycelium.idl.schema import (
    ArrayType,
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
    MessageType,
    StringType,
    StructType,
    TimestampType,
    Type,
    UnionType,
    UuidType,
)

DESCRIPTOR_FORM = "mycelium-descriptor-1"
"""Name and version of the form; the value of ``descriptor`` in every document."""

TYPE_CLASSES: Mapping[str, type[Type]] = MappingProxyType(
    {
        "bool": BoolType,
        "integer": IntegerType,
        "float": FloatType,
        "timestamp": TimestampType,
        "duration": DurationType,
        "decimal": DecimalType,
        "uuid": UuidType,
        "ascii": AsciiType,
        "fixed_bytes": FixedBytesType,
        "array": ArrayType,
        "enum": EnumType,
        "struct": StructType,
        "string": StringType,
        "bytes": BytesType,
        "list": ListType,
        "map": MapType,
        "message": MessageType,
        "union": UnionType,
    }
)
"""The value of ``type`` in a type, and the class it stands for. Its other members are the attributes of the class."""

TYPE_NAMES: Mapping[type[Type], str] = MappingProxyType({made: name for name, made in TYPE_CLASSES.items()})
