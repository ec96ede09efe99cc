"""Schema -> the files of one Rust crate."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from jinja2 import Environment

from mycelium.codegen.rendering import render, template_environment
from mycelium.codegen.rust.components import nesting_depth
from mycelium.codegen.rust.lowering import lower_package, lower_registry
from mycelium.codegen.rust.model import Module
from mycelium.codegen.rust.naming import UniqueNames
from mycelium.codegen.rust.scope import Crate, crate_of, is_runtime_package, with_derived_types
from mycelium.codegen.target import GenerationOptions, RenderedFile
from mycelium.idl.digest import message_digests, schema_digests
from mycelium.idl.lock import MessageHistory
from mycelium.idl.schema import Schema

RUNTIME_VERSION = "0.1.0"
"""The release of the runtime crate that generated code needs."""

DEEPEST_WITHOUT_ASKING = 24
"""Chains of types within types up to this long stay below rustc's default ``recursion_limit``, which counts each
option, box, list and result on the way as well."""


def generate(schema: Schema, options: GenerationOptions) -> tuple[RenderedFile, ...]:
    """The crate ``mycelium-generated``; or, inside the runtime, modules for the runtime's own crate."""
    environment = template_environment("rust")
    named, names = with_derived_types(crate_of(schema, inside_runtime=options.inside_runtime))
    modules = tuple(_module_files(environment, named, names, options.histories))
    if options.inside_runtime:
        return modules
    registry = lower_registry(named, schema, schema_digests(schema))
    roots = sorted({path[0] for path in _paths(named).values()} | {"registry"})
    return (
        _file("Cargo.toml", environment, "Cargo.toml.j2", {"dependency": _dependency(options)}),
        _file("src/lib.rs", environment, "lib.rs.j2", {"modules": roots, "limit": _recursion_limit(schema)}),
        _file("src/registry.rs", environment, "registry.rs.j2", {"registry": registry}),
        *modules,
    )


def _recursion_limit(schema: Schema) -> int | None:
    """What rustc must be told to follow the types of the schema; None where its own limit of 128 is enough."""
    depth = nesting_depth(schema)
    return None if depth <= DEEPEST_WITHOUT_ASKING else 16 * depth


def _dependency(options: GenerationOptions) -> str:
    if options.rust_runtime is None:
        return json.dumps(RUNTIME_VERSION)
    return f"{{ path = {json.dumps(options.rust_runtime)} }}"


def _file(path: str, environment: Environment, template: str, model: Mapping[str, object]) -> RenderedFile:
    return RenderedFile(PurePosixPath(path), render(environment, template, model))


def _paths(crate: Crate) -> Mapping[str, tuple[str, ...]]:
    """The modules to generate: those of packages, and those that only hold others."""
    return {
        name: path[1:] if crate.inside_runtime else path
        for name, path in crate.modules.items()
        if name
        and is_runtime_package(name) == crate.inside_runtime
        and (len(path) > 1 or not crate.inside_runtime)
    }


def _module_files(
    environment: Environment,
    crate: Crate,
    names: Mapping[str, UniqueNames],
    histories: Mapping[str, MessageHistory],
) -> Iterator[RenderedFile]:
    paths = _paths(crate)
    packages = {package.name: package for package in crate.schema.packages}
    digests = message_digests(crate.schema)
    children: dict[tuple[str, ...], list[str]] = {}
    for path in paths.values():
        children.setdefault(path[:-1], []).append(path[-1])
    for name, path in sorted(paths.items()):
        inner = sorted(children.get(path, ()))
        if name in packages:
            module = lower_package(crate, packages[name], names[name], inner, digests, histories)
        else:
            module = Module((f"Packages below `{name}`.",), (), tuple(inner), ())
        yield _file(f"src/{'/'.join(path)}.rs", environment, "module.rs.j2", {"module": module})
