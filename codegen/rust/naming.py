"""Names of a schema as Rust spells them: case, keywords, and never two alike in one scope."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

KEYWORDS = frozenset("""
    abstract as async await become box break const continue crate do dyn else enum extern false final fn for gen if impl in
    let loop macro match mod move mut override priv pub ref return self Self static struct super trait true try type typeof
    union unsafe unsized use virtual where while yield
    """.split())
"""Strict, reserved and weak keywords up to edition 2024. ``gen`` and ``union`` are escaped to be safe."""

PRIMITIVE_TYPES = frozenset(
    "bool char f32 f64 i8 i16 i32 i64 i128 isize str u8 u16 u32 u64 u128 usize".split()
)

METHODS_OF_VIEWS = frozenset("as_bytes to_message clone as_ref borrow deref len new".split())
"""Members a view has already, and names Rust expects a certain meaning of."""

METHODS_OF_BUILDERS = frozenset("build clone add sub mul div rem shl shr bitand bitor bitxor new".split())
"""Members a builder has already, and names of operators."""

ROOT_MODULES = frozenset({"registry", "lib", "main"})
"""Modules of the generated crate that are no packages, and names Rust gives a meaning to."""

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+|[0-9]+")


def escape(name: str, reserved: frozenset[str]) -> str:
    """``name``, with one more underscore where it is a reserved word followed by underscores."""
    return f"{name}_" if name.rstrip("_") in reserved else name


def _words(name: str) -> list[str]:
    return [word for part in name.split("_") for word in _WORDS.findall(part)]


def _trailing_underscores(name: str) -> str:
    return "_" * (len(name) - len(name.rstrip("_")))


def upper_camel(name: str) -> str:
    """``FOO_BAR`` and ``foo_bar`` as ``FooBar``; a name that is UpperCamel already stays as it is."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*_*", name) and not re.fullmatch(r"[A-Z0-9]{2,}_*", name):
        return name
    return "".join(word[:1].upper() + word[1:].lower() for word in _words(name)) + _trailing_underscores(name)


def type_case(name: str) -> str:
    """A type's name: kept, acronyms included, unless it has underscores inside or starts in lower case."""
    if re.fullmatch(r"[A-Z][A-Za-z0-9]*_*", name):
        return name
    return "".join(word[:1].upper() + word[1:] for word in _words(name)) + _trailing_underscores(name)


def lower_snake(name: str) -> str:
    """``fooBar`` as ``foo_bar``; a name that is lower_snake already stays as it is."""
    if re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*_*", name):
        return name
    return "_".join(_words(name)).lower() + _trailing_underscores(name)


def upper_snake(name: str) -> str:
    """``fooBar`` as ``FOO_BAR``; a name that is UPPER_SNAKE already stays as it is."""
    return name if name.upper() == name else lower_snake(name).upper()


@dataclass
class UniqueNames:
    """The names given out in one scope."""

    taken: set[str] = field(default_factory=set)

    def claim(self, name: str) -> str:
        """``name``, followed by as many underscores as it takes to be new here."""
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name


def claim_all(names: Iterable[str]) -> tuple[str, ...]:
    """One name for each, in order, all different."""
    scope = UniqueNames()
    return tuple(scope.claim(name) for name in names)


def type_names(names: Iterable[str]) -> tuple[str, ...]:
    """The Rust names of declarations, in order."""
    return claim_all(escape(type_case(name), KEYWORDS | PRIMITIVE_TYPES) for name in names)


def field_names(names: Iterable[str]) -> tuple[str, ...]:
    """The Rust names of the fields of one struct or message, in order."""
    return claim_all(escape(lower_snake(name), KEYWORDS) for name in names)


def method_names(names: Iterable[str], reserved: frozenset[str]) -> tuple[str, ...]:
    """The Rust names of methods named after fields, in order."""
    return claim_all(escape(lower_snake(name), KEYWORDS | reserved) for name in names)


def variant_names(names: Iterable[str], *, has_unknown: bool) -> tuple[str, ...]:
    """The Rust names of enum members or union variants, in order; ``Unknown`` is ours where there is one."""
    reserved = KEYWORDS | {"Unknown"} if has_unknown else KEYWORDS
    return claim_all(escape(upper_camel(name), reserved) for name in names)


def constant_names(names: Iterable[str]) -> tuple[str, ...]:
    """The Rust names of constants, in order."""
    return claim_all(upper_snake(name) for name in names)


def module_name(segment: str, *, at_root: bool) -> str:
    """The Rust module of one segment of a package's name."""
    reserved = KEYWORDS | ROOT_MODULES if at_root else KEYWORDS
    return escape(lower_snake(segment), reserved)
