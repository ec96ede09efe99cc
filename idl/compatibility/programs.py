"""What a change does to programs: in which languages those that use the generated code have to change with it.

The rules are those of the generated code (docs/generated-code.md): fields that may be left out are left out by keywords,
builders and labelled arguments; Rust and OCaml demand that a match names every case. tests/evolution holds the tables
against what the generators write.
"""

from __future__ import annotations

from mycelium.idl.codes import Code
from mycelium.idl.compatibility.findings import Surface
from mycelium.idl.compatibility.recorder import Recorder
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
    Presence,
    Span,
    StringType,
    StructType,
    TimestampType,
    Type,
    UnionType,
    UuidType,
)

LANGUAGES = ("python", "rust", "ocaml")
"""The languages code is generated for, as ``--lang`` names them."""

STRICT_MATCHES = ("rust", "ocaml")
"""Languages whose compilers demand that a match names every case."""

_MEND = "change the programs together with it"


def report_programs(
    recorder: Recorder,
    element: str,
    what: str,
    languages: tuple[str, ...] = LANGUAGES,
    *,
    old_span: Span | None = None,
    new_span: Span | None = None,
    mend: str = _MEND,
    declaration: str | None = None,
) -> None:
    """Report that programs have to change; nothing where they need not in any language."""
    if languages:
        recorder.report(
            Code.SOURCE_CHANGED,
            element,
            f"`{element}` {what}",
            surface=Surface.SOURCE,
            old_span=old_span,
            new_span=new_span,
            mend=mend,
            declaration=declaration,
            languages=languages,
        )


def report_new_required(
    recorder: Recorder, element: str, old_span: Span | None, new_span: Span | None
) -> None:
    """A field that programs which make the message do not give yet."""
    what = "is new, and programs that make the message have to give it"
    report_programs(recorder, element, what, old_span=old_span, new_span=new_span)


def report_gone(recorder: Recorder, element: str, old_span: Span | None, new_span: Span | None) -> None:
    """Something that programs and JSON may name."""
    what = "is gone from programs and from the JSON form"
    report_programs(recorder, element, what, old_span=old_span, new_span=new_span)


def report_new_case(recorder: Recorder, element: str, old_span: Span | None, new_span: Span | None) -> None:
    """A member or variant that matches do not name yet."""
    what = "is new, and a match that names every case lacks it"
    report_programs(recorder, element, what, STRICT_MATCHES, old_span=old_span, new_span=new_span)


def report_presence(
    recorder: Recorder,
    element: str,
    old: Presence,
    new: Presence,
    old_span: Span | None,
    new_span: Span | None,
) -> None:
    """A field that may be none has another type than one that may not; one that must be given has to be given."""
    if Presence.OPTIONAL in (old, new) and old is not new:
        what = (
            "may be none now, and was always there" if new is Presence.OPTIONAL else "is never none any more"
        )
    elif new is Presence.REQUIRED and old is Presence.DEFAULTED:
        what = "has to be given now by programs that make the message"
    else:
        return
    report_programs(recorder, element, what, old_span=old_span, new_span=new_span)


def languages_apart(old: Type, new: Type) -> tuple[str, ...]:
    """The languages in which values of the two types have different types."""
    spellings = (_python, _rust, _ocaml)
    return tuple(
        language
        for language, spelling in zip(LANGUAGES, spellings, strict=True)
        if spelling(old) != spelling(new)
    )


def _python(type_: Type) -> str:
    match type_:
        case IntegerType() | TimestampType() | DurationType():
            return "int"
        case AsciiType() | StringType():
            return "str"
        case FixedBytesType() | BytesType():
            return "bytes"
        case ArrayType(element=element) | ListType(element=element):
            return f"tuple {_python(element)}"
        case MapType(key=key, value=value):
            return f"dict {_python(key)} {_python(value)}"
    return _named(type_)


def _rust(type_: Type) -> str:
    match type_:
        case IntegerType(bits=bits, signed=signed):
            return f"{'i' if signed else 'u'}{bits}"
        case FloatType(bits=bits):
            return f"f{bits}"
        case DecimalType(scale=scale):
            return f"Decimal {scale}"
        case AsciiType(length=length):
            return f"Ascii {length}"
        case StringType():
            return "String"
        case FixedBytesType(length=length):
            return f"u8 array {length}"
        case BytesType():
            return "u8 vector"
        case ArrayType(element=element, length=length):
            return f"{_rust(element)} array {length}"
        case ListType(element=element):
            return f"{_rust(element)} vector"
        case MapType(key=key, value=value):
            return f"map {_rust(key)} {_rust(value)}"
    return _named(type_)


def _ocaml(type_: Type) -> str:
    match type_:
        case IntegerType(bits=bits, signed=signed) if bits > 64:
            return f"{'i' if signed else 'u'}{bits}"
        case IntegerType(bits=bits):
            return "int64" if bits == 64 else "int"
        case AsciiType() | StringType() | FixedBytesType() | BytesType():
            return "string"
        case ArrayType(element=element) | ListType(element=element):
            return f"{_ocaml(element)} array"
        case MapType(key=key, value=value):
            return f"{_ocaml(key)} {_ocaml(value)} list"
    return _named(type_)


def _named(type_: Type) -> str:
    """Types that have one name in every language."""
    match type_:
        case EnumType(name=name) | StructType(name=name) | MessageType(name=name) | UnionType(name=name):
            return name
        case BoolType() | FloatType() | TimestampType() | DurationType() | DecimalType() | UuidType():
            return type(type_).__name__
    raise AssertionError(f"no one name for {type_}")
