"""The JSON form beyond the shared vectors: what is refused, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from mycelium import EncodeError, from_json, to_json
from mycelium.message import Message

Messages = Mapping[str, type[Message]]

LEAF = {"name": "a", "weight": 1}


@pytest.mark.parametrize(
    ("name", "value", "code", "path"),
    [
        ("Leaf", [], "ENCODE_TYPE", "Leaf"),
        ("Leaf", {}, "ENCODE_TYPE", "Leaf.name"),
        ("Leaf", {"name": None}, "ENCODE_TYPE", "Leaf.name"),
        ("Leaf", {"name": 1}, "ENCODE_TYPE", "Leaf.name"),
        ("Leaf", {"name": "a", "wieght": 1}, "ENCODE_TYPE", "Leaf.wieght"),
        ("Leaf", {"name": "a", "weight": 1.0}, "ENCODE_TYPE", "Leaf.weight"),
        ("Leaf", {"name": "a", "weight": True}, "ENCODE_TYPE", "Leaf.weight"),
        ("Optionals", {"c": {"x": 1}}, "ENCODE_TYPE", "Optionals.c.y"),
        ("Optionals", {"c": {"x": 1, "y": "1"}}, "ENCODE_TYPE", "Optionals.c.y"),
        ("Optionals", {"d": [1, "2"]}, "ENCODE_TYPE", "Optionals.d[1]"),
        ("Optionals", {"f": "0"}, "ENCODE_TYPE", "Optionals.f"),
        ("Optionals", {"h": {"a": True}}, "ENCODE_TYPE", "Optionals.h[#0]"),
        ("Optionals", {"h": {"1": True, "01": True}}, "NON_CANONICAL", "Optionals.h[#1]"),
        ("Optionals", {"h": {"1": 1}}, "ENCODE_TYPE", "Optionals.h[1]"),
        ("Optionals", {"p": 1.25}, "ENCODE_TYPE", "Optionals.p"),
        ("Optionals", {"p": "1e2"}, "ENCODE_TYPE", "Optionals.p"),
        ("Events", {"event": {}, "inner": {"a": 1}}, "ENCODE_TYPE", "Events.event"),
        ("Events", {"event": {"leaf": LEAF, "text": ""}, "inner": {"a": 1}}, "ENCODE_TYPE", "Events.event"),
        ("Events", {"event": {"leaf": {}}, "inner": {"a": 1}}, "ENCODE_TYPE", "Events.event(leaf).name"),
        ("Events", {"event": {"other": 1}, "inner": {"a": 1}}, "ENCODE_TYPE", "Events.event.other"),
        ("Events", {"event": {"?": {"tag": 9}}, "inner": {"a": 1}}, "ENCODE_TYPE", "Events.event(?)"),
    ],
)
def test_refusals(messages: Messages, name: str, value: Any, code: str, path: str) -> None:
    with pytest.raises(EncodeError) as caught:
        from_json(messages[name], value)
    assert (caught.value.code, caught.value.path) == (code, path)


def test_fewer_digits_of_a_decimal_are_accepted(messages: Messages) -> None:
    message = from_json(messages["Optionals"], {"p": "3"})
    assert to_json(type(message).decode(message.encode()))["p"] == "3.00"


def test_an_enum_is_accepted_as_a_number(messages: Messages) -> None:
    assert to_json(from_json(messages["Optionals"], {"k": 1}))["k"] == "ONE"
    assert to_json(from_json(messages["Optionals"], {"k": 99}))["k"] == 99


def test_keys_come_in_wire_order(generated: Messages) -> None:
    form = to_json(generated["Optionals"](h={10: True, 9: False, 100: True}))["h"]
    assert list(form.items()) == [("9", False), ("10", True), ("100", True)]  # type: ignore[union-attr]


def test_a_value_of_the_wrong_type_has_no_json_form(generated: Messages) -> None:
    with pytest.raises(EncodeError) as caught:
        to_json(generated["Optionals"](d=3))
    assert (caught.value.code, caught.value.path) == ("ENCODE_TYPE", "Optionals.d")


def test_endless_nesting_is_refused(generated: Messages) -> None:
    form: dict[str, Any] = {"value": 1}
    for _ in range(500):
        form = {"value": 1, "left": form}
    with pytest.raises(EncodeError) as caught:
        from_json(generated["Tree"], form)
    assert caught.value.code == "DEPTH_EXCEEDED"
