"""A field of a message together with its Rust name and types: what every part of a message is lowered from."""

from __future__ import annotations

from dataclasses import dataclass

from mycelium.codegen.rust.literals import owned_literal
from mycelium.codegen.rust.scope import Scope
from mycelium.codegen.rust.types import TypeSpelling
from mycelium.idl.schema import BlockField, Presence, TaggedField


@dataclass(frozen=True)
class Member:
    """One field of a message."""

    field: BlockField | TaggedField
    name: str
    spelling: TypeSpelling

    @property
    def value_type(self) -> str:
        """The type of the field in the message's struct."""
        text = self.spelling.value(self.field.type)
        if self.field.presence is Presence.OPTIONAL:
            return f"{self.spelling.scope.standard('Option')}<{text}>"
        return text

    @property
    def view_type(self) -> str:
        """The type of the field in the message's view."""
        if isinstance(self.field, BlockField):
            return self.spelling.unboxed(self.field.type)
        text = self.spelling.view(self.field.type)
        if self.field.presence is Presence.OPTIONAL:
            return f"{self.spelling.scope.standard('Option')}<{text}>"
        return text

    def initial(self, scope: Scope) -> str:
        """The value of a field that nobody has set: its default, or none."""
        if self.field.default is None:
            return "None"
        return owned_literal(scope, self.field.type, self.field.default)
