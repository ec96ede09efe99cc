"""Proof of what a comparison says: bytes that one version writes and the other refuses or misreads.

``Witnesses`` takes a finding that breaks and a direction, makes values around what changed, and really sends them
from the codecs of one version to those of the other. The first that does not arrive is the witness.
"""

from __future__ import annotations

from mycelium.codegen.witness.passage import Misread, Passage, Refusal, Version
from mycelium.codegen.witness.search import Direction, Witness, Witnesses, broken_directions

__all__ = [
    "Direction",
    "Misread",
    "Passage",
    "Refusal",
    "Version",
    "Witness",
    "Witnesses",
    "broken_directions",
]
