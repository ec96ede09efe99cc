"""The text of one generated function while it is being written, and the order of a message's elements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from mycelium.codegen.python.layout import INDENT, LINE_WIDTH, Expression, lay_out, refuse_if
from mycelium.idl.schema import (
    BlockField,
    MessageDeclaration,
    Presence,
    TaggedField,
    UnionVariant,
    fixed_size,
    wire_kind,
)

_VARIABLE_KIND = 6


class FunctionBody:
    """Lines of a function, indented; names for what is nested in itself."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._indent = 1
        self._level = 0
        self._count: dict[str, int] = {}

    def add(self, line: str) -> None:
        """One line."""
        self.lines.append(INDENT * self._indent + line)

    def lay_out(self, expression: Expression, before: str = "", after: str = "") -> None:
        """An expression over as many lines as it needs."""
        self.lines += lay_out(expression, before, after, self._indent)

    def unpack(self, targets: Sequence[str], source: str) -> None:
        """Assign a tuple to variables."""
        if len(targets) == 1:
            self.add(f"({targets[0]},) = {source}")
            return
        line = f"{', '.join(targets)} = {source}"
        if len(INDENT) * self._indent + len(line) <= LINE_WIDTH:
            self.add(line)
            return
        self.add("(")
        self.lines += [INDENT * (self._indent + 1) + f"{target}," for target in targets]
        self.add(f") = {source}")

    def refuse_if(self, *conditions: str) -> None:
        """Raise when any condition holds."""
        self.lines += refuse_if(conditions, self._indent)

    @contextmanager
    def block(self, opening: str) -> Iterator[None]:
        """Lines within an ``if``, ``for`` or ``while``."""
        self.add(opening)
        self._indent += 1
        yield
        self._indent -= 1

    @contextmanager
    def nested(self) -> Iterator[None]:
        """A list or map inside another value: its variables get a number of their own."""
        self._level += 1
        yield
        self._level -= 1

    @property
    def level(self) -> int:
        """How many lists and maps enclose what is being written."""
        return self._level

    def variable(self, name: str) -> str:
        """The variable of that name at this level."""
        return name if self._level == 0 else f"{name}_{self._level + 1}"

    def unique(self, name: str) -> str:
        """A variable that nothing else in the function uses, since its type may differ."""
        number = self._count.get(name, 0) + 1
        self._count[name] = number
        return name if number == 1 else f"{name}_{number}"


@dataclass(frozen=True, slots=True)
class Run:
    """Elements that are always there and always of the same size: one ``struct`` call for all of them.

    ``headers`` holds, before each field that starts an element, its constant header and length.
    """

    fields: tuple[BlockField | TaggedField, ...]
    headers: tuple[bytes, ...]
    size: int


def header_bytes(tag: int, kind: int) -> bytes:
    """The header of an element."""
    if tag < 31:
        return bytes((tag << 3 | kind,))
    return bytes((31 << 3 | kind,)) + tag.to_bytes(2, "little")


def length_bytes(size: int) -> bytes:
    """The length prefix of a fixed-size value or block, at most 65,535 bytes."""
    return bytes((size,)) if size < 254 else b"\xfe" + size.to_bytes(2, "little")


def elements(message: MessageDeclaration) -> list[Run | TaggedField]:
    """A message's elements in wire order: runs, and between them the fields that vary."""
    sequence: list[Run | TaggedField] = []
    fields: list[BlockField | TaggedField] = list(message.block)
    headers: list[bytes] = []
    size = 0
    if message.block:
        header = header_bytes(0, _VARIABLE_KIND) + length_bytes(message.block_size)
        headers = [header] + [b""] * (len(message.block) - 1)
        size = len(header) + message.block_size
    for field in message.tagged:
        field_size = fixed_size(field.type)
        if field_size is None or field.presence is Presence.OPTIONAL:
            if fields:
                sequence.append(Run(tuple(fields), tuple(headers), size))
                fields, headers, size = [], [], 0
            sequence.append(field)
            continue
        header = element_prefix(field, field_size)
        fields.append(field)
        headers.append(header)
        size += len(header) + field_size
    if fields:
        sequence.append(Run(tuple(fields), tuple(headers), size))
    return sequence


def element_prefix(field: TaggedField | UnionVariant, size: int) -> bytes:
    """All that precedes the value of a fixed-size field."""
    kind = wire_kind(field.type)
    return header_bytes(field.tag, kind) + (length_bytes(size) if kind == _VARIABLE_KIND else b"")


def prefix_parts(prefix: bytes) -> list[tuple[str, str]]:
    """A constant prefix as ``struct`` codes and the values they pack, as text.

    Single bytes are cheapest to compare: they make no new objects.
    """
    if len(prefix) <= 2:
        return [("B", f"0x{byte:02X}") for byte in prefix]
    return [(f"{len(prefix)}s", bytes_constant(prefix))]


def bytes_constant(value: bytes) -> str:
    """A short bytes literal."""
    return 'b"' + "".join(f"\\x{byte:02x}" for byte in value) + '"'
