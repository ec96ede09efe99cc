"""Where code stands: what a file calls other declarations, and the constants it needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from mycelium.codegen.ocaml.naming import NameSpace
from mycelium.codegen.ocaml.symbols import Symbols


@dataclass
class Scope:
    """One module to be: where it is, and the constants its code has needed so far.

    ``own`` is the type whose module it is, None for the module of a cycle. ``together`` are the types whose codecs
    stand in it. Mutable while one module is lowered.
    """

    symbols: Symbols
    package: str
    own: str | None
    together: frozenset[str]
    names: NameSpace
    constants: dict[str, str] = field(default_factory=dict)

    def constant(self, name: str, expression: str) -> str:
        """The name of a constant of the module with that value; ``name`` is what it would like to be called."""
        if expression not in self.constants:
            self.constants[expression] = self.names.claim(name)
        return self.constants[expression]

    def type_name(self, type_name: str) -> str:
        """What the implementation calls the type of another declaration, or its own."""
        cycle = self.symbols.cycles.get(type_name)
        own_cycle = None if self.own is None else self.symbols.cycles.get(self.own)
        same_package = type_name.rpartition(".")[0] == self.package
        if type_name != self.own and cycle is not None and cycle == own_cycle and same_package:
            return f"{cycle}.{self.symbols.modules[type_name]}.t"
        return self.interface_type_name(type_name)

    def interface_type_name(self, type_name: str) -> str:
        """What the interface calls it: there, types of a cycle see one another."""
        return "t" if type_name == self.own else f"{self.module(type_name)}.t"

    def module(self, type_name: str) -> str:
        """What this module calls the module of another declaration."""
        return self.symbols.module_from(self.package, type_name)

    def function(self, verb: str, type_name: str) -> str:
        """``read``, ``write`` or ``pp`` of a message or union."""
        if type_name in self.together:
            return self.symbols.local_function(verb, type_name)
        return f"{self.module(type_name)}.{verb}"
