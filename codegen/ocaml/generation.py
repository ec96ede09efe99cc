"""Schema -> files of OCaml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

from mycelium.codegen.ocaml.lowering import lower
from mycelium.codegen.ocaml.model import Library, Project, Registry
from mycelium.codegen.rendering import render, template_environment
from mycelium.codegen.target import GenerationOptions, RenderedFile
from mycelium.idl.schema import Schema

REGISTRY = "mycelium_registry"


def generate(schema: Schema, options: GenerationOptions) -> tuple[RenderedFile, ...]:
    """A dune project with a library for every package, and one more, ``mycelium_registry``, of all messages."""
    project = lower(schema, options.inside_runtime, options.histories)
    return tuple(sorted(_Rendering().project(project), key=lambda file: file.path))


class _Rendering:
    """Model -> files, with one set of templates."""

    def __init__(self) -> None:
        self._environment = template_environment("ocaml")

    def project(self, project: Project) -> Iterator[RenderedFile]:
        for library in project.libraries:
            yield from self._library(library)
        if project.registry is not None:
            yield from self._registry(project.registry)
            packages = [*(library.name for library in project.libraries), REGISTRY]
            yield self._file("dune-project", "dune-project.j2", {"packages": sorted(packages)})

    def _library(self, library: Library) -> Iterator[RenderedFile]:
        folder = library.folder
        yield self._file(f"{folder}/dune", "library.dune.j2", {"library": library})
        for part in library.parts:
            content = {"library": library, "part": part}
            yield self._file(f"{folder}/{part.file}.ml", "part.ml.j2", content)
            yield self._file(f"{folder}/{part.file}.mli", "part.mli.j2", content)
        if len(library.parts) > 1:
            yield self._file(f"{folder}/{library.name}.ml", "parts.ml.j2", {"library": library})
            yield self._file(f"{folder}/{library.name}.mli", "parts.mli.j2", {"library": library})

    def _registry(self, registry: Registry) -> Iterator[RenderedFile]:
        content = {"registry": registry}
        yield self._file(f"{REGISTRY}/dune", "registry.dune.j2", content)
        yield self._file(f"{REGISTRY}/{REGISTRY}.ml", "registry.ml.j2", content)
        yield self._file(f"{REGISTRY}/{REGISTRY}.mli", "registry.mli.j2", content)
        if len(registry.messages) > 1:
            for number, messages in enumerate(registry.messages, start=1):
                path = f"{REGISTRY}/part_{number}"
                yield self._file(f"{path}.ml", "registry_part.ml.j2", {"messages": messages})
                yield self._file(f"{path}.mli", "registry_part.mli.j2", {})

    def _file(self, path: str, template: str, content: Mapping[str, object]) -> RenderedFile:
        return RenderedFile(PurePosixPath(path), render(self._environment, template, content))
