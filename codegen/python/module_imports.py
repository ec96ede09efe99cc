"""How a generated module reaches libraries, the runtime, and the modules of other packages.

A generated tree works where it was written, and as well below another package. Packages below the same first name
reach one another by relative imports. Those below another first name cannot, for a top-level package has no parent
to go through: they are found beside this one, wherever that is.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from mycelium.codegen.python.layout import INDENT, LINE_WIDTH, call, lay_out
from mycelium.codegen.python.naming import module_parts
from mycelium.codegen.python.scope import ModuleScope
from mycelium.codegen.python.types import string_text


def package_imports(scope: ModuleScope, path: PurePosixPath) -> tuple[str, ...]:
    """The statements that import the other packages this module refers to."""
    own = module_parts(scope.package.name)
    folder = own if path.name == "__init__.py" else own[:-1]
    relative: list[str] = []
    beside: list[tuple[str, tuple[str, ...]]] = []
    for package, alias in sorted(scope.packages.items()):
        target = module_parts(package)
        if target[0] == "mycelium" and own[0] != "mycelium":
            relative.append(f"from {'.'.join(target[:-1])} import {target[-1]} as {alias}")
        elif target[0] == own[0] and len(target) > 1:
            relative.append(_relative_import(folder, target, alias))
        else:
            beside.append((alias, target))
    if not beside:
        return tuple(relative)
    neighbour = scope.use("mycelium.neighbours", "neighbour")
    lines = [*relative, *([""] if relative else []), f"if {scope.use('typing', 'TYPE_CHECKING')}:"]
    lines += [f"{INDENT}import {'.'.join(target)} as {alias}" for alias, target in beside]
    lines.append("else:")
    for alias, target in beside:
        arguments = ["__name__", string_text(".".join(own)), string_text(".".join(target))]
        lines += lay_out(call(neighbour, arguments), f"{alias} = ", "", 1)
    return tuple(lines)


def _relative_import(folder: Sequence[str], target: Sequence[str], alias: str) -> str:
    parent = target[:-1]
    shared = 0
    while shared < min(len(folder), len(parent)) and folder[shared] == parent[shared]:
        shared += 1
    dots = "." * (len(folder) - shared + 1)
    return f"from {dots}{'.'.join(parent[shared:])} import {target[-1]} as {alias}"


def library_imports(scope: ModuleScope) -> tuple[str, ...]:
    """Imports from the standard library."""
    return tuple(_from_imports(scope, runtime=False))


def runtime_imports(scope: ModuleScope, has_plans: bool, has_functions: bool) -> tuple[str, ...]:
    """Imports from the runtime."""
    lines: list[str] = []
    if has_functions:
        lines.append("from mycelium import fast_path as _fast")
    if has_plans:
        lines.append("from mycelium import plan as _plan")
    return (*lines, *_from_imports(scope, runtime=True))


def _from_imports(scope: ModuleScope, runtime: bool) -> list[str]:
    """Sorted as ruff and isort sort them: a name that gets another one has a statement of its own."""
    statements: dict[tuple[str, str], list[str]] = {}
    for (module, name), local in sorted(scope.imported.items()):
        if module.startswith("mycelium.") is not runtime:
            continue
        if name != local:
            statements[module, name] = [f"{name} as {local}"]
        else:
            statements.setdefault((module, ""), []).append(name)
    lines: list[str] = []
    for (module, _), names in sorted(statements.items(), key=lambda entry: (entry[0][0], entry[1][0])):
        line = f"from {module} import {', '.join(names)}"
        if len(line) <= LINE_WIDTH:
            lines.append(line)
        else:
            lines += [f"from {module} import (", *(f"{INDENT}{name}," for name in names), ")"]
    return lines
