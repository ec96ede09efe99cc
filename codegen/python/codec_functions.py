"""What functions that read and functions that write have in common."""

from __future__ import annotations

from collections.abc import Iterable

from mycelium.codegen.python.body import (
    FunctionBody,
)
from mycelium.codegen.python.constants import CodecConstants
from mycelium.codegen.python.layout import (
    call,
    lay_out,
)
from mycelium.codegen.python.nesting import Nesting
from mycelium.idl.schema import (
    BytesType,
    ListType,
    MapType,
    MessageDeclaration,
    StringType,
    UnionDeclaration,
)


class CodecFunctions:
    """What readers and writers have in common: names, constants, and how deep things nest."""

    def __init__(self, constants: CodecConstants, nesting: Nesting) -> None:
        self.constants = constants
        self.scope = constants.scope
        self.nesting = nesting
        self._locals: dict[str, str] = {}

    def name_locals(self, names: Iterable[str]) -> None:
        """Choose the variables of a function that are named after fields."""
        self._locals = self.scope.local_names(names)

    def local(self, name: str) -> str:
        """The variable for a field."""
        return self._locals[name]

    def check_depth(self, body: FunctionBody, declaration: MessageDeclaration | UnionDeclaration) -> None:
        """Refuse to go on where what this may hold could lie deeper than the limit."""
        deepest = self.nesting.deepest_start(declaration)
        if deepest is not None:
            body.refuse_if(f"depth > {deepest}")


def signature(name: str, parameters: tuple[str, ...], result: str) -> list[str]:
    """The first line, or lines, of a function."""
    return lay_out(call(name, parameters), "def ", f" -> {result}:")


def bound_refusals(
    type_: StringType | BytesType | ListType | MapType, size: str, unit: int
) -> tuple[str, ...]:
    """The conditions under which a size is outside its type's bounds, each counted in ``unit`` bytes."""
    refusals: list[str] = []
    if type_.maximum is not None:
        refusals.append(f"{size} > {type_.maximum * unit}")
    if type_.minimum is not None:
        refusals.append(f"{size} < {type_.minimum * unit}")
    return tuple(refusals)
