"""The private module-level constants that a module's codec functions share: layouts, tables, plans of types."""

from __future__ import annotations

from collections.abc import Sequence

from mycelium.codegen.python.layout import INDENT, LINE_WIDTH, call, lay_out
from mycelium.codegen.python.naming import snake
from mycelium.codegen.python.plans import type_plan
from mycelium.codegen.python.scope import ModuleScope
from mycelium.idl.schema import EnumType, StructDeclaration, Type


class CodecConstants:
    """Collects constants as functions ask for them; each is made once."""

    def __init__(self, scope: ModuleScope) -> None:
        self.scope = scope
        self.structs: dict[str, StructDeclaration] = {}
        self._layouts: dict[str, str] = {}
        self._numbers: dict[str, str] = {}
        self._plans: dict[Type, str] = {}
        self._count: dict[str, int] = {}
        self._lines: list[str] = []

    def layout(self, owner: str, codes: Sequence[str]) -> str:
        """A compiled ``struct`` layout of these codes; the same one for every owner."""
        text = "".join(codes)
        if text not in self._layouts:
            name = self._numbered(snake(owner).upper())
            self._layouts[text] = name
            self._lines += _layout_lines(name, f"<{text}")
        return self._layouts[text]

    def numbers(self, type_: EnumType) -> str:
        """The table from number to member of an enum."""
        if type_.name not in self._numbers:
            name = self.scope.private(snake(type_.name.rpartition(".")[2]).upper() + "_NUMBERS")
            self._numbers[type_.name] = name
            self._lines += lay_out(call("_fast.numbers", [self.scope.class_of(type_.name)]), f"{name} = ")
        return self._numbers[type_.name]

    def type_plan(self, type_: Type) -> str:
        """The plan of a type, for the few that straight-line code leaves to the careful functions."""
        if type_ not in self._plans:
            name = self._numbered("TYPE")
            self._plans[type_] = name
            self._lines += lay_out(type_plan(type_, self.scope), f"{name} = ")
        return self._plans[type_]

    def _numbered(self, stem: str) -> str:
        number = self._count.get(stem, 0) + 1
        self._count[stem] = number
        return self.scope.private(f"{stem}_{number}")

    def struct_builder(self, struct: StructDeclaration) -> str:
        """The function from packed values to a struct."""
        self.structs[struct.qualified_name] = struct
        return self.scope.function("build", struct)

    def struct_spreader(self, struct: StructDeclaration) -> str:
        """The function from a struct to the arguments of ``pack``."""
        self.structs[struct.qualified_name] = struct
        return self.scope.function("spread", struct)

    @property
    def lines(self) -> tuple[str, ...]:
        """The statements that define the constants, in the order of first use."""
        return tuple(self._lines)


def _layout_lines(name: str, text: str) -> list[str]:
    """The statement that compiles a layout; long texts in pieces, as adjacent literals."""
    line = f'{name} = _fast.struct.Struct("{text}")'
    if len(line) <= LINE_WIDTH:
        return [line]
    room = LINE_WIDTH - len(INDENT) - 2
    pieces = [text[start : start + room] for start in range(0, len(text), room)]
    return [f"{name} = _fast.struct.Struct(", *(f'{INDENT}"{piece}"' for piece in pieces), ")"]
