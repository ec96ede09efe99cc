"""One plugin: a target whose files somebody else's program makes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mycelium.codegen.plugin.answer import AnswerError, PluginError, read_answer
from mycelium.codegen.plugin.elements import places_of_elements
from mycelium.codegen.plugin.process import Limits, ask
from mycelium.codegen.plugin.request import plugin_request
from mycelium.codegen.target import GenerationFailure, RenderedFile, SchemaRefused
from mycelium.idl.codes import Code
from mycelium.idl.diagnostics import Diagnostic, DiagnosticCollector
from mycelium.idl.lock import MessageHistory
from mycelium.idl.schema import Schema


@dataclass(frozen=True, slots=True)
class Plugin:
    """The program, and what the user chose for it."""

    program: Path
    options: Mapping[str, str] = field(default_factory=dict)
    limits: Limits = Limits()

    @property
    def name(self) -> str:
        """The folder its files go to: the program's name without its ending."""
        return self.program.stem

    def generate(self, schema: Schema, histories: Mapping[str, MessageHistory]) -> tuple[RenderedFile, ...]:
        """The files it answers; ``histories`` is what the lock knows of each message. Raises :class:`SchemaRefused` where it answers errors, and
        :class:`GenerationFailure` where it does not answer as it should."""
        try:
            request = plugin_request(schema, self.options, histories)
            answer = read_answer(ask(self.program, request, self.limits))
        except AnswerError as error:
            raise GenerationFailure(f"{self.program}: {error}") from error
        if answer.errors:
            raise SchemaRefused(_diagnostics(self.name, answer.errors, schema))
        return answer.files


def _diagnostics(name: str, errors: Sequence[PluginError], schema: Schema) -> tuple[Diagnostic, ...]:
    collector = DiagnosticCollector()
    places = places_of_elements(schema)
    for error in errors:
        place = places.get(error.element)
        about = f" (`{error.element}`)" if error.element and place is None else ""
        collector.report(Code.REFUSED_BY_PLUGIN, place, f"{name}: {error.message}{about}")
    return collector.sorted()
