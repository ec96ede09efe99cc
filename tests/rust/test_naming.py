"""Names: every schema name gets a Rust name, no two the same, the same every time."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mycelium.codegen.rust.naming import (
    KEYWORDS,
    METHODS_OF_VIEWS,
    constant_names,
    field_names,
    lower_snake,
    method_names,
    module_name,
    type_case,
    type_names,
    upper_camel,
    variant_names,
)

IDENTIFIERS = st.lists(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{0,8}", fullmatch=True), unique=True, max_size=12)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("BUY", "Buy"),
        ("FOO_BAR", "FooBar"),
        ("text_2", "Text2"),
        ("A", "A"),
        ("FooBar", "FooBar"),
        ("self", "Self"),
    ],
)
def test_upper_camel(name: str, expected: str) -> None:
    assert upper_camel(name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("foo_bar", "foo_bar"),
        ("fooBar", "foo_bar"),
        ("HTTPServer", "http_server"),
        ("a__b", "a_b"),
        ("class_", "class_"),
    ],
)
def test_lower_snake(name: str, expected: str) -> None:
    assert lower_snake(name) == expected


def test_type_names_keep_acronyms() -> None:
    assert [type_case(name) for name in ("FIXMessage", "quad_t", "QUOTE")] == ["FIXMessage", "QuadT", "QUOTE"]


def test_keywords_get_an_underscore_and_so_do_names_that_look_escaped() -> None:
    assert field_names(["type", "type_", "type__", "kind"]) == ("type_", "type__", "type___", "kind")
    assert type_names(["Self", "Option"]) == ("Self_", "Option")
    assert variant_names(["UNKNOWN", "SELF"], has_unknown=True) == ("Unknown_", "Self_")
    assert variant_names(["UNKNOWN"], has_unknown=False) == ("Unknown",)
    assert module_name("registry", at_root=True) == "registry_"
    assert module_name("registry", at_root=False) == "registry"
    assert method_names(["as_bytes", "len"], METHODS_OF_VIEWS) == ("as_bytes_", "len_")


def test_names_that_collide_after_conversion_are_told_apart_in_order() -> None:
    assert variant_names(["FOO_BAR", "FooBar"], has_unknown=True) == ("FooBar", "FooBar_")
    assert constant_names(["MAX", "max"]) == ("MAX", "MAX_")


@given(IDENTIFIERS)
def test_names_of_one_scope_are_distinct_and_no_keywords(names: list[str]) -> None:
    for converted in (field_names(names), type_names(names), variant_names(names, has_unknown=True)):
        assert len(set(converted)) == len(names)
        assert not KEYWORDS.intersection(converted)
        assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in converted)
