"""The target languages, one line each."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mycelium.codegen import ocaml, python, rust
from mycelium.codegen.target import Target

TARGETS: Mapping[str, Target] = MappingProxyType(
    {
        target.name: target
        for target in (
            Target("python", python.generate),
            Target("rust", rust.generate),
            Target("ocaml", ocaml.generate),
        )
    }
)
