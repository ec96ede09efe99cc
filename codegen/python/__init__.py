"""Python: one module per package, and a registry over all messages with a type id."""

from __future__ import annotations

from mycelium.codegen.python.generation import generate

__all__ = ["generate"]
