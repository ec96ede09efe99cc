"""Rust: one crate, one module per package."""

from mycelium.codegen.rust.generation import generate

__all__ = ["generate"]
