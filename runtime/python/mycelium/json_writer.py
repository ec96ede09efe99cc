"""Message -> JSON form, driven by plans."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

from mycelium import plan
from mycelium.errors import EncodeError, ErrorCode, Offence
from mycelium.map_keys import key_name, key_text
from mycelium.message import Message, UnknownVariant
from mycelium.scalars import mantissa_of

JsonValue: TypeAlias = "None | bool | int | float | str | list[JsonValue] | dict[str, JsonValue]"
"""What JSON can hold."""


def to_json(message: Message) -> dict[str, JsonValue]:
    """The JSON form of a message.

    Raises :class:`~mycelium.EncodeError` where a value is not of its type.
    """
    try:
        form: dict[str, JsonValue] = _within(message.__plan__.name, _message, message)
        return form
    except Offence as offence:
        raise EncodeError(offence.code, offence.path, 0, offence.detail) from None


def _within(part: str, write: Callable[..., Any], *arguments: Any) -> Any:
    try:
        return write(*arguments)
    except Offence as offence:
        offence.within(part)
        raise
    except (ArithmeticError, AttributeError, TypeError, ValueError):
        mismatch = Offence(ErrorCode.ENCODE_TYPE, detail="not a value of the field's type")
        mismatch.within(part)
        raise mismatch from None


def _message(message: Message) -> dict[str, JsonValue]:
    form: dict[str, JsonValue] = {}
    for field in message.__plan__.fields:
        value = getattr(message, field.attribute)
        if value is not None or field.presence is not plan.Presence.OPTIONAL:
            form[field.name] = _within("." + field.name, _value, field.type, value)
    return form


def _value(type_: plan.Type, value: Any) -> JsonValue:
    match type_:
        case plan.Boolean():
            return bool(value)
        case plan.Integer() | plan.Timestamp() | plan.Duration():
            return int(value)
        case plan.Float():
            return _float(float(value))
        case plan.Decimal(scale=scale):
            return decimal_text(mantissa_of(value, scale), scale)
        case plan.Uuid() | plan.Ascii() | plan.String():
            return str(value)
        case plan.FixedBytes() | plan.Bytes():
            return bytes(value).hex()
        case plan.Enum(enum=enum):
            return enum.__plan__.names.get(int(value), int(value))
        case plan.Array(element=element) | plan.List(element=element):
            return [_within(f"[{index}]", _value, element, item) for index, item in enumerate(value)]
        case plan.Map():
            return _map(type_, value)
        case plan.Struct(struct=struct):
            return {
                field.name: _within("." + field.name, _value, field.type, getattr(value, field.attribute))
                for field in struct.__plan__.fields
            }
        case plan.Message():
            return _message(value)
        case plan.Union(unknown=unknown):
            return _union(unknown.__union__, value)


def _float(value: float) -> float | str:
    if math.isfinite(value):
        return value
    return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"


def decimal_text(mantissa: int, scale: int) -> str:
    """mantissa / 10**scale with exactly ``scale`` digits after the point."""
    digits = str(abs(mantissa)).rjust(scale + 1, "0")
    whole, fraction = digits[: len(digits) - scale], digits[len(digits) - scale :]
    return ("-" if mantissa < 0 else "") + whole + (f".{fraction}" if scale else "")


def _map(type_: plan.Map, value: dict[Any, Any]) -> dict[str, JsonValue]:
    return {
        key_name(type_.key, key): _within(f"[{key_text(type_.key, key)}]", _value, type_.value, value[key])
        for key in sorted(value)
    }


def _union(union: plan.UnionPlan, value: Any) -> dict[str, JsonValue]:
    if isinstance(value, UnknownVariant):
        return {"?": {"tag": value.tag, "kind": value.kind, "bytes": bytes(value.bytes).hex()}}
    for variant in union.variants:
        if isinstance(value, variant.variant):
            held = getattr(value, "value", None)
            return {variant.name: _within(f"({variant.name})", _value, variant.type, held)}
    raise Offence(ErrorCode.ENCODE_TYPE, detail=f"a variant of {union.name} is needed")
