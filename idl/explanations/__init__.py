"""Cause, cure and an example for every diagnostic: what ``mycelium-gen explain`` prints."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from mycelium.idl.explanations.annotations import ANNOTATION_EXPLANATIONS
from mycelium.idl.explanations.evolution import EVOLUTION_EXPLANATIONS
from mycelium.idl.explanations.explanation import Explanation
from mycelium.idl.explanations.fields import FIELD_EXPLANATIONS
from mycelium.idl.explanations.files import FILE_EXPLANATIONS
from mycelium.idl.explanations.habits import HABIT_EXPLANATIONS
from mycelium.idl.explanations.names import NAME_EXPLANATIONS
from mycelium.idl.explanations.numbering import NUMBER_EXPLANATIONS
from mycelium.idl.explanations.plugins import PLUGIN_EXPLANATIONS
from mycelium.idl.explanations.syntax import SYNTAX_EXPLANATIONS
from mycelium.idl.explanations.types import TYPE_EXPLANATIONS

EXPLANATIONS: Mapping[str, Explanation] = MappingProxyType(
    {
        explanation.code: explanation
        for explanation in (
            *SYNTAX_EXPLANATIONS,
            *FILE_EXPLANATIONS,
            *NAME_EXPLANATIONS,
            *TYPE_EXPLANATIONS,
            *FIELD_EXPLANATIONS,
            *NUMBER_EXPLANATIONS,
            *ANNOTATION_EXPLANATIONS,
            *HABIT_EXPLANATIONS,
            *EVOLUTION_EXPLANATIONS,
            *PLUGIN_EXPLANATIONS,
        )
    }
)
"""All explanations by code, in order of their codes."""

__all__ = ["EXPLANATIONS", "Explanation"]
