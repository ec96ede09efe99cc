"""What really happens when one version reads what the other wrote, at the edges of what the writer may send."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mycelium.codegen.witness import Passage, Version
from mycelium.codegen.witness.values import EdgeValues
from mycelium.idl.compatibility import Comparison, Verdict, compare

Json = Any


@dataclass(frozen=True)
class Observed:
    """The first body that did not arrive, and why."""

    body: bytes
    value: Json
    why: object


class Observer:
    """Two versions in both directions. Observes what the codecs do, whatever the comparison says."""

    def __init__(self, old: Version, new: Version) -> None:
        self.comparison: Comparison = compare(old.schema, new.schema)
        names = self.comparison.partners
        self.backward = Passage(old, new, names)
        self.forward = Passage(new, old, {after: before for before, after in names.items()})
        self._edges = {id(each): EdgeValues(each.partners) for each in (self.backward, self.forward)}

    def verdict(self, name: str) -> Verdict:
        """What the codecs do with a message, by its old name, in both directions."""
        return Verdict(
            new_reads_old=self.offence(self.backward, name) is None,
            old_reads_new=self.offence(self.forward, self.comparison.partners[name]) is None,
        )

    def offence(self, passage: Passage, name: str, values: Iterable[Json] | None = None) -> Observed | None:
        """The first value, of those given or of the edges, that is not read as what was written."""
        message = passage.writer.message(name)
        after = passage.partners.message(message)
        assert after is not None
        if None not in (message.type_id, after.type_id) and message.type_id != after.type_id:
            return Observed(b"", None, "a frame of it is not known")
        for value in self._edges[id(passage)].message(message) if values is None else values:
            sent = passage.send(name, value)
            assert sent is not None, f"{name}: {value} cannot be written"
            if sent.offences:
                return Observed(sent.body, sent.value, sent.offences[0])
        return None
