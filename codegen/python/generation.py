"""The stages of the Python generator, one after another: lower, render, lay out."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from mycelium.codegen.python.layout import LINE_WIDTH
from mycelium.codegen.python.lowering import is_runtime_package, lower, parent_folders
from mycelium.codegen.rendering import render, template_environment
from mycelium.codegen.target import GenerationOptions, RenderedFile
from mycelium.idl.schema import Schema

_DOCSTRING = re.compile(r'^ *""".*?"""$', re.DOTALL | re.MULTILINE)
"""Text that black leaves as wide as it is."""


def generate(schema: Schema, options: GenerationOptions) -> tuple[RenderedFile, ...]:
    """The Python modules of a schema, black-formatted, in the order of their paths."""
    environment = template_environment("python")
    modules, registry = lower(schema, options.inside_runtime)
    files = [
        RenderedFile(module.path, render(environment, "module.py.jinja", {"module": module}))
        for module in modules
    ]
    if registry is not None:
        packages = [package.name for package in schema.packages if not is_runtime_package(package.name)]
        text = render(environment, "registry.py.jinja", {"registry": registry})
        files.append(RenderedFile(registry.path, text))
        files += [_parent(name, path) for name, path in parent_folders(packages)]
    return tuple(
        RenderedFile(file.path, formatted(file.text)) for file in sorted(files, key=lambda file: file.path)
    )


def _parent(name: str, path: PurePosixPath) -> RenderedFile:
    return RenderedFile(path, f'"""Packages below ``{name}``."""\n')


def formatted(text: str) -> str:
    """The text as black leaves it.

    Lowering lays its lines out as black does, which a test proves; only where a long name makes a line too wide
    is black itself needed, which would take minutes for large trees.
    """
    code = _DOCSTRING.sub("", text)
    if all(len(line) <= LINE_WIDTH for line in code.splitlines()):
        return text
    import black

    return black.format_str(text, mode=black.Mode())
