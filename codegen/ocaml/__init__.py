"""OCaml: one dune library per package, one module per type."""

from mycelium.codegen.ocaml.generation import generate

__all__ = ["generate"]
